"""A browser, the system's Chromium, before a moderation service that listens and whose folds run."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, async_playwright
from pydantic import SecretStr

from demo.processes import free_port
from deploy.native.parts import CORE
from services.ingest import app as ingest
from services.moderation import app as moderation
from services.moderation.handlers.judge import KIND
from shared.clock import SetClock, SystemClock
from shared.directory import ROLE_SCOPES, Principal, Role
from shared.http.server import Server, server_of
from shared.runtime import Service
from shared.shelf import MongoShelf
from tests.integration.services import eventually, running, settings_for, with_brand
from tests.integration.staff import PASSWORD, Office
from tests.parts import Addresses, StackFactory

MEANT = ("status of 409", "status of 404")
"""What browsers write down although it is as it should be: a conflict, a case that is not there."""
PHONE, DESK = ViewportSize(width=360, height=740), ViewportSize(width=1280, height=900)


@dataclass
class Desk:
    """Moderation, reached by a browser."""

    office: Office
    url: str
    kafka: str
    browser: Browser
    complaints: list[str] = field(default_factory=list)
    """What browsers complained about: errors of scripts, files that are missing, what the policy of content forbade."""

    async def visitor(self, language: str = "en-GB") -> Page:
        """Return a page of somebody's own browser: nothing is shared with another."""
        context = await self.browser.new_context(locale=language, viewport=DESK, base_url=self.url)
        return await self._watched(context)

    async def moderator(self, name: str, language: str = "en-GB") -> Page:
        """Return the page of somebody who signed in, as people do."""
        page = await self.visitor(language)
        await page.goto("/cases")
        for field_name, value in (("brand", "acme"), ("name", name), ("password", PASSWORD)):
            await page.locator(f"#{field_name}").fill(value)
        await page.locator("form .primary").click()
        await page.wait_for_url("**/cases")
        return page

    async def _watched(self, context: BrowserContext) -> Page:
        page = await context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        is_meant = "/cases/" in message.location["url"] and any(meant in message.text for meant in MEANT)
        if message.type in {"error", "warning"} and not is_meant:
            self.complaints.append(f"{message.location['url']}: {message.text}")


@asynccontextmanager
async def desk(stack: StackFactory) -> AsyncIterator[Desk]:
    """Yield moderation with two moderators, vera and oleg; no case is looked at a second time by chance."""
    made = stack()
    await asyncio.to_thread(made.start, *CORE)
    found = made.settings()
    parts = Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])
    url = f"http://127.0.0.1:{free_port()}"
    told = {"pages_url": url, "moderation_url": url, "appeal_secret": SecretStr("a secret of sixteen")}
    settings = settings_for(parts).model_copy(update=told | {"policy_delay_s": 0.0})
    service, edge = moderation.create_app(settings), ingest.create_app(settings, ingest.Role.EDGE)
    async with AsyncExitStack() as ending:
        _, api = await ending.enter_async_context(running(service, edge, folds=True))
        await ending.enter_async_context(listening(service, "moderation"))
        office = Office(service, edge, api, SetClock(SystemClock().now()), [])
        await _settled(office)
        yield Desk(office, url, parts.kafka, await ending.enter_async_context(chromium()))


async def _settled(office: Office) -> None:
    service = office.service
    await with_brand(service.directory, "acme")
    owner = Principal("owner", Role.OWNER, "acme", ROLE_SCOPES[Role.OWNER])
    token = await service.directory.grant(owner, office.clock.now(), "owner")
    office.api.headers["authorization"] = f"Bearer {token}"
    shelf = MongoShelf(service.client, service.database, service.clock, 0)
    thresholds = [{"points": 10, "then": "mute", "for": "7d"}]
    await shelf.store(KIND, "acme", "default", {"review": {"second": 0}, "strikes": {"thresholds": thresholds}}, "owner")
    for name in ("vera", "oleg"):
        await office.member(name)


@asynccontextmanager
async def listening(service: Service, name: str) -> AsyncIterator[None]:
    """Have a service listen where its settings say, for a browser to reach it."""
    server = server_of(service.api, "127.0.0.1", service.settings.port(name))
    serving = asyncio.ensure_future(server.serve())
    await eventually(partial(_started, server), bool)
    yield
    server.should_exit = True
    await serving


async def _started(server: Server) -> bool:
    return server.started


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Yield the browser; as root, in which Chromium runs only where it is told not to lock itself in."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        yield browser
        await browser.close()


def _chromium() -> str:
    found = shutil.which("chromium")
    assert found is not None, "pages are tested in Chromium: make programs"
    return found
