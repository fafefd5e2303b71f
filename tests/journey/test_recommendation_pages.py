"""A community manager reads what is recommended, accepts it and thinks again, in a browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from bson.raw_bson import RawBSONDocument
from playwright.async_api import ConsoleMessage, expect

from demo.processes import free_port
from deploy.native.parts import CORE
from services.ingest import app as ingest
from services.reporting.app import create_app
from services.reporting.handlers import FIGURES_GROUP, Figures
from shared.clock import SetClock, SystemClock
from shared.directory import ROLE_SCOPES, Principal, Role
from shared.fold.draft import encoded_states
from shared.http.server import Server, server_of
from shared.runtime import Service
from tests.integration.reporting.test_recommendations import events
from tests.integration.services import eventually, running, settings_for, with_brand
from tests.integration.staff import PASSWORD, Office
from tests.journey.browser import DESK, chromium
from tests.journey.looks import flaws
from tests.parts import Addresses, StackFactory
from tests.unit.reporting.folding import record


async def store(service: Service) -> None:
    """Store what the fold makes of newcomers whom nobody answers."""
    fold, states = Figures(), dict[str, Any]()
    for event in events():
        for item in fold.read(record(event)):
            states[item.key] = fold.evolve(states.get(item.key), item.event).state
    raw = encoded_states(fold, 0, states)
    collection = service.client[service.database][f"{FIGURES_GROUP}.states"]
    await collection.insert_many([RawBSONDocument(one) for one in raw.values() if one is not None])


@asynccontextmanager
async def listening(own_stack: StackFactory) -> AsyncIterator[str]:
    made = own_stack()
    await asyncio.to_thread(made.start, *CORE)
    found = made.settings()
    parts = Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])
    url = f"http://127.0.0.1:{free_port()}"
    settings = settings_for(parts).model_copy(update={"reporting_url": url, "pages_url": url})
    service, edge = create_app(settings), ingest.create_app(settings, ingest.Role.EDGE)
    await store(service)
    async with running(service, edge) as (_, api):
        await with_brand(service.directory, "acme")
        owner = Principal("owner", Role.OWNER, "acme", ROLE_SCOPES[Role.OWNER])
        token = await service.directory.grant(owner, SystemClock().now(), "owner")
        api.headers["authorization"] = f"Bearer {token}"
        await Office(service, edge, api, SetClock(SystemClock().now()), []).member("vera", role="community_manager")
        server = server_of(service.api, "127.0.0.1", service.settings.port("reporting"))
        serving = asyncio.ensure_future(server.serve())
        await eventually(partial(_started, server), bool)
        yield url
        server.should_exit = True
        await serving


async def _started(server: Server) -> bool:
    return server.started


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_what_is_recommended_is_accepted_and_dismissed_on_its_page(own_stack: StackFactory, language: str) -> None:
    complaints = list[str]()

    def heard(message: ConsoleMessage) -> None:
        complaints.append(message.text)

    accepted, dismissed = {"en": ("Accepted", "Dismissed"), "ru": ("Принято", "Отклонено")}[language]
    async with listening(own_stack) as url, chromium() as browser:
        page = await (await browser.new_context(locale=language, viewport=DESK, base_url=url)).new_page()
        page.on("console", heard)
        await page.goto("/recommendations")
        for name, value in (("brand", "acme"), ("name", "vera"), ("password", PASSWORD)):
            await page.locator(f"#{name}").fill(value)
        await page.locator("form .primary").click()
        await page.wait_for_url("**/recommendations")
        wrong = [await flaws(page)]
        await page.locator("input[name=note]").fill("Anna greets them")
        await page.locator("button[value=accepted]").click()
        await expect(page.get_by_role("status")).to_have_text(f"{accepted}.")
        await expect(page.locator("article")).to_contain_text("Anna greets them")
        await page.locator("article summary").click()
        wrong.append(await flaws(page))
        await page.locator("article button[value=dismissed]").click()
        await expect(page.get_by_role("status")).to_have_text(f"{dismissed}.")

    assert wrong == [{}, {}]
    assert complaints == []
