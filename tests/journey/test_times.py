"""Times stand in the reader's own zone, in the reader's language; where no script runs they say that they are UTC."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from shared.times import clock
from tests.journey.browser import chromium

AT = "2026-03-02T20:30:00+00:00"
SCRIPT = Path("shared/http/pages/times.js")


@pytest.mark.parametrize(
    ("language", "zone", "said"),
    [("en", "America/New_York", r"Mar 2, 2026, 03:30\WPM EST"), ("ru", "Asia/Vladivostok", r"3 мар\. 2026.*06:30.*GMT\+10")],
)
async def test_a_time_is_that_of_the_readers_clock(language: str, zone: str, said: str) -> None:
    async with chromium() as browser:
        page = await (await browser.new_context(timezone_id=zone)).new_page()
        await page.set_content(f'<html lang="{language}"><time datetime="{AT}">{clock(AT)}</time></html>')
        await expect(page.locator("time")).to_have_text("2026-03-02 20:30 UTC")

        await page.add_script_tag(path=SCRIPT)

        await expect(page.locator("time")).to_have_text(re.compile(said))
        await expect(page.locator("time")).to_have_attribute("title", "2026-03-02 20:30 UTC")
