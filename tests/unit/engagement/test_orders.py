"""Points that are spent, given back, given by hand or to others; that are held, and that expire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from services.engagement.rules.bookings import OVER_LIMIT, TOO_FEW
from services.engagement.rules.commands import Adjust, Refund, Spend, Transfer
from services.engagement.rules.wallets import available
from shared.events.engagement import (
    PointsClawedBack,
    PointsExpired,
    PointsGranted,
    PointsRestored,
    PointsSpent,
    PointsTransferred,
)
from tests.builders import AT, MEMBER, PLACE, content_created, content_deleted, content_restored
from tests.unit.engagement.world import World

OTHER = "telegram:43"
POLICY: dict[str, Any] = {"rules": [{"id": "content", "for": "content", "points": 100}]}


def about(id_: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a command
    return {"id": id_, "brand": "acme", "member": MEMBER, "at": AT + timedelta(hours=1), "by": "vera"} | more


def spend(id_: str, amount: int, **more: Any) -> Spend:  # noqa: ANN401 - fields of a command
    return Spend(**about(id_, amount=amount, note="a mug") | more)


def send(id_: str, amount: int, **more: Any) -> Transfer:  # noqa: ANN401 - fields of a command
    return Transfer(**about(id_, to=OTHER, amount=amount, per_day=50) | more)


def rich(**spec: Any) -> World:  # noqa: ANN401 - fields of a policy
    return World(POLICY | spec).tell(content_created())


def test_what_is_there_can_be_spent_once_and_no_more() -> None:
    world = rich().order(spend("o1", 60), spend("o2", 60), spend("o3", 40))

    assert world.balance(MEMBER) == 0
    first, second, third = [entry for entry in world.entries.values() if entry["rule"] == "@spent"]
    assert [entry["applied"] for entry in (first, second, third)] == [-60, 0, -40]
    assert (second["refused"], "refused" in first) == (TOO_FEW, False)
    assert (first["note"], first["by"], first["cause"]) == ("a mug", "vera", "o1")
    assert [type(event) for event in world.posted] == [PointsGranted, PointsSpent, PointsSpent]


def test_an_order_that_is_told_twice_is_done_once() -> None:
    assert rich().order(spend("o1", 60), spend("o1", 60)).balance(MEMBER) == 40


def test_what_was_spent_is_given_back_once() -> None:
    refund = Refund(**about("r1", spend="o1", amount=60, note="sold out"))
    world = rich().order(spend("o1", 60), refund, refund)

    assert world.balance(MEMBER) == 100
    assert isinstance(world.posted[-1], PointsRestored)


def test_points_are_given_and_taken_by_hand_with_the_reason() -> None:
    given, taken = (Adjust(**about(f"a{n}", amount=n, note="for the meet-up")) for n in (30, -150))
    world = rich().order(given, taken)

    assert world.balance(MEMBER) == -20
    assert [type(event) for event in world.posted[1:]] == [PointsGranted, PointsClawedBack]
    assert world.order(spend("o1", 1)).balance(MEMBER) == -20, "who is in debt spends nothing"


def test_a_debt_is_paid_by_what_is_earned() -> None:
    world = rich().order(spend("o1", 100)).tell(content_deleted())
    assert world.balance(MEMBER) == -100

    assert world.tell(content_restored()).balance(MEMBER) == 0


def test_points_go_to_another_member_within_the_limit_of_a_day() -> None:
    tomorrow = send("t4", 5, at=AT + timedelta(days=1))
    world = rich().order(send("t1", 30), send("t2", 30), send("t3", 20), tomorrow)

    assert (world.balance(MEMBER), world.balance(OTHER)) == (45, 55)
    refused = [entry.get("refused") for entry in world.entries.values() if entry["rule"] == "@sent"]
    assert refused == [None, OVER_LIMIT, None, None]
    told = [event for event in world.posted if isinstance(event, PointsTransferred)]
    assert [(event.data.to, event.data.amount) for event in told] == [(OTHER, 30), (OTHER, 20), (OTHER, 5)]
    received = [entry for entry in world.entries.values() if entry["rule"] == "@received"]
    assert [(entry["member"], entry["other"], entry["applied"]) for entry in received] == [
        (OTHER, MEMBER, 30),
        (OTHER, MEMBER, 20),
        (OTHER, MEMBER, 5),
    ]


def test_who_has_too_few_gives_nothing_away() -> None:
    world = World(POLICY).order(send("t1", 1))

    assert (world.balance(MEMBER), world.balance(OTHER)) == (0, 0)


def test_what_is_held_cannot_be_spent_before_its_time() -> None:
    world = rich(hold="1d").order(spend("o1", 1), spend("o2", 1, at=AT + timedelta(hours=39)))

    assert [entry.get("refused") for entry in world.entries.values() if entry["rule"] == "@spent"] == [TOO_FEW, None]
    assert world.balance(MEMBER) == 99


def test_what_is_taken_back_while_it_is_held_leaves_other_points_free() -> None:
    other = content_created(content_id=f"{PLACE}:old", time=AT - timedelta(days=9))
    world = World(POLICY | {"hold": "1d"}).tell(other, content_created(), content_deleted())

    held = world.accounts[f"acme/{MEMBER}"]
    assert available(held.account.balance, held.wallet, AT + timedelta(hours=1)) == 100


def at_month(month: int) -> datetime:
    return datetime(2026, month, 1, tzinfo=UTC)


def test_points_expire_with_the_month_and_what_expires_first_is_spent_first() -> None:
    april = content_created(content_id=f"{PLACE}:april", time=AT.replace(month=4))
    world = rich(expire_months=3).tell(april).order(spend("o1", 30))
    assert sorted(timer.due for timer in world.timers.values()) == [at_month(7), at_month(8)]

    assert world.time_passes(at_month(7)).balance(MEMBER) == 100
    assert world.time_passes().balance(MEMBER) == 0
    expired = [entry for entry in world.entries.values() if entry["rule"] == "@expired"]
    assert [(entry["at"], entry["applied"]) for entry in expired] == [(at_month(7), -70), (at_month(8), -100)]
    assert [type(event) for event in world.posted].count(PointsExpired) == 2
    assert world.timers == {}


def test_what_is_taken_back_after_it_expired_had_expired_for_nothing() -> None:
    world = rich(expire_months=3).time_passes().tell(content_deleted())
    assert world.balance(MEMBER) == 0

    assert world.tell(content_restored()).balance(MEMBER) == 0
    assert sum(entry["applied"] for entry in world.entries.values()) == 0


def test_what_comes_late_into_a_lot_that_expired_expires_at_once() -> None:
    late = content_created(content_id=f"{PLACE}:late")
    world = rich(expire_months=3).time_passes().tell(late)

    assert world.balance(MEMBER) == 0
    assert world.timers == {}


def test_refunded_points_do_not_expire() -> None:
    refund = Refund(**about("r1", spend="o1", amount=60, note="sold out"))
    world = rich(expire_months=3).order(spend("o1", 60), refund).time_passes()

    assert world.balance(MEMBER) == 60


@pytest.mark.parametrize("order", [spend("o1", 5), send("t1", 5)])
def test_an_order_of_yesterday_is_decided_by_what_is_there_now(order: Any) -> None:  # noqa: ANN401 - a command
    world = rich().order(replace(order, at=AT - timedelta(days=1)))

    assert world.balance(MEMBER) == 95
