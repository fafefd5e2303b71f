"""Signs: what of an event says that somebody wrote, was angry, complained, was removed or left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from shared.documents.playbook import Signal
from shared.events import Actor, Envelope
from shared.events.community import ContentCreated, ContentFlagged, MemberLeft
from shared.events.moderation import DecisionMade

IsNegative = Callable[[str], bool]
"""Says of a text whether it is negative. Pure: the same text is always judged alike by one release."""

AHEAD_S = 300.0
"""What is dated so much later than the edge took it in is of a broken clock, and would make all that follows it late."""

SPEAKS = frozenset({"staff", "community"})
"""Who speaks for the brand: their answers in a crisis are no sign of it."""


class Sign(NamedTuple):
    """Somebody did something that is watched."""

    signal: Signal
    second: float
    member: str | None
    """None: nobody knows who."""
    ref: str | None
    """What it is about: a content, a decision; of the whole brand's signs the community."""
    imported: bool
    """Whether it is of history: it teaches the rhythm and opens nothing."""
    heard: float
    """When the edge took it in: by that policies are chosen."""


def signs_of(event: Envelope, is_negative: IsNegative) -> Iterator[Sign]:
    """Yield what an event says; nothing where it is dated later than the edge took it in."""
    second, heard = event.time.timestamp(), event.recordedtime.timestamp()
    if second > heard + AHEAD_S:
        return
    match event:
        case ContentCreated(data=data):
            if is_member(data.actor) and data.command is None and not data.asks:
                who = None if data.actor is None else data.actor.id
                about = data.thread or data.parent or data.question or data.content_id
                yield Sign("volume", second, who, about, event.imported, heard)
                if data.text and is_negative(data.text):
                    yield Sign("negativity", second, who, data.content_id, event.imported, heard)
        case ContentFlagged(data=data):
            who = None if data.actor is None else data.actor.id
            yield Sign("complaints", second, who, data.content_id, event.imported, heard)
        case DecisionMade(data=data):
            if data.takes_away:
                yield Sign("removals", second, data.content_author, data.decision, event.imported, heard)
        case MemberLeft(data=data):
            if not data.bot and data.by in {None, data.member}:
                yield Sign("departures", second, data.member, None, event.imported, heard)
        case _:
            pass


def is_member(actor: Actor | None) -> bool:
    """Say whether a content may be a sign: neither a bot's nor the brand's own."""
    return actor is None or not (actor.bot or actor.role in SPEAKS)
