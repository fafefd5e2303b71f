"""What can be spent, and what expires: the oldest first, whatever is read first."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import reduce
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.engagement.rules.wallets import (
    EMPTY,
    Wallet,
    available,
    begin_of,
    hour_of,
    month_of,
    sent_on,
    with_earned,
    with_expired,
    with_held,
    with_sent,
    with_spent,
)

JANUARY = month_of(date(2026, 1, 1))
LIFE = 3
"""Months after which points expire."""
Happening = tuple[str, int, int]
"""earned, given (without an end) or spent, in which month, how many."""
DOINGS = ["earned", "given", "spent"]
years = st.lists(st.tuples(st.sampled_from(DOINGS), st.integers(0, 11), st.integers(1, 50)), max_size=25)


def taken_in(wallet: Wallet, one: Happening) -> Wallet:
    what, month, points = one
    match what:
        case "earned":
            return with_earned(wallet, points, JANUARY + month, JANUARY + month + LIFE)
        case "spent":
            return with_spent(wallet, points, begin_of(JANUARY + month))
        case _:
            return wallet


def played(told: list[Happening]) -> tuple[list[Happening], int]:
    """The year month by month with lots that one can touch; spendings that there is not enough for do not happen."""
    lots: dict[int, int] = {}
    done, expired, endless = list[Happening](), 0, 0
    for month in range(24):
        expired += lots.pop(month, 0)
        for what, at, points in told:
            if at == month and what == "earned":
                lots[month + LIFE] = lots.get(month + LIFE, 0) + points
                done.append((what, at, points))
            if at == month and what == "given":
                endless += points
                done.append((what, at, points))
        for what, at, points in told:
            if at == month and what == "spent" and points <= sum(lots.values()) + endless:
                done.append((what, at, points))
                left = points
                for lot in sorted(lots):
                    taken = min(left, lots[lot])
                    lots[lot] -= taken
                    left -= taken
                endless -= left
    return done, expired


@given(years, st.randoms(use_true_random=True))
def test_what_expires_is_what_is_left_of_the_oldest_lots_in_whatever_order_it_is_read(
    told: list[Happening], chance: Random
) -> None:
    done, expired = played(told)
    chance.shuffle(done)

    assert with_expired(reduce(taken_in, done, EMPTY), JANUARY + 24).expired == expired


@given(years, st.lists(st.integers(0, 24), min_size=1, max_size=5))
def test_it_does_not_matter_when_it_was_looked_at_before(told: list[Happening], looks: list[int]) -> None:
    done, expired = played(told)
    wallet = EMPTY
    for place, one in enumerate(done):
        wallet = with_expired(taken_in(wallet, one), JANUARY + looks[place % len(looks)])

    assert with_expired(wallet, JANUARY + 24).expired == expired


def test_what_is_held_can_be_spent_from_its_hour_on() -> None:
    now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    wallet = with_held(EMPTY, 40, hour_of(now + timedelta(hours=24)), hour_of(now))

    assert available(100, wallet, now) == 60
    assert available(100, wallet, now + timedelta(hours=23)) == 60
    assert available(100, wallet, now + timedelta(hours=24)) == 100


def test_what_is_taken_back_while_it_is_held_is_held_no_more() -> None:
    now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    release = hour_of(now) + 24
    wallet = with_held(with_held(EMPTY, 40, release, hour_of(now)), -40, release, hour_of(now))

    assert wallet.held == {}
    assert available(-5, wallet, now) == -5


def test_what_one_hour_lacks_of_another_holds_nothing_back() -> None:
    now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    wallet = with_held(with_held(EMPTY, 10, hour_of(now) + 5, hour_of(now)), -10, hour_of(now) + 9, hour_of(now))

    assert available(10, wallet, now) == 10


def test_what_was_given_away_is_remembered_by_day() -> None:
    monday = datetime(2026, 3, 2, 23, 59, tzinfo=UTC)
    wallet = with_sent(with_sent(EMPTY, 5, monday), 7, monday)

    assert (sent_on(wallet, monday), sent_on(wallet, monday + timedelta(minutes=1))) == (12, 0)
    assert with_sent(wallet, 1, monday + timedelta(days=9)).sent == {(monday + timedelta(days=9)).toordinal(): 1}


def test_months_and_moments() -> None:
    assert begin_of(month_of(date(2026, 12, 31))) == datetime(2026, 12, 1, tzinfo=UTC)
    assert begin_of(month_of(date(2026, 12, 31)) + 1) == datetime(2027, 1, 1, tzinfo=UTC)
