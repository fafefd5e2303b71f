"""What conditions of rewards may ask for, and how each stands in an event. A new one is a line here and one on the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from shared.conditions.facts import LIST_MAX, Fact, Value
from shared.conditions.language import Language
from shared.events import Envelope

KIND_FACT = "content.kind"
"""The one that is not in the event, where this is about another content."""


class Told(NamedTuple):
    """An event, and what is known of the content that it is about."""

    event: Envelope
    kind: str | None

    def field(self, name: str) -> Any:  # noqa: ANN401 - a field of any type, or nothing where the event has none
        """Return a field of the event's data; None where it has none of this name."""
        return getattr(self.event.data, name, None)  # type: ignore[attr-defined] # every event has data


def _text(name: str) -> Callable[[Told], Value]:
    return lambda told: told.field(name) or ""


def _count(name: str) -> Callable[[Told], Value]:
    return lambda told: len(told.field(name) or ())


def _reaction(told: Told) -> Value:
    return told.field("emoji") or told.field("kind") or ""


def _role(told: Told) -> Value:
    actor = told.field("actor")
    return "" if actor is None else actor.role or ""


_FACTS: Mapping[Fact, Callable[[Told], Value]] = MappingProxyType(
    {
        Fact("community", "string", "The community, for example `telegram:-100123`."): (
            lambda told: told.event.community or ""
        ),
        Fact("channel", "string", "The room inside the community; empty where there is none."): _text("channel"),
        Fact("actor.role", "string", "member or admin; empty where nobody told."): _role,
        Fact(KIND_FACT, "string", "message, comment, post, question, answer, review; empty where nobody told."): (
            lambda told: told.kind or ""
        ),
        Fact("content.format", "string", "text, photo, video and so on; only of what is written."): _text("format"),
        Fact("content.length", "int", "Characters of the text; only of what is written."): _count("text"),
        Fact("content.words", "int", "Its words."): lambda told: len((told.field("text") or "").split()),
        Fact("content.links", "int", "Its links."): _count("links"),
        Fact("content.media", "int", "What is attached to it."): _count("media"),
        Fact("content.tags", "strings", "Its tags."): lambda told: list(told.field("tags") or ())[:LIST_MAX],
        Fact("content.reply", "bool", "Whether it answers another content."): lambda told: told.field("parent") is not None,
        Fact("reaction", "string", "The emoji, or the platform's name of the reaction."): _reaction,
        Fact("reaction.value", "int", "1, -1 or stars; 0 where nobody told."): lambda told: told.field("value") or 0,
        Fact("via", "string", "Where a member came from: an invite link, a referral, an ad."): _text("via"),
        Fact("kpi.name", "string", "What the brand's own systems observed."): _text("name"),
        Fact("kpi.value", "double", "How much of it."): lambda told: float(told.field("value") or 0),
        Fact("amount", "int", "Of a purchase or a subscription, in minor units of the currency."): (
            lambda told: told.field("amount") or 0
        ),
        Fact("currency", "string", "Of the amount."): _text("currency"),
        Fact("level", "string", "Of a subscription, or the one that was reached."): _text("level"),
        Fact("task", "string", "The task that is done."): _text("task"),
        Fact("badge", "string", "The badge that was given."): _text("badge"),
        Fact("thing", "string", "What was taken part in, for example `quiz/spring`."): _text("thing"),
        Fact("goods", "strings", "What was bought."): lambda told: list(told.field("goods") or ())[:LIST_MAX],
    }
)

OF: Mapping[str, Callable[[Told], Value]] = {fact.name: of for fact, of in _FACTS.items()}

FACTS = tuple(_FACTS)

LANGUAGE = Language(FACTS)
