from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.engagement.rules.accounts import DAYS_MAX, EMPTY, Account, Change, posted

DAY = date(2026, 3, 2)


def post(*changes: Change, account: Account = EMPTY) -> tuple[Account, list[int]]:
    applied = []
    for change in changes:
        account, one = posted(account, change)
        applied.append(one)
    return account, applied


def grant(points: int, cap: int | None = 10, day: date = DAY, rule: str = "content") -> Change:
    return Change(points, rule, day, cap)


def test_a_day_gives_no_more_than_its_cap() -> None:
    account, applied = post(grant(6), grant(6), grant(6))

    assert applied == [6, 4, 0]
    assert account.balance == 10


def test_what_is_taken_back_makes_room_for_what_was_above_the_cap() -> None:
    account, applied = post(grant(6), grant(6), grant(6), grant(-6), grant(-6))

    assert applied == [6, 4, 0, 0, -4]
    assert account.balance == 6


def test_days_and_rules_have_caps_of_their_own() -> None:
    account, _ = post(grant(20), grant(20, day=DAY + timedelta(days=1)), grant(20, rule="reaction"))

    assert account.balance == 30


def test_the_largest_cap_of_the_live_grants_counts() -> None:
    account, applied = post(grant(8, cap=5), grant(8, cap=12), grant(-8, cap=12))

    assert applied == [5, 7, -7]
    assert account.balance == 5


def test_a_rule_without_a_cap_gives_all() -> None:
    assert post(grant(100, cap=None), grant(100, cap=None))[0].balance == 200


def test_an_account_keeps_so_many_days_and_closes_the_rest() -> None:
    days = [DAY + timedelta(days=number) for number in range(DAYS_MAX + 1)]

    account, applied = post(*(grant(5, day=day) for day in days), grant(-5, day=DAY))

    assert len(account.days) == DAYS_MAX
    assert applied[-1] == 0
    assert account.balance == 5 * len(days)


Piece = tuple[int, int | None, int, str]
pieces = st.tuples(st.integers(1, 9), st.sampled_from([None, 5, 12]), st.integers(0, 2), st.sampled_from(["a", "b"]))


@given(st.lists(pieces, max_size=20), st.data())
def test_the_balance_is_that_of_what_is_live_whatever_the_order(told: list[Piece], data: st.DataObject) -> None:
    changes = [grant(points, cap, DAY + timedelta(days=day), rule) for points, cap, day, rule in told]
    gone = data.draw(st.lists(st.sampled_from(range(len(changes))), unique=True)) if changes else []
    back = [changes[number]._replace(points=-changes[number].points) for number in gone]
    kept = [change for number, change in enumerate(changes) if number not in gone]

    account, applied = post(*data.draw(st.permutations(changes)), *data.draw(st.permutations(back)))

    expected, _ = post(*kept)
    assert account.balance == sum(applied) == expected.balance
