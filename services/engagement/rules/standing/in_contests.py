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


class InContest(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a member has in one contest."""

    entries: int = 0
    score: int = 0
    n: int = 0
    """How often it, or what is known of the member, changed."""
    ends: int = 0
    """The last day of the contest, as an ordinal number; 0: not known."""


def counted(running: Mapping[str, Running], entry: Entry) -> Iterator[tuple[str, InContest]]:
    """Yield by how much an entry of the ledger changes what a member has, by contest."""
    if entry.rule.startswith(ENTRY):
        yield entry.rule.removeprefix(ENTRY), InContest(entries=entry.times)
    elif entry.rule.startswith(VOTE):
        yield entry.rule.removeprefix(VOTE), InContest(score=entry.times)
    elif entry.points:
        for name, one in running.items():
            if (one.spec.win == "points" or one.spec.enter.by == "points") and _holds(one, entry.day):
                yield name, InContest(score=entry.points)


def _holds(running: Running, day: date) -> bool:
    """Say whether a day is within a contest: those on which it begins and ends are, as far as they are in it at all."""
    begins, ends = running.spec.from_, running.spec.until
    if begins is not None and day < begins.date():
        return False
    return ends is None or day <= (ends - timedelta(microseconds=1)).date()


def qualified(running: Mapping[str, Running], part: Participation) -> Iterator[tuple[str, InContest]]:
    """Yield the contests that a quiz's result enters."""
    for name, one in running.items():
        enter = one.spec.enter
        if enter.by == "quiz" and part.thing == f"quiz/{enter.quiz}" and (part.score or 0) >= enter.score:
            yield name, InContest(entries=1)


def added(
    contests: Mapping[str, InContest], name: str, more: InContest, running: Mapping[str, Running]
) -> Mapping[str, InContest]:
    """Return what a member has in each contest, with one changed."""
    before = contests.get(name, InContest())
    ends = running[name].spec.until if name in running else None
    day = before.ends if ends is None else ends.toordinal()
    return {**contests, name: InContest(before.entries + more.entries, before.score + more.score, before.n + 1, day)}


def kept(contests: Mapping[str, InContest], today: date) -> Mapping[str, InContest]:
    """Return the same without contests that are long over."""
    oldest = (today - KEPT).toordinal()
    return {name: one for name, one in contests.items() if one.ends == 0 or one.ends >= oldest}
