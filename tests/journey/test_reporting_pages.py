"""The pages of reporting in Chromium: in two languages, on a phone and a desk, light and dark, read by everybody."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import pytest
from playwright.async_api import ConsoleMessage, Request, expect

from demo.processes import free_port
from services.reporting.app import create_app
from shared.directory import Scope
from shared.runtime import Service
from tests.integration.reporting.test_pages import store
from tests.integration.services import running, settings_for, token
from tests.journey.browser import DESK, chromium, listening
from tests.journey.looks import flaws
from tests.parts import Addresses

PATHS = (
    "/overview",
    "/communities/telegram:-1",
    "/figures/first_response",
    "/figures/content",
    "/figures/newcomers_answered",
    "/recommendations",
)


@asynccontextmanager
async def served(
    parts: Addresses, stored: Callable[[Service], Awaitable[None]] = store
) -> AsyncIterator[tuple[str, dict[str, str]]]:
    """Yield where reporting is served, and the header of somebody who may read the figures of acme."""
    url = f"http://127.0.0.1:{free_port()}"
    service = create_app(settings_for(parts).model_copy(update={"reporting_url": url, "pages_url": url}))
    async with running(service):
        await stored(service)
        who = await token(service, "acme", Scope.FIGURES_READ)
        async with listening(service, "reporting"):
            yield url, who


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_pages_are_read_by_everybody_and_load_nothing_from_elsewhere(parts: Addresses, language: str) -> None:
    complaints, asked = list[str](), list[str]()

    def heard(message: ConsoleMessage) -> None:
        complaints.append(message.text)

    def saw(request: Request) -> None:
        asked.append(request.url)

    async with served(parts) as (url, who), chromium() as browser:
        context = await browser.new_context(locale=language, viewport=DESK, base_url=url, extra_http_headers=who)
        page = await context.new_page()
        page.on("console", heard)
        page.on("request", saw)
        wrong = {}
        for path in PATHS:
            await page.goto(path)
            wrong[path] = await flaws(page)
        await page.goto("/overview")
        await page.get_by_role("link", name="telegram:-1").click()
        await expect(page.locator("h1")).to_contain_text("telegram:-1")
        await page.locator(".card h3 a").first.click()
        await expect(page.locator("h1")).to_have_text({"en": "Content", "ru": "Публикации"}[language])

    assert wrong == {path: {} for path in PATHS}
    assert complaints == []
    assert {address for address in asked if not address.startswith((url, "data:"))} == set()


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_a_community_stands_beside_the_others_and_a_figure_is_shown_in_parts(parts: Addresses, language: str) -> None:
    places = [f"telegram:-{n}" for n in range(1, 6)]
    async with served(parts, partial(store, places=places)) as (url, who), chromium() as browser:
        context = await browser.new_context(locale=language, viewport=DESK, base_url=url, extra_http_headers=who)
        page = await context.new_page()
        await page.goto("/communities/telegram:-5")
        wrong = [await flaws(page)]
        heading = {"en": "Beside the brand's other communities", "ru": "Рядом с другими сообществами бренда"}[language]
        section = page.locator("section", has=page.get_by_role("heading", name=heading))
        await expect(section).to_contain_text({"en": "1 of 5", "ru": "1 из 5"}[language])
        await page.goto("/figures/content")
        wrong.append(await flaws(page))
        kinds = page.get_by_role("table", name={"en": "By kind", "ru": "По видам"}[language])
        await expect(kinds).to_contain_text({"en": "Messages", "ru": "Сообщения"}[language])

    assert wrong == [{}, {}]
