"""What happens to a thing again and again, told without a time: whether this is another time, or the same told again.

A like is on or off, a member in or out. What keeps the thing as it is was told before; what turns it happened. So a reaction
that is put, taken back and put again counts three times, however often each is told, by whichever connection. The limit: two
connections of which one tells two turns before the other tells the first count the pair twice; the end is right.

An export tells how a thing stood once. Where the thing was heard of live, that is no news.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from services.ingest.connectors.payload import Turn
from services.ingest.facts import identity, reaction_thing
from shared.events import Envelope, event_id
from shared.events.community import ReactionAdded

Turns = Mapping[str, int]
"""By digest of the thing how often it turned; below zero where it is off."""

THINGS_MAX = 60_000
"""Things of one content, at 22 bytes each two thirds of what a state may hold (STATE_BYTES_MAX).

Of a content with more, what is not known yet is told each time: rather some counted twice of what goes around the world than
a partition that stands still.
"""

KEY_CHARS = 16
"""Of a thing's digest: 64 bits."""


class ThingState(msgspec.Struct, frozen=True):
    """How things stand that are no content's: members, in or out."""

    turns: Turns = {}


def key_of(thing: str) -> str:
    """Return the digest of a thing, within its content or community."""
    return event_id(thing)[:KEY_CHARS]


def turned(turns: Turns, turn: Turn) -> tuple[Turns, Envelope] | None:
    """Return how things stand now and the event, or None where the thing stood so before."""
    key = key_of(turn.thing)
    before = turns.get(key, 0)
    if turn.dated:
        return {**turns, key: abs(before) + 1 if turn.on else -abs(before) - 1}, turn.event
    if before and (before > 0) == turn.on:
        return None
    if not before and len(turns) >= THINGS_MAX:
        return turns, turn.event
    number = abs(before) + 1
    now = {**turns, key: number if turn.on else -number}
    return now, turn.event if number <= FIRST else replace(turn.event, id=event_id(turn.event.id, str(number)))


FIRST = 2
"""The first time on and the first time off have the ids that the connector gave: an export tells the same fact."""


def heard(turns: Turns, event: ReactionAdded) -> tuple[Turns, bool]:
    """Return how things stand after a reaction that an export tells, and whether it is news."""
    if event.data.actor is None:
        return turns, True
    key = key_of(reaction_thing(event.data))
    if key in turns:
        return turns, False
    return (turns if len(turns) >= THINGS_MAX else {**turns, key: 1}), True


def told_before(turn: Turn) -> str | None:
    """Return by what a retry of the telling is known."""
    if turn.dated:
        return identity(turn.event.brand, turn.event.community, turn.event.id)
    if turn.telling is None:
        return None
    return identity(turn.event.brand, turn.event.community, f"{turn.event.source}/{turn.telling}/{turn.event.id}")
