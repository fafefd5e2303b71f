"""A policy as a large brand would have it: fifty rules of three conditions each, and two thousand words.

Few of its rules match, as in life: what is measured is looking, and not deciding.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

RULES = 50
TERMS = 2_000

_ABOUT_TEXT = (
    "text.length > {n}00",
    "text.capitals > 0.{n}",
    "text.words > {n}0",
    "text.emoji > {n}",
    '"own" in words && words["own"] > {n}',
)
_ABOUT_LINKS = (
    "links.count > 0",
    "links.risky > 0",
    'links.hosts.exists(host, host.endsWith(".example"))',
    "content.mentions > 2",
    'content.kind == "message"',
)
_ABOUT_AUTHOR = (
    "author.messages < {n}",
    "author.last_minute > {n}",
    "author.same_text > {n}",
    "author.joined_minutes < {n}",
)

_BEGINNINGS = ("плох", "быстр", "крипт", "ставк", "зараб", "бонус", "casin", "bet", "pill", "loan", "free", "win", "crypto")
_ENDINGS = "абвгдежзиклмнопрстуфabcdefghijklmnopqrst"


def spec() -> dict[str, Any]:
    """Return the policy, as a document holds it."""
    return {"rules": list(_rules()), "words": {"then": "flag", "terms": list(_terms())}}


def _rules() -> Iterator[dict[str, Any]]:
    parts = product(_ABOUT_TEXT, _ABOUT_LINKS, _ABOUT_AUTHOR)
    for number, part in zip(range(RULES), parts, strict=False):
        yield {"id": f"rule-{number}", "when": " && ".join(part).replace("{n}", str(5 + number % 5))}


def _terms() -> Iterator[str]:
    made = (f"{begin}{middle}{end}*" for middle, begin, end in product(_ENDINGS, _BEGINNINGS, _ENDINGS))
    for _, term in zip(range(TERMS), made, strict=False):
        yield term
