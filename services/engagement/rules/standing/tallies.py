"""What a member has in contests: entries, and votes or points. It follows the ledger, so it comes and goes with it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import msgspec

from services.engagement.rules.contents import ENTRY
from services.engagement.rules.contests import VOTE, Running
from services.engagement.rules.standing.record import Entry
from shared.events.engagement import Participation

RULES = (ENTRY, VOTE)
"""Begin the rules of what is of contests alone."""

KEPT = timedelta(days=90)
"""After the end of a contest it is remembered for so long what a member had in it: until appeals are answered."""


class Tally(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a member has in one contest."""

    entries: int = 0
    score: int = 0
    n: int = 0
    """How often it, or what is known of the member, changed."""
    ends: int = 0
    """The last day of the contest, as an ordinal number; 0: not known."""


def counted(running: Mapping[str, Running], entry: Entry) -> Iterator[tuple[str, Tally]]:
    """Yield by how much an entry of the ledger changes what a member has, by contest."""
    if entry.rule.startswith(ENTRY):
        yield entry.rule.removeprefix(ENTRY), Tally(entries=entry.times)
    elif entry.rule.startswith(VOTE):
        yield entry.rule.removeprefix(VOTE), Tally(score=entry.times)
    elif entry.points:
        for name, one in running.items():
            if (one.spec.win == "points" or one.spec.enter.by == "points") and _holds(one, entry.day):
                yield name, Tally(score=entry.points)


def _holds(running: Running, day: date) -> bool:
    """Say whether a day is within a contest: those on which it begins and ends are, as far as they are in it at all."""
    begins, ends = running.spec.from_, running.spec.until
    if begins is not None and day < begins.date():
        return False
    return ends is None or day <= (ends - timedelta(microseconds=1)).date()


def qualified(running: Mapping[str, Running], part: Participation) -> Iterator[tuple[str, Tally]]:
    """Yield the contests that a quiz's result enters."""
    for name, one in running.items():
        enter = one.spec.enter
        if enter.by == "quiz" and part.thing == f"quiz/{enter.quiz}" and (part.score or 0) >= enter.score:
            yield name, Tally(entries=1)


def added(tallies: Mapping[str, Tally], name: str, more: Tally, running: Mapping[str, Running]) -> Mapping[str, Tally]:
    """Return the tallies with one changed."""
    before = tallies.get(name, Tally())
    ends = running[name].spec.until if name in running else None
    day = before.ends if ends is None else ends.toordinal()
    return {**tallies, name: Tally(before.entries + more.entries, before.score + more.score, before.n + 1, day)}


def kept(tallies: Mapping[str, Tally], today: date) -> Mapping[str, Tally]:
    """Return the tallies without those of contests that are long over."""
    oldest = (today - KEPT).toordinal()
    return {name: tally for name, tally in tallies.items() if tally.ends == 0 or tally.ends >= oldest}
