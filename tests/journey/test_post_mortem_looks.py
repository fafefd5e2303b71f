"""The post-mortem in a browser: read on a phone and a desk, in light and dark, from nothing but itself."""

from __future__ import annotations

import pytest

from services.reporting.pages.post_mortem import post_mortem
from services.reporting.pages.shown_incident import shown
from shared.said import Language
from tests.journey.browser import chromium
from tests.journey.looks import flaws
from tests.unit.reporting.test_post_mortem import CRISIS


@pytest.mark.parametrize("language", Language)
async def test_everybody_can_read_it_and_it_asks_for_nothing_from_outside(language: Language) -> None:
    asked, complaints = list[str](), list[str]()
    async with chromium() as browser:
        page = await browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        await page.set_content(post_mortem(shown(CRISIS), language))
        found = await flaws(page)

    assert (found, asked, complaints) == ({}, [], [])
