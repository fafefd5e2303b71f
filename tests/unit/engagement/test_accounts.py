"""How an account adds up: caps by day and rule, whatever the order, however long ago."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

import bson
from hypothesis import given, settings
from hypothesis import strategies as st

from services.engagement.handlers.ledger import Ledger
from services.engagement.rules.accounts import EMPTY, Account, Change, posted
from services.engagement.rules.balances import Held
from services.engagement.rules.days import UNCAPPED, Leaf
from shared.documents.rewards import RULES_MAX
from shared.fold.limits import STATE_BYTES_MAX
from tests.builders import PLACE
from tests.unit.engagement.world import live

DAY = date(2016, 3, 2)
YEARS = 10


def post(*changes: Change, account: Account = EMPTY) -> tuple[Account, list[int]]:
    applied = []
    for change in changes:
        account, one = posted(account, change)
        applied.append(one)
    return account, applied


def at(number: int) -> date:
    return DAY + timedelta(days=number)


def grant(points: int, cap: int | None = 10, day: date | None = DAY, rule: str = "content") -> Change:
    return Change(points, Leaf(PLACE, rule, UNCAPPED if cap is None else cap), day)


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


def test_no_day_is_ever_closed() -> None:
    account, _ = post(*(grant(6, day=at(number)) for number in range(1_000) for _ in range(2)))

    account, applied = post(*(grant(-6, day=DAY) for _ in range(2)), grant(6, day=DAY), account=account)

    assert applied == [-4, -6, 6]
    assert account.balance == 10 * 999 + 6


def test_what_concerns_no_day_has_no_cap() -> None:
    account, applied = post(grant(6), grant(100, day=None), grant(6))

    assert applied == [6, 100, 4]
    assert account.balance == 110


def test_a_day_with_nothing_left_takes_no_room() -> None:
    before, _ = post(*(grant(5, day=at(number)) for number in range(0, 300, 2)))

    account, _ = post(*(grant(points, day=at(number)) for number in range(1, 300, 2) for points in (5, -5)), account=before)

    assert len(stored(account)) <= len(stored(before)) + 10
    assert account.balance == before.balance


def stored(account: Account) -> bytes:
    encoded: bytes = bson.encode(dict(Ledger().encode(Held("acme", "telegram:42", account))))
    return encoded


def read_back(account: Account) -> Account:
    return Ledger().decode(bson.decode(stored(account))).account


CAPS = (None, 5, 12)


def drawn(chance: Random, days: int) -> Change:
    return grant(chance.randint(1, 9), chance.choice(CAPS), at(chance.randrange(days)), chance.choice("abc"))


def told(chance: Random, days: int) -> list[tuple[Change, int]]:
    """Some grants, and how often each is told: given, or taken back too, or restored as well."""
    return [(drawn(chance, days), chance.randint(1, 3)) for _ in range(chance.randint(0, 4 * days))]


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=True), st.sampled_from([1, 3, 40, 400]))
def test_in_any_order_each_day_and_rule_comes_to_its_cap_or_to_what_is_live(chance: Random, days: int) -> None:
    grants = told(chance, days)
    changes = [one._replace(points=one.points * (-1) ** flip) for one, times in grants for flip in range(times)]
    chance.shuffle(changes)

    account, entries = EMPTY, Counter[tuple[date | None, str]]()
    for change in changes:
        account, applied = posted(read_back(account), change)
        entries[change.day, change.leaf.rule] += applied

    expected = capped_sums(one for one, times in grants if times % 2)
    assert {key: total for key, total in entries.items() if total} == expected
    assert account.balance == sum(expected.values())
    assert account.entries == len(changes)


def capped_sums(kept: Iterable[Change]) -> dict[tuple[date | None, str], int]:
    """What each day and rule must come to: the plain words of the rule, without any account."""
    groups: defaultdict[tuple[date | None, str], list[Change]] = defaultdict(list)
    for change in kept:
        groups[change.day, change.leaf.rule].append(change)
    return {key: capped_sum(changes) for key, changes in groups.items()}


def capped_sum(changes: list[Change]) -> int:
    total, caps = sum(change.points for change in changes), [change.leaf.cap for change in changes]
    return total if UNCAPPED in caps else min(total, max(caps))


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=True), st.sampled_from([1, 3, 40, 400]))
def test_a_stored_account_comes_back_as_it_was(chance: Random, days: int) -> None:
    account, _ = post(*(change for change, _ in told(chance, days)))

    again = read_back(account)

    assert again == account
    for number in range(days):
        assert live(again, at(number).toordinal()) == live(account, at(number).toordinal())


def active(rules: int, points: int, times: int = 3) -> Account:
    """Return the account of a member who earned by so many rules on each day of ten years."""
    days = (at(number) for number in range(YEARS * 365))
    changes = (grant(points, 10**6, day, f"rule-{n}") for day in days for n in range(rules) for _ in range(times))
    return post(*changes)[0]


def test_ten_years_of_an_active_member_take_some_kilobytes() -> None:
    assert len(stored(active(rules=2, points=5))) < 25_000


def test_ten_years_of_whoever_earns_all_that_can_be_earned_can_still_be_stored() -> None:
    assert len(stored(active(rules=20, points=1_000_000, times=1))) < STATE_BYTES_MAX / 4
    assert len(stored(active(rules=RULES_MAX, points=1_000_000, times=1))) < STATE_BYTES_MAX * 2 / 3
