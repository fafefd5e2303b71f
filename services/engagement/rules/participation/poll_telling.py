"""What is told of a poll: the question with its buttons, or with how it is answered, and the results. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.engagement.rules.participation import words
from services.engagement.rules.participation.play import filled, lines, said
from services.engagement.rules.participation.replies import Key
from shared.documents.things import Poll
from shared.events.actions import BUTTONS_MAX
from shared.said import Said

RATING, NPS = range(1, 6), range(11)
"""What can be chosen of `rating` and `nps`; options are counted from the first."""

ANSWERS = Said("Answers: {n}", "Ответов: {n}")
CHOSEN, OPTION = Said("{option}: {n}", "{option}: {n}"), Said("{n}. {option}", "{n}. {option}")
SUMMED_UP = {"mean": Said("On average {n}", "В среднем {n}"), "nps": Said("NPS: {n}", "NPS: {n}")}


def posed(name: str, spec: Poll) -> Said:
    """Return the question as a chat shows it: where no button answers it, with what does."""
    hint = () if keys(name, spec) else (filled(words.HOW_TO_ANSWER[spec.ask], name=name),)
    return lines(asked(spec), *hint)


def asked(spec: Poll) -> Said:
    """Return the question with its options."""
    options = (filled(OPTION, n=n, option=said(option)) for n, option in enumerate(spec.options, 1))
    return lines(said(spec.title), *options)


def told_of(spec: Poll, found: Mapping[str, Any]) -> Said:
    """Return what was counted, in words."""
    told = [filled(ANSWERS, n=found["answers"])]
    told += [filled(CHOSEN, option=said(option), n=found["chosen"][str(place)]) for place, option in enumerate(spec.options)]
    told += [filled(text, n=found[name]) for name, text in SUMMED_UP.items() if name in found]
    return lines(*told)


def keys(name: str, spec: Poll) -> list[Key]:
    """Return a button for each answer, where they are few enough to be buttons, and one is all that is chosen."""
    found = every_key(name, spec)
    return found if len(found) <= BUTTONS_MAX and spec.ask != "multiple" else []


def every_key(name: str, spec: Poll) -> list[Key]:
    """Return a button for each answer."""
    texts = [(place, said(option)) for place, option in enumerate(spec.options, 1)]
    if spec.ask == "rating":
        texts = [(stars, Said("★" * stars, "★" * stars)) for stars in RATING]
    if spec.ask == "nps":
        texts = [(score, Said(str(score), str(score))) for score in NPS]
    return [Key(text, f"poll {name} {place}") for place, text in texts]
