"""A member asks the bot for their page and plays there: in two languages, on a phone, read by everybody."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, expect
from pydantic import SecretStr

from demo.processes import free_port
from deploy.native.parts import CORE
from services.engagement import app as engagement
from shared.bus import past
from shared.clock import SystemClock
from shared.directory import Scope
from shared.events import Actor, decode
from shared.events.actions import ActionMessage
from shared.http.server import Server, server_of
from shared.runtime import Service
from shared.topics import ACTIONS, SANCTIONS
from tests.builders import command_given, content_created, sanction_applied
from tests.integration.services import eventually, publish, running, settings_for, token
from tests.journey.browser import DESK, chromium
from tests.journey.looks import flaws
from tests.parts import Addresses, StackFactory

ANNA, NAME = "telegram:42", Actor(id="telegram:42")
SCOPES = (Scope.MEMBERS_READ, Scope.POINTS_WRITE, Scope.POLICIES_READ, Scope.POLICIES_WRITE)


def words(en: str, ru: str) -> Mapping[str, str]:
    return {"en": en, "ru": ru}


DOCUMENTS: Mapping[str, Mapping[str, Any]] = {
    "RewardsPolicy": {
        "hold": "1d",
        "rules": [{"id": "content", "for": "content", "points": 120}, {"id": "answers", "for": "poll", "points": 7}],
    },
    "Standing": {
        "streak": {"rules": ["content"]},
        "badges": [
            {"id": "writer", "name": words("Writer", "Писатель"), "needs": [{"rule": "content", "times": 1}]},
        ],
        "tasks": [
            {
                "id": "talk",
                "name": words("Say three things", "Скажите три вещи"),
                "steps": [{"rule": "content", "times": 3, "name": words("messages", "сообщения")}],
            }
        ],
    },
    "Poll": {
        "title": words("Which prize?", "Какой приз?"),
        "options": [words("A cup", "Кружка"), words("A <b>shirt</b>", "Футболка")],
    },
    "Contest": {
        "title": words("Poems of spring", "Стихи о весне"),
        "enter": {"by": "form"},
        "win": "jury",
        "until": "2099-01-01T00:00:00Z",
    },
}


@dataclass
class Seat:
    """What a member's page is opened with."""

    browser: Browser
    api: httpx.AsyncClient
    kafka: str
    complaints: list[str]

    async def visitor(self, language: str) -> Page:
        context = await self.browser.new_context(locale=language, viewport=DESK)
        page = await context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        page.on("request", lambda sent: self.complaints.append(sent.url) if "127.0.0.1" not in sent.url else None)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@asynccontextmanager
async def seat(stack: StackFactory) -> AsyncIterator[Seat]:
    made = stack()
    await asyncio.to_thread(made.start, *CORE)
    found = made.settings()
    parts = Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])
    url = f"http://127.0.0.1:{free_port()}"
    told = {"pages_url": url, "engagement_url": url, "member_secret": SecretStr("a secret of sixteen")}
    settings = settings_for(parts).model_copy(update=told | {"policy_delay_s": 0.0, "policy_refresh_s": 0.0})
    service = engagement.create_app(settings)
    async with running(service, folds=True) as (api,), listening(service), chromium() as browser:
        api.headers.update(await token(service, "acme", *SCOPES))
        yield Seat(browser, api, parts.kafka, [])


@asynccontextmanager
async def listening(service: Service) -> AsyncIterator[None]:
    server = server_of(service.api, "127.0.0.1", service.settings.port("engagement"))
    serving = asyncio.ensure_future(server.serve())
    try:
        await eventually(partial(_started, server), bool)
        yield
    finally:
        server.should_exit = True
        await serving


async def _started(server: Server) -> bool:
    return server.started


@pytest.mark.timeout(200)
async def test_a_member_sees_where_they_stand_and_takes_part(own_stack: StackFactory) -> None:
    async with seat(own_stack) as found:
        for kind, spec in DOCUMENTS.items():
            name = "default" if kind in {"RewardsPolicy", "Standing"} else "spring"
            document = {"apiVersion": "veche/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
            assert (await found.api.put("/v1/documents", json=document)).is_success, kind
        now = SystemClock().now()
        await publish(found.kafka, content_created(actor=NAME, time=now, recordedtime=now))
        where = f"/v1/members/{ANNA}/standing"
        await eventually(lambda: found.api.get(where), lambda told: told.json()["level"] == "member")
        address = await asked(found)

        await in_english(found, address)
        await in_russian(found, address)
        await nobody_else(address)
        assert found.complaints == []


async def asked(found: Seat) -> str:
    """Ask the bot by its Russian command, and return the link of its answer."""
    now = SystemClock().now()
    about = {"actor": NAME, "time": now, "recordedtime": now, "content_id": None}
    await publish(found.kafka, command_given(**about, name="me", text=None, language="ru"))

    async def answer() -> str | None:
        told = [decode(record.value or b"") async for record in past.records(found.kafka, ACTIONS.name)]
        texts = [act.data.text or "" for act in told if isinstance(act, ActionMessage)]
        links = [link[0] for text in texts if (link := re.search(r"http\S+", text))]
        return links[0] if links else None

    link = await eventually(answer, bool)
    assert link is not None
    return link


async def in_english(found: Seat, address: str) -> None:
    page = await found.visitor("en-GB")
    await page.goto(address)
    await expect(page.locator("h2#stands")).to_contain_text("Level: Member")
    await expect(page.locator("dl")).to_contain_text(re.compile(r"Points\s*120\s*To spend now\s*0"))
    await expect(page.locator(".tags")).to_have_text(re.compile("Writer"))
    await expect(page.locator("article", has_text="Say three things")).to_contain_text("messages: 1 / 3")
    assert await flaws(page) == {}

    await page.get_by_role("button", name="A <b>shirt</b>").click()
    await expect(page.get_by_role("status")).to_have_text("Done.")
    await expect(page.locator("article", has_text="Which prize?")).to_contain_text("Answers: 1")

    await page.get_by_label("Your entry").fill("Snow melts; \u2603")
    await page.get_by_role("button", name="Enter", exact=True).click()
    await expect(page.locator("article", has_text="Poems of spring")).to_contain_text("You are in")
    await expect(page.get_by_role("button", name="Do not take part")).to_be_visible()

    await page.get_by_label("Write to me").uncheck()
    await page.get_by_role("button", name="Save").click()

    async def is_written_to() -> bool:
        await page.goto(address)
        return await page.get_by_label("Write to me").is_checked()

    assert await eventually(is_written_to, lambda told: not told) is False
    assert await flaws(page) == {}


async def in_russian(found: Seat, address: str) -> None:
    now = SystemClock().now()
    muted = sanction_applied(member=ANNA, kind="mute", until=now.replace(year=now.year + 1), time=now, recordedtime=now)
    await publish(found.kafka, muted, topic=SANCTIONS.name, member=ANNA)
    page = await found.visitor("ru-RU")

    async def told() -> str:
        await page.goto(address)
        return await page.locator("section", has_text="Действующие ограничения").inner_text()

    assert "Вы не можете писать" in await eventually(told, lambda text: "Нет." not in text)
    await expect(page.locator("h2#stands")).to_contain_text("Уровень: Участник")
    await expect(page.locator("table")).to_contain_text("за публикацию")
    assert await page.locator("html").get_attribute("lang") == "ru"
    assert await flaws(page) == {}
    await page.get_by_role("button", name="Кружка").click()
    await expect(page.get_by_role("alert")).to_have_text("Участники с действующим ограничением не могут участвовать.")


async def nobody_else(address: str) -> None:
    """Another code, another member, another brand: there is no such page."""
    other = address[:-1] + ("0" if address[-1] != "0" else "1")
    for wrong in (other, address.replace("telegram%3A42", "telegram%3A43"), address.replace("/acme/", "/other/")):
        async with httpx.AsyncClient() as client:
            answer = await client.get(wrong, headers={"accept": "text/html"})
        assert (answer.status_code, "telegram:4" in answer.text) == (404, False)
        assert "was the whole address copied?" in answer.text, "people read a page"
    async with httpx.AsyncClient() as client:
        way_in = await client.get(f"{address.partition('/me/')[0]}/me", headers={"accept": "text/html"})
    assert (way_in.status_code, "was the whole address copied?" in way_in.text) == (200, False)
