"""A community manager takes an incident, does a step, approves a statement, writes a note and closes it, in a browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import bson
from playwright.async_api import ConsoleMessage, Page, expect

from demo.processes import free_port
from deploy.native.parts import CORE
from services.ingest import app as ingest
from services.reporting.app import create_app
from services.reporting.handlers.incidents import GROUP
from services.reporting.rules.crises.crisis import Crisis
from shared.bus.partition import partition_of
from shared.clock import SetClock, SystemClock
from shared.directory import ROLE_SCOPES, Principal, Role
from shared.http.server import Server, server_of
from shared.runtime import Service
from shared.topics import PARTITIONS
from tests.component.reporting.test_incident_work import world
from tests.integration.reporting.test_pages import store
from tests.integration.services import eventually, running, settings_for, with_brand
from tests.integration.staff import PASSWORD, Office
from tests.journey.browser import DESK, chromium
from tests.journey.looks import flaws
from tests.parts import Addresses, StackFactory


async def happened(service: Service) -> Crisis:
    """Store an incident as the fold left it: forty people at noon, with a step and two statements of the playbook."""
    found = await world()
    crisis = found.incident()
    place = partition_of(f"{crisis.brand}/{crisis.community}".encode(), PARTITIONS)
    states = [bson.decode(raw) | {"q": place} for raw in found.database.states.values()]
    await service.client[service.database][f"{GROUP}.states"].insert_many(states)
    return crisis


@asynccontextmanager
async def listening(stack: StackFactory) -> AsyncIterator[tuple[str, Crisis]]:
    made = stack()
    await asyncio.to_thread(made.start, *CORE)
    found = made.settings()
    parts = Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])
    url = f"http://127.0.0.1:{free_port()}"
    settings = settings_for(parts).model_copy(update={"reporting_url": url, "pages_url": url})
    service, edge = create_app(settings), ingest.create_app(settings, ingest.Role.EDGE)
    crisis = await happened(service)
    await store(service)
    async with running(service, edge, folds=True) as (_, api):
        await with_brand(service.directory, "acme")
        owner = Principal("owner", Role.OWNER, "acme", ROLE_SCOPES[Role.OWNER])
        token = await service.directory.grant(owner, SystemClock().now(), "owner")
        api.headers["authorization"] = f"Bearer {token}"
        await Office(service, edge, api, SetClock(SystemClock().now()), []).member("vera", role="community_manager")
        server = server_of(service.api, "127.0.0.1", service.settings.port("reporting"))
        serving = asyncio.ensure_future(server.serve())
        await eventually(partial(_started, server), bool)
        yield url, crisis
        server.should_exit = True
        await serving


async def _started(server: Server) -> bool:
    return server.started


async def sign_in(page: Page) -> None:
    await page.goto("/incidents")
    for name, value in (("brand", "acme"), ("name", "vera"), ("password", PASSWORD)):
        await page.locator(f"#{name}").fill(value)
    await page.locator("form .primary").click()
    await page.wait_for_url("**/incidents")


async def test_an_incident_is_worked_on_from_its_page(own_stack: StackFactory) -> None:
    complaints = list[str]()

    def heard(message: ConsoleMessage) -> None:
        complaints.append(message.text)

    async with listening(own_stack) as (url, crisis), chromium() as browser:
        context = await browser.new_context(locale="en-GB", viewport=DESK, base_url=url)
        page = await context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", heard)
        await sign_in(page)
        wrong = {"list": await flaws(page)}
        await page.locator("tbody th a").first.click()
        await page.wait_for_url(f"**/incidents/{crisis.id}")
        wrong["page"] = await flaws(page)
        await page.get_by_role("button", name="I look after it").click()
        await expect(page.get_by_text("vera").nth(1)).to_be_visible()
        await page.get_by_role("button", name="Done: look").click()
        await expect(page.get_by_role("button", name="Done: look")).to_have_count(0)
        await page.get_by_role("button", name="Approve and publish: holding").click()
        await expect(page.get_by_role("button", name="Approve and publish: holding")).to_have_count(0)
        await page.get_by_label("Note").fill("A supplier is late.")
        await page.get_by_role("button", name="Write it down").click()
        await expect(page.get_by_text("vera: A supplier is late.")).to_be_visible()
        await page.get_by_role("link", name="Русский").click()
        wrong["russian"] = await flaws(page)
        await page.get_by_label("Почему завершён").fill("Всё починили.")
        await page.get_by_role("button", name="Закрыть инцидент").click()
        await expect(page.get_by_role("button", name="Закрыть инцидент")).to_have_count(0)
        await expect(page.get_by_text("vera: Всё починили.")).to_be_visible()

        await page.goto("/overview?lang=en")
        await page.get_by_role("button", name="Share by a link").click()
        wrong["shared"] = await flaws(page)
        link = await page.get_by_label("Whoever has this link").input_value()
        stranger = await (await browser.new_context()).new_page()
        await stranger.goto(link)
        await expect(stranger.locator("h1")).to_have_text("acme")

    assert wrong == {"list": {}, "page": {}, "russian": {}, "shared": {}}
    assert complaints == []
