"""Goods: an order's way, stock, limits, cancelling, what members mean and are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from services.engagement.rules.participation import shop_words as words
from services.engagement.rules.participation.commands import Define, ReplyTo, Take, Who
from services.engagement.rules.participation.doings import Buy, Cancel, Donate, Fulfil, GiveBack, Look, Vote
from services.engagement.rules.participation.goods import Shop
from services.engagement.rules.participation.mechanism import Viewer
from services.engagement.rules.participation.shop_looks import what
from services.engagement.rules.participation.shop_state import BUYERS_MAX, LINE_MAX, OPEN_MAX, Buyer, Open, Stock
from shared.documents.shop import Goods
from shared.documents.standing import Words
from shared.errors import Misplaced
from shared.fold.limits import STATE_BYTES_MAX
from shared.said import Said
from tests.unit.engagement.participation.sales import (
    BOT,
    HOUR,
    MEMBER,
    OTHER,
    bought,
    ordered,
    own,
    refunds,
    settle,
    shop,
    shown,
    spends,
    states,
)
from tests.unit.engagement.participation.stage import AT, KNOWN, WORDS


def test_an_order_is_reserved_paid_and_fulfilled() -> None:
    stage = shop(stock=5, community=BOT)
    order = ordered(stage, quantity=2)
    assert (shown(stage)["left"], shown(stage)["reserved"], shown(stage)["sold"]) == (3, 2, 0)
    (spend,) = spends(stage)
    assert (spend["amount"], spend["note"], spend["thing"]) == (40, "Spring × 2", "goods/spring")
    stage.paid()
    assert (shown(stage)["left"], shown(stage)["reserved"], shown(stage)["sold"]) == (3, 0, 2)
    assert stage.staff(Fulfil(order=order, note="RM123456789DE")) == "done"

    assert states(stage, order) == ["reserved", "paid", "fulfilled"]
    assert stage.entries[-1]["member"] == MEMBER
    assert "RM123456789DE" in stage.acts[-1].data.text
    assert (shown(stage)["open"], shown(stage)["fulfilled"], own(stage)["has"]) == (0, 1, 2)
    assert stage.staff(Fulfil(order=order)) == "no_order"
    assert refunds(stage) == []


def test_what_cannot_be_paid_goes_back_into_the_stock() -> None:
    stage = shop(stock=1, community=BOT)
    order = ordered(stage)
    stage.paid("too_few")

    assert states(stage, order) == ["reserved", "refused"]
    assert (shown(stage)["left"], own(stage)) == (1, {"has": 0, "orders": []})
    assert "not have enough points" in stage.acts[-1].data.text


def test_who_comes_when_all_is_reserved_waits_and_is_served_when_somebody_cannot_pay() -> None:
    stage = shop(stock=1)
    poor, first, second = ordered(stage, "telegram:1"), ordered(stage, "telegram:2"), ordered(stage, "telegram:3")
    assert len(spends(stage)) == 1
    stage.paid("too_few")
    assert (len(spends(stage)), shown(stage)["waiting"]) == (2, 1)
    stage.paid()

    assert [states(stage, order) for order in (poor, first, second)] == [
        ["reserved", "refused"],
        ["waiting", "reserved", "paid"],
        ["waiting", "refused"],
    ]
    assert stage.entries[-1]["code"] == "sold_out"
    assert stage.member("telegram:4", Buy()) == "sold_out"


def test_a_settling_that_is_told_twice_or_late_changes_nothing() -> None:
    stage = shop(stock=1)
    order = bought(stage)
    stage.paid("too_few")
    stage.paid()
    assert (states(stage, order), shown(stage)["sold"]) == (["reserved", "paid"], 1)
    stage.member(MEMBER, Cancel(order=order))
    stage.paid()

    assert states(stage, order) == ["reserved", "paid", "refunded"]
    assert (shown(stage)["sold"], shown(stage)["left"], len(refunds(stage))) == (0, 1, 1)


def test_a_member_cancels_in_time_and_has_the_points_back() -> None:
    stage = shop(stock=1)
    order = bought(stage)
    assert stage.member(OTHER, Cancel(order=order)) == "no_order"
    assert stage.member(MEMBER, Cancel(order=order)) == "done"
    assert stage.member(MEMBER, Cancel(order=order)) == "no_order"

    (refund,) = refunds(stage)
    assert (refund["id"], refund["amount"]) == (f"refund:{spends(stage)[0]['id']}", 20)
    assert (shown(stage)["left"], own(stage)["has"]) == (1, 0)


@pytest.mark.parametrize(("hours", "outcome"), [(0, "too_late"), (1, "too_late"), (2, "done")])
async def test_when_an_order_can_be_cancelled(hours: int, outcome: str) -> None:
    stage = shop(cancel_hours=hours)
    order = bought(stage)
    await stage.late(HOUR)

    assert stage.member(MEMBER, Cancel(order=order)) == outcome


@pytest.mark.parametrize(("refused", "ends", "returned"), [(None, "refunded", 1), ("too_few", "cancelled", 0)])
def test_what_is_cancelled_while_it_is_paid_comes_back_if_it_is(refused: str | None, ends: str, returned: int) -> None:
    stage = shop(stock=1, per_member=1)
    order = ordered(stage)
    stage.member(MEMBER, Cancel(order=order))
    assert (stage.member(MEMBER, Cancel(order=order)), refunds(stage), shown(stage)["left"]) == ("done", [], 0)
    waits = ordered(stage, OTHER)
    stage.paid(refused)

    assert stage.entries[-1]["order"] == waits
    told = [one.data.state for one in stage.told if one.data.order == order]
    assert (told, len(refunds(stage))) == (["reserved", "cancelling", ends], returned)
    assert own(stage)["has"] == 0
    stage.paid()
    assert stage.member(MEMBER, Buy()) == "sold_out"
    assert states(stage, waits)[-1] == "paid"


def test_staff_give_an_order_back_before_or_after_it_is_paid() -> None:
    stage = shop(stock=3, community=BOT)
    paid = bought(stage)
    assert stage.staff(GiveBack(order=paid, note="broken in the store")) == "done"
    early = ordered(stage)
    assert stage.staff(Fulfil(order=early)) == "unpaid"
    assert stage.staff(GiveBack(order=early, note="x" * 2_000)) == "done"
    stage.paid()

    assert (states(stage, paid)[-1], states(stage, early)[-1]) == ("refunded", "refunded")
    assert [refund["note"] for refund in refunds(stage)] == ["broken in the store", "Cancelled: Spring"]
    assert stage.staff(GiveBack(order=paid, note="again")) == "no_order"
    assert shown(stage)["left"] == 3


@pytest.mark.parametrize(
    ("spec", "does", "outcome"),
    [
        ({"stock": 0}, Buy(), "sold_out"),
        ({"stock": 1}, Buy(quantity=2), "few_left"),
        ({"per_order": 1}, Buy(quantity=2), "per_order"),
        ({"per_member": 2}, Buy(quantity=3), "per_member"),
        ({"per_period": {"quantity": 2, "days": 7}}, Buy(quantity=3), "per_period"),
        ({"eligible": {"vip": True}}, Buy(), "not_vip"),
        ({"from": (AT + HOUR).isoformat()}, Buy(), "not_open"),
        ({"until": AT.isoformat()}, Buy(), "over"),
        ({}, Donate(amount=5), "misplaced"),
        ({}, Vote(options=(1,)), "misplaced"),
        ({}, Cancel(order="x"), "no_order"),
        ({}, Look(), "done"),
    ],
)
def test_what_is_sold_to_whom(spec: dict[str, Any], does: Any, outcome: str) -> None:  # noqa: ANN401
    stage = shop(**spec)

    assert stage.member(MEMBER, does) == outcome
    assert stage.commands == []


def test_who_is_sanctioned_buys_nothing() -> None:
    assert shop().member(MEMBER, Buy(), Who(sanctioned=True)) == "sanctioned"


async def test_a_limit_for_a_while_begins_with_the_first_order() -> None:
    stage = shop(per_period={"quantity": 2, "days": 7})
    bought(stage)
    await stage.late(timedelta(days=6))
    second = bought(stage)
    assert stage.member(MEMBER, Buy()) == "per_period"
    stage.member(MEMBER, Cancel(order=second))
    bought(stage)
    assert stage.member(MEMBER, Buy()) == "per_period"
    await stage.late(timedelta(days=1))

    assert bought(stage)


def test_another_price_concerns_new_orders_and_more_stock_serves_the_line() -> None:
    stage = shop(stock=1)
    ordered(stage, "telegram:1")
    ordered(stage, "telegram:2")
    stage.define(price=50, stock=3)
    ordered(stage, "telegram:3")

    assert [spend["amount"] for spend in spends(stage)] == [20, 20, 50]


def test_less_stock_takes_nothing_back() -> None:
    stage = shop(stock=5)
    bought(stage, quantity=3)
    stage.define(price=20, stock=2)

    assert (shown(stage)["left"], shown(stage)["sold"]) == (0, 3)
    assert stage.member(OTHER, Buy()) == "sold_out"


def test_what_is_ordered_is_owed_when_the_document_is_deleted() -> None:
    stage = shop(stock=5)
    first, second = ordered(stage), ordered(stage, OTHER)
    stage.do(Define(**stage.about("deleted"), version=99, spec=None))
    for spend in spends(stage):
        settle(stage, spend)

    assert stage.member(MEMBER, Buy()) == "unknown"
    assert stage.staff(Fulfil(order=first)) == "done"
    assert stage.staff(GiveBack(order=second, note="no more mugs")) == "done"
    assert (states(stage, first)[-1], states(stage, second)[-1]) == ("fulfilled", "refunded")
    again = msgspec.to_builtins(Goods(title=Words(**WORDS), price=20, stock=5))
    stage.do(Define(**stage.about("again"), version=100, spec=again))
    assert (shown(stage)["left"], stage.member(OTHER, Buy())) == (4, "done")


def test_what_staff_need_not_hand_over_is_fulfilled_when_it_is_paid() -> None:
    stage = shop(by_hand=False)
    order = bought(stage)

    assert states(stage, order) == ["reserved", "fulfilled"]
    assert stage.member(MEMBER, Cancel(order=order)) == "no_order"


def test_members_are_told_in_their_language_where_they_asked() -> None:
    stage, reply = shop(stock=3), ReplyTo(community=BOT, source="telegram/acme", language="ru", press="p1")
    for id_, does in (("1", Look()), ("2", Buy())):
        stage.do(Take(**stage.about(id_), member=MEMBER, does=does, who=KNOWN, reply=reply))
    stage.paid()

    look, taken, paid = (act.data for act in stage.acts)
    assert look.text == "Весна: 20 баллов\nОсталось: 3"
    assert look.buttons[0][0].command == "buy spring 1"
    assert taken.press == "p1"
    order = stage.entries[-1]["order"]
    assert (paid.member, order in paid.text) == (MEMBER, True)
    assert paid.buttons[0][0].command == f"buy spring - {order}"


async def test_a_member_s_page_shows_what_can_be_done_now() -> None:
    stage = shop(stock=1, cancel_hours=1)
    order = bought(stage)

    def keys(member: str = MEMBER) -> list[str]:
        spec = msgspec.convert({"title": WORDS, "price": 20, "stock": 1, "cancel_hours": 1}, Goods)
        card = Shop().card("spring", spec, stage.inner, Viewer(stage.clock.now(), member=member))
        return [line.en for line in card.lines] + [key.command for key in card.keys]

    told = f"Your order {order}: 1 for 20 points, paid"
    assert keys() == ["Spring: 20 points\nLeft: 0", told, f"buy spring - {order}"]
    assert keys(OTHER) == ["Spring: 20 points\nLeft: 0"]
    await stage.late(HOUR)
    assert keys() == ["Spring: 20 points\nLeft: 0", told]
    stage.staff(GiveBack(order=order, note="broken"))
    assert keys() == ["Spring: 20 points\nLeft: 1", "buy spring 1"]


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("", Look()),
        ("3", Buy(quantity=3)),
        ("- 3F9A2C1B7D40E812", Cancel(order="3f9a2c1b7d40e812")),
        ("- 3f9a", None),
        ("0", None),
        ("1001", None),
        ("-", None),
        ("two", None),
        ("9" * 99, None),
    ],
)
def test_what_members_mean(text: str, does: object) -> None:
    assert Shop().meant(msgspec.convert({"title": WORDS, "price": 20}, Goods), "buy", text) == does


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"price": 5, "goal": {"target": 10}},
        {"goal": {"target": 10}, "stock": 5},
        {"goal": {"target": 10}, "per_member": 5},
        {"goal": {"target": 10, "least": 11}},
        {"goal": {"target": 10, "missed": "give_back"}},
    ],
)
def test_what_is_no_goods(spec: dict[str, Any]) -> None:
    with pytest.raises(Misplaced):
        Shop().check(msgspec.convert({"title": WORDS} | spec, Goods))


def test_goods_stay_goods_and_goals_stay_goals() -> None:
    mug, dearer, fund, higher = (
        msgspec.convert({"title": WORDS} | spec, Goods)
        for spec in ({"price": 5}, {"price": 7}, {"goal": {"target": 10}}, {"goal": {"target": 20}})
    )
    Shop().check_change(mug, dearer)
    Shop().check_change(fund, higher)
    for before, after, at in ((mug, fund, "$.spec.goal"), (fund, mug, "$.spec.price")):
        with pytest.raises(Misplaced) as refused:
            Shop().check_change(before, after)
        assert refused.value.at == at


def test_a_state_at_all_its_limits_can_be_stored() -> None:
    def named(number: int) -> str:
        return f"discord:1{number:018}"

    def order(number: int) -> Open:
        return Open(named(number), 1_000, 10**12, 10**10, 3, "discord:1123456789012345678", "ru")

    ids = [f"{number:016x}" for number in range(OPEN_MAX)]
    made = {id_: order(number) for number, id_ in enumerate(ids)}
    waiting = dict(list(made.items())[:LINE_MAX])
    orders = {id_: one for id_, one in made.items() if id_ not in waiting}
    buyers = {named(number): Buyer(10**6, 10**10, 10**6) for number in range(BUYERS_MAX)}

    assert len(msgspec.msgpack.encode(Stock(orders, waiting, buyers))) < STATE_BYTES_MAX - 40_000, "room for the document"


@pytest.mark.parametrize(
    ("n", "en", "ru"),
    [(1, "1 point", "1 балл"), (2, "2 points", "2 балла"), (11, "11 points", "11 баллов"), (21, "21 points", "21 балл")],
)
def test_points_are_counted_as_people_do(n: int, en: str, ru: str) -> None:
    assert words.points(n) == Said(en, ru)
    assert f"Весна: {ru}" in what(msgspec.convert({"title": WORDS, "price": n}, Goods), Stock()).ru
