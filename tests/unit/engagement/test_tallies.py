"""What members earn by community and period does not depend on the order in which it is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import reduce

import bson
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.rules.boards import KEPT_DAYS, Board, Metric, Period, first_of, is_kept, ranked, span_of
from services.engagement.rules.tallies import Earned, Tally, document_of, on_boards, tally_in, with_earned

TODAY = date(2026, 3, 2).toordinal()
EMPTY = Tally("acme", "telegram:1")

earnings = st.lists(
    st.builds(
        Earned,
        st.just("acme"),
        st.just("telegram:1"),
        st.sampled_from(["", "telegram:-1", "telegram:-2"]),
        st.integers(TODAY - 800, TODAY),
        st.integers(TODAY - 800, TODAY),
        st.integers(-5, 5),
        st.integers(-2, 2),
    ),
    max_size=30,
)


def told(all_: Sequence[Earned]) -> Tally:
    return reduce(with_earned, all_, EMPTY)


def shown(all_: Sequence[Earned]) -> dict[Board, int]:
    """Return where the member stands, board by board."""
    return {board: value for board, places in on_boards([told(all_)]) for value in places.values()}


@given(st.data(), earnings)
def test_the_order_of_entries_does_not_matter(data: st.DataObject, all_: list[Earned]) -> None:
    assert told(data.draw(st.permutations(all_))) == told(all_)


@given(earnings)
def test_each_board_is_the_sum_of_what_was_earned_there_in_its_days(all_: list[Earned]) -> None:
    found, newest = shown(all_), max((one.taken_in for one in all_), default=0)

    for board, value in found.items():
        inside = [
            one.points if board.metric is Metric.POINTS else one.karma
            for one in all_
            if board.community in {None, one.community} and first_of(board.period, one.day) == board.first
        ]
        assert value == sum(inside), board
    for one in all_:
        for period in Period:
            first = first_of(period, one.day)
            there = Board("acme", None, period, first, Metric.POINTS) in found
            assert there == is_kept(period, first, newest)
            karma = Board("acme", None, period, first, Metric.KARMA) in found
            assert karma == (there and any(o.karma for o in all_ if first_of(period, o.day) == first))


@given(earnings)
def test_a_tally_is_stored_and_read_as_it_is(all_: list[Earned]) -> None:
    tally = told(all_)

    assert tally_in(bson.decode(bson.encode(document_of(tally)))) == tally


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(list(Period)))
def test_a_day_lies_in_its_period_and_the_next_one_begins_when_it_ends(day: date, period: Period) -> None:
    first = first_of(period, day.toordinal())
    span = span_of(Board("acme", None, period, first, Metric.POINTS))

    if span.first is None or span.until is None:
        assert (period, first) == (Period.ALL, 0)
        return
    assert span.first <= day < span.until
    assert first_of(period, span.until.toordinal()) == span.until.toordinal()
    assert first_of(period, span.until.toordinal() - 1) == first
    assert period is not Period.WEEK or (span.first.isocalendar()[:2] == day.isocalendar()[:2] and span.first.weekday() == 0)


def test_what_was_taken_back_keeps_its_place_in_the_tally_so_that_it_can_be_taken_off_the_board() -> None:
    day = Earned("acme", "telegram:1", "telegram:-1", TODAY, TODAY, 5, 0)

    found = shown([day, day._replace(points=-5)])

    assert found[Board("acme", "telegram:-1", Period.DAY, TODAY, Metric.POINTS)] == 0


def test_days_weeks_and_months_end_and_all_time_does_not() -> None:
    old = Earned("acme", "telegram:1", "telegram:-1", TODAY, TODAY, 5, 0)
    for period, days in KEPT_DAYS.items():
        first = first_of(period, TODAY)
        for later, kept in ((first + days, True), (first + days + 1, False)):
            board = Board("acme", None, period, first, Metric.POINTS)
            new = old._replace(day=later, taken_in=later, community="telegram:-2")
            assert (board in shown([old, new])) == kept
    assert (
        shown([old, old._replace(day=TODAY + 9_999, taken_in=TODAY + 9_999)])[
            Board("acme", None, Period.ALL, 0, Metric.POINTS)
        ]
        == 10
    )
    assert timedelta(days=KEPT_DAYS[Period.WEEK]) == timedelta(weeks=10)


def test_equal_members_have_one_place_and_stand_by_their_id() -> None:
    found = ranked({"d": 7, "b": 5, "a": 5, "c": 3, "nobody": 0, "debtor": -2})

    assert [(one.place, one.member) for one in found] == [(1, "d"), (2, "a"), (2, "b"), (4, "c")]
