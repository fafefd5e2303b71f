"""Days of a sanction earn nothing, whichever is read first: in the account, on leaderboards, towards levels and status."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from services.engagement.handlers.boards import Boards
from services.engagement.handlers.standing import _entry
from services.engagement.rules.bars import barred, changed
from services.engagement.rules.standing import record as records
from shared.events import Envelope, encode
from tests.builders import AT, MEMBER, content_created, sanction_applied, sanction_lifted
from tests.fakes import FakeRecord
from tests.unit.engagement.world import World

POLICY = {
    "rules": [
        {"id": "content", "for": "content", "points": 10},
        {"id": "free", "for": "content", "points": 3, "capped": False},
    ],
    "caps": {"community_per_day": 15},
}
HERE, THERE = "telegram:-1", "telegram:-2"


def content(number: int, place: str, day: int) -> Envelope:
    about = {"time": AT + timedelta(days=day), "id": f"c{number}", "content_id": f"{place}:{number}"}
    return content_created(**about, community=place, actor=MEMBER, content_author=MEMBER)


def sanction(place: str | None, begins: int, days: int | None, decision: str = "d1") -> Envelope:
    at = AT + timedelta(days=begins)
    until = None if days is None else at + timedelta(days=days)
    return sanction_applied(id=f"s{decision}", time=at, until=until, member=MEMBER, community=place, decision=decision)


class Seen:
    """What different readers of the ledger make of it."""

    def __init__(self, events: Sequence[Envelope]) -> None:
        self.world = World(POLICY)
        for event in events:
            if "sanction" in type(event).__struct_config__.tag:  # type: ignore[operator] # events have tags
                self.world.sanction(event)
            else:
                self.world.tell(event)
        boards, tally, record = Boards(), None, records.EMPTY
        for posted in self.world.posted:
            for item in boards.read(FakeRecord("engagement.ledger.v1", 0, 0, 0, None, encode(posted), ())):
                tally = boards.evolve(tally, item.event).state
            record = records.counted(record, _entry(posted))
        shown = {
            (place, period, number): total
            for place, periods in (tally.sums if tally else {}).items()
            for period, numbers in periods.items()
            for number, total in numbers.items()
            if any(total)
        }
        self.outcome: tuple[Any, ...] = (self.world.balance(MEMBER), shown, record.earned, record.months)


@pytest.mark.parametrize("place", [HERE, None])
def test_it_does_not_matter_whether_the_ban_or_the_post_is_read_first(place: str | None) -> None:
    events = [content(1, HERE, 1), content(2, HERE, 1), content(3, THERE, 1), sanction(place, 0, 3)]
    outcomes = [Seen(order).outcome for order in permutations(events)]

    assert outcomes[0][0] == (13 if place else 0)
    assert [outcome for outcome in outcomes if outcome != outcomes[0]] == []


def test_a_sanction_that_is_lifted_early_was_never_there() -> None:
    events = [content(1, HERE, 1), sanction(None, 0, 3)]
    lifted = sanction_lifted(time=AT + timedelta(days=1), member=MEMBER, community=None, decision="d1")

    assert Seen([*events, lifted]).outcome == Seen(events[:1]).outcome
    assert Seen([events[1], lifted, events[0]]).outcome == Seen(events[:1]).outcome


def test_one_that_ends_by_itself_stays() -> None:
    ended = sanction_lifted(time=AT + timedelta(days=3), member=MEMBER, community=None, decision="d1")

    assert Seen([content(1, HERE, 1), sanction(None, 0, 3), ended]).outcome[0] == 0


@pytest.mark.parametrize(
    ("hours", "days", "found"),
    [(10, 1, {1}), (0, 1, {0}), (10, 0, set()), (23, 2, {1, 2}), (10, None, {1, 2, 3, 4})],
)
def test_days_that_begin_while_it_is_in_force(hours: int, days: int | None, found: set[int]) -> None:
    begins = datetime(2026, 3, 2, hours, tzinfo=UTC)
    until = None if days is None else begins + timedelta(days=days)
    bars = changed({}, sanction_applied(time=begins, until=until, member=MEMBER, community=None))

    assert {day for day in range(5) if barred(bars, begins.toordinal() + day)} == found
