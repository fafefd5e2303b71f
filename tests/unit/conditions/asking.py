"""A small language of conditions, and facts to ask it about."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from shared.conditions.facts import Fact
from shared.conditions.language import Language

LANGUAGE = Language(
    [
        Fact("text.length", "int", "Characters."),
        Fact("text.capitals", "double", "The share of capitals."),
        Fact("text.language", "string", "ISO 639."),
        Fact("author.is_new", "bool", "Has only just come."),
        Fact("links.hosts", "strings", "Where links lead."),
        Fact("words", "counts", "How many words of each list."),
    ],
    elsewhere={"matches": "patterns stand in lists"},
)
FACTS: dict[str, Any] = {
    "text.length": 5,
    "text.capitals": 0.7,
    "text.language": "ru",
    "author.is_new": True,
    "links.hosts": ["a.example", "b.xyz"],
    "words": {"slurs": 2},
}


OF = {name: itemgetter(name) for name in FACTS}
