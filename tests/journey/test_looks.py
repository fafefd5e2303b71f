"""The measure of pages finds what is wrong with one: else a page without a flaw would say nothing."""

from __future__ import annotations

from tests.journey.browser import chromium
from tests.journey.looks import flaws

WRONG = """
<style>body { background: #fff; color: #000 } .faint { color: #999 } .wide { width: 900px }
@media (prefers-color-scheme: dark) { .dim { color: #ddd } }</style>
<p class="faint">too faint</p><p class="dim">faint in the dark</p><p class="wide">too wide</p>
<button></button><input id="x"><label for="y">named</label><input id="y">
"""
RIGHT = """<body style="background: #111; color: #eee"><p>plain</p><button aria-label="close"></button></body>"""


async def test_what_is_faint_wide_or_nameless_is_found_and_nothing_else() -> None:
    async with chromium() as browser:
        page = await browser.new_page()
        await page.set_content(WRONG)
        wrong = await flaws(page)
        await page.set_content(RIGHT)
        right = await flaws(page)

    assert wrong == {
        "width": wrong["width"],
        "light": ["too faint: 2.85"],
        "dark": ["too faint: 2.85", "faint in the dark: 1.36"],
        "nameless": ["<button></button>", '<input id="x">'],
    }
    assert right == {}
