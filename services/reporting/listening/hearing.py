"""All that listening makes of a text: its tone, its kind of feedback, whom it names. Kept in its place. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from services.reporting.listening.feedback import Feedback, kind_of
from services.reporting.listening.queries import Queries
from services.reporting.listening.tone import Label, Score, score

_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


class Heard(NamedTuple):
    """What a text says."""

    label: Label
    feedback: Feedback | None
    names: tuple[str, ...]
    """`about/id` of each watch query that it is named by."""
    model: str
    """The name and the version of what told its tone."""
    language: str
    """In which its author is answered: `ru` or `en`."""


def heard(text: str, queries: Queries, told: Callable[[str], Score] = score) -> Heard:
    """Return what a text says; `told` tells its tone."""
    tone = told(text)
    language = "ru" if _CYRILLIC.search(text) else "en"
    return Heard(tone.label, kind_of(text, tone), queries.named_in(text), f"{tone.model}/{tone.version}", language)
