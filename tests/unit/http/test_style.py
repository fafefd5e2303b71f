"""Colours that stand on each other can be told apart (WCAG 2.2, AA), by day and by night; small screens are thought of."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

STYLE = files("shared.http.pages").joinpath("style.css").read_text(encoding="utf-8")
TEXT, PARTS = 4.5, 3.0
"""What WCAG asks of text (1.4.3), and of the edges of fields and buttons (1.4.11)."""
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "soft", "accent", "danger") for ground in ("page", "sheet")),
    ("on-accent", "accent", TEXT),
    ("danger", "danger-sheet", TEXT),
    ("edge", "sheet", PARTS),
]


def colours(scheme: str) -> dict[str, str]:
    """Return the colours of a scheme by name; the dark one is the second block."""
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", blocks[("light", "dark").index(scheme)]))


def luminance(colour: str) -> float:
    """Return the relative luminance after WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_wcag_says() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_what_is_written_can_be_read(scheme: str, ink: str, ground: str, least: float) -> None:
    found = colours(scheme)

    assert contrast(found[ink], found[ground]) >= least


def test_both_schemes_name_the_same_colours_and_none_is_written_elsewhere() -> None:
    rest = re.sub(r":root \{.*?\}", "", STYLE, flags=re.DOTALL)

    assert colours("light").keys() == colours("dark").keys()
    assert re.findall(r"#[0-9a-f]{3,8}\b", rest) == []


def test_nothing_is_wider_than_a_small_telephone() -> None:
    widths = [int(width) for width in re.findall(r"[ {;](?:min-)?width: ?(\d+)px", STYLE)]

    assert widths
    assert max(widths) <= 320
