"""The page of goals in Chromium: in two languages, on a phone and a desk, light and dark, read by everybody."""

from __future__ import annotations

import pytest
from playwright.async_api import ConsoleMessage, Request, expect

from tests.integration.reporting.test_goal_pages import store_goals
from tests.journey.browser import DESK, chromium
from tests.journey.looks import flaws
from tests.journey.test_reporting_pages import served
from tests.parts import Addresses


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_goals_are_read_by_everybody(parts: Addresses, language: str) -> None:
    complaints, asked = list[str](), list[str]()

    def heard(message: ConsoleMessage) -> None:
        complaints.append(message.text)

    def saw(request: Request) -> None:
        asked.append(request.url)

    async with served(parts, store_goals) as (url, who), chromium() as browser:
        context = await browser.new_context(locale=language, viewport=DESK, base_url=url, extra_http_headers=who)
        page = await context.new_page()
        page.on("console", heard)
        page.on("request", saw)
        await page.goto("/overview")
        await page.locator("nav a[href='/goals']").click()
        await expect(page.locator("h1")).to_have_text({"en": "Goals", "ru": "Цели"}[language])
        wrong = await flaws(page)
        assert await page.locator(".drawing svg").count() == 2

    assert wrong == {}
    assert complaints == []
    assert {address for address in asked if not address.startswith((url, "data:"))} == set()
