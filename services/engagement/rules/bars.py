"""Days on which a member earns nothing, for they were muted or banned. Pure.

A day is barred where a sanction is in force as it begins (00:00 UTC): so it does not matter whether what was earned on it
is read before or after the sanction. What was earned on barred days stays known, and is given where the sanction is lifted
before its end: then it counts as if it had never been.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import msgspec

from services.engagement.rules.days import EXEMPT, Day, Leaf
from shared.events.moderation import SanctionApplied, SanctionLifted

EVER = 10_000_000
"""Stands for no end, as an ordinal number of a day."""

BARS_MAX = 50
"""Of a member; the oldest is forgotten, and what its days came to stays as it is."""


class Bar(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The days of one sanction."""

    first: int
    """The first day that is barred, as an ordinal number."""
    end: int
    """The first that is not any more."""
    place: str = ""
    """The community; empty: all of the brand."""


Bars = Mapping[str, Bar]
"""By the sanction's kind, community and decision."""


def changed(bars: Bars, event: SanctionApplied | SanctionLifted) -> Bars:
    """Take in a sanction, or that it was lifted."""
    data = event.data
    name = f"{data.kind}/{event.community or ''}/{data.decision}"
    if data.kind == "warn":
        return bars
    if isinstance(event, SanctionApplied):
        bar = Bar(
            _midnight_after(event.time), EVER if data.until is None else _midnight_after(data.until), event.community or ""
        )
        kept = {one: known for one, known in bars.items() if one != name} | {name: bar}
        return dict(list(kept.items())[-BARS_MAX:])
    known = bars.get(name)
    if known is None or _midnight_after(event.time) >= known.end:
        return bars
    return {one: bar for one, bar in bars.items() if one != name}


def _midnight_after(moment: datetime) -> int:
    """Return the first day that begins at a moment or later."""
    at = moment.astimezone(UTC)
    return at.toordinal() + (0 if at.time() == at.min.time() else 1)


def barred(bars: Bars, day: int) -> frozenset[str]:
    """Return the places that are barred on a day; none, as is nearly always so."""
    return frozenset(bar.place for bar in bars.values() if bar.first <= day < bar.end) if bars else frozenset()


def seen(day: Day, places: frozenset[str]) -> Day:
    """Return what of a day counts."""
    if not places:
        return day
    if "" in places:
        return {}
    return {leaf: points for leaf, points in day.items() if place_of(leaf) not in places}


def place_of(leaf: Leaf) -> str:
    """Return the community of a leaf, whether its caps concern it or not."""
    return leaf.community.removeprefix(EXEMPT)


def touched(before: Bars, after: Bars, days: Iterable[int]) -> Iterable[int]:
    """Return the days on which other places are barred after a change than before."""
    return [day for day in days if barred(before, day) != barred(after, day)]
