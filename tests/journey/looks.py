"""Whether a page can be read and worked with by everybody: contrast, width, names of controls (WCAG 2.2, level AA)."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page

from tests.journey.browser import DESK, PHONE

FAINT = """
() => {
  const numbers = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const over = (top, under) => {
    const [r, g, b, a = 1] = top;
    return [r, g, b].map((part, at) => part * a + under[at] * (1 - a));
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((part) => part / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const layers = [];
    for (let at = element; at !== null; at = at.parentElement) layers.push(numbers(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent.trim(), element = texts.currentNode.parentElement;
    if (text === "" || element.matches("option, script") || !element.checkVisibility()) continue;
    const style = getComputedStyle(element), size = parseFloat(style.fontSize);
    const back = behind(element), front = over(numbers(style.color), back);
    const [high, low] = [light(front), light(back)].sort((a, b) => b - a);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const ratio = (high + 0.05) / (low + 0.05);
    if (!(ratio >= least)) found.push(`${text.slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return found;
}
"""
"""Returns texts with too little contrast, by the definition of WCAG 2.2 (1.4.3, relative luminance)."""

NAMELESS = """
() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
  .filter((control) => !control.hidden)
  .filter((control) => {
    const named = [...(control.labels ?? [])].map((label) => label.textContent).join("");
    const within = control.matches("input, select, textarea") ? "" : control.textContent;
    return `${control.getAttribute("aria-label") ?? ""}${named}${within}`.trim() === "";
  })
  .map((control) => control.outerHTML)
"""
"""Returns controls of which nobody who does not see them learns what they are for (WCAG 4.1.2)."""


async def flaws(page: Page) -> dict[str, Any]:
    """Return what is wrong with a page: nothing, where it is as it should be."""
    await page.set_viewport_size(PHONE)
    found: dict[str, Any] = {"width": await page.evaluate("() => document.documentElement.scrollWidth")}
    if found["width"] <= PHONE["width"]:
        del found["width"]
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        found[scheme] = await page.evaluate(FAINT)
    found["nameless"] = await page.evaluate(NAMELESS)
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size(DESK)
    return {name: value for name, value in found.items() if value}
