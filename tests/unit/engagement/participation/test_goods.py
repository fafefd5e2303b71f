"""Goods: never more sold than there are, each order's points taken once or given back, limits that hold; common goals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.rules.commands import decoded
from services.engagement.rules.participation import goods
from services.engagement.rules.participation.commands import Define, ReplyTo, Settled, Take, Who
from services.engagement.rules.participation.doings import Buy, Cancel, Donate, Fulfil, GiveBack, Look, Vote
from services.engagement.rules.participation.goods import Shop
from services.engagement.rules.participation.mechanism import Viewer
from services.engagement.rules.participation.shop_state import BUYERS_MAX, LINE_MAX, OPEN_MAX, STEPS, Buyer, Open, Stock
from shared.documents.shop import Goods
from shared.documents.standing import Words
from shared.errors import Misplaced
from shared.events.engagement import OrderChanged
from shared.fold.limits import STATE_BYTES_MAX
from tests.unit.engagement.participation.stage import AT, KNOWN, WORDS, Stage

HOUR = timedelta(hours=1)
MEMBER, OTHER = "telegram:1", "telegram:2"
BOT = "telegram:-100"


def shop(**spec: Any) -> Stage:  # noqa: ANN401 - fields of a spec
    return Stage("Goods", **({"price": 20} | spec))


def fund(**spec: Any) -> Stage:  # noqa: ANN401 - fields of a goal
    return Stage("Goods", goal={"target": 100} | spec, until=(AT + HOUR).isoformat(), community=BOT)


def own(stage: Stage, member: str = MEMBER) -> Mapping[str, Any]:
    found: Mapping[str, Any] = shown(stage, member)["own"]
    return found


def shown(stage: Stage, member: str | None = None) -> dict[str, Any]:
    assert stage.state is not None
    spec = msgspec.convert(stage.state.spec, Goods)
    return Shop().shown(spec, stage.inner, Viewer(stage.clock.now(), member=member))


def settle(stage: Stage, spend: Mapping[str, Any], refused: str | None = None) -> None:
    """Have the account answer one of the orders for points."""
    about = stage.about(f"settled:{spend['id']}")
    stage.do(Settled(**about, order=spend["id"], member=spend["member"], refused=refused))


def spends(stage: Stage) -> list[Mapping[str, Any]]:
    return [one for one in stage.commands if one["type"] == "engagement.command.spend"]


def refunds(stage: Stage) -> list[Mapping[str, Any]]:
    return [one for one in stage.commands if one["type"] == "engagement.command.refund"]


def ordered(stage: Stage, member: str = MEMBER, quantity: int = 1) -> str:
    """Have a member order; return the order's id."""
    assert stage.member(member, Buy(quantity=quantity)) == "done"
    id_: str = stage.entries[-1]["order"]
    return id_


def bought(stage: Stage, member: str = MEMBER, quantity: int = 1) -> str:
    id_ = ordered(stage, member, quantity)
    stage.paid()
    return id_


def states(stage: Stage, order: str) -> list[str]:
    """Return the states that an order went through, as the bus and the entries tell them alike."""
    told: list[str] = [one.data.state for one in stage.told if isinstance(one, OrderChanged) and one.data.order == order]
    assert [one["state"] for one in stage.entries if one.get("order") == order] == told
    return told


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
    assert "not have so many points" in stage.acts[-1].data.text


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


def test_what_members_mean_who_donate() -> None:
    goal = msgspec.convert({"title": WORDS, "goal": {"target": 100}}, Goods)

    assert Shop().meant(goal, "buy", "5000") == Donate(amount=5_000)


def donated(stage: Stage, member: str, amount: int) -> None:
    assert stage.member(member, Donate(amount=amount)) == "done"
    stage.paid()


def test_members_collect_for_a_goal_and_it_is_announced_once() -> None:
    stage = fund(least=5, reached=WORDS)
    donated(stage, MEMBER, 60)
    assert stage.member(MEMBER, Donate(amount=4)) == "too_little"
    assert shown(stage)["goal"] == {"target": 100, "raised": 60, "donors": 1, "reached": False}
    donated(stage, OTHER, 50)

    assert stage.acts[-1].data.text == "Spring: reached! 110 points together.\nSpring"
    assert own(stage)["donated"] == 60
    assert stage.member(MEMBER, Donate(amount=5)) == "reached"
    assert stage.member(MEMBER, Buy()) == "misplaced"
    assert stage.staff(GiveBack(order=stage.entries[1]["order"], note="no")) == "no_order"


async def test_a_goal_that_is_missed_keeps_what_was_given_or_gives_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(goods, "RETURNED_AT_ONCE", 2)
    kept, returned = fund(), fund(missed="give_back")
    for stage in (kept, returned):
        for number in range(5):
            donated(stage, f"telegram:{number}", 10)
            donated(stage, f"telegram:{number}", 1)
        stage.member("telegram:9", Donate(amount=7))
        late = spends(stage)[-1]
        await stage.late(2 * HOUR)
        settle(stage, late)

    assert (refunds(kept), shown(kept)["goal"]["raised"]) == ([], 62)
    assert Counter((one["member"], one["amount"]) for one in refunds(returned)) == Counter(
        [*((f"telegram:{number}", 11) for number in range(5)), ("telegram:9", 7)]
    )
    assert (shown(returned)["goal"]["raised"], shown(returned)["goal"]["donors"]) == (0, 0)
    assert "come back" in next(act.data.text for act in returned.acts if "over, with" in act.data.text)

    returned.define(goal={"target": 100, "missed": "give_back"}, until=(AT + 9 * HOUR).isoformat(), community=BOT)
    donated(returned, MEMBER, 30)
    assert shown(returned)["goal"]["raised"] == 30


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


members = st.sampled_from([f"telegram:{number}" for number in range(4)])
moves = st.one_of(
    st.tuples(st.just("buy"), members, st.integers(1, 3)),
    st.tuples(st.just("settle"), st.integers(0, 99), st.booleans()),
    st.tuples(st.just("again"), st.integers(0, 99), st.booleans()),
    st.tuples(st.just("cancel"), members, st.integers(0, 99)),
    st.tuples(st.just("fulfil"), st.integers(0, 99), st.none()),
    st.tuples(st.just("give_back"), st.integers(0, 99), st.none()),
    st.tuples(st.just("define"), st.one_of(st.none(), st.integers(0, 8)), st.integers(1, 9)),
)
LIMIT = 4


class Model:
    """An account that pays or refuses each order once, and a shop that must never be wrong about it."""

    def __init__(self) -> None:
        self.stage = shop(stock=5, per_member=LIMIT)
        self.most: int | None = 5
        """The largest stock that the document ever had; None: there was no end."""
        self.price: int = 20
        self.answers: dict[str, bool] = {}
        """What the account answered, by spend: whether it paid."""
        self.prices: dict[str, int] = {}
        """Of orders, by the price when they were made."""

    def move(self, move: tuple[str, Any, Any]) -> None:
        what, one, other = move
        orders = list(dict.fromkeys(entry["order"] for entry in self.stage.entries if "order" in entry))
        asked = spends(self.stage)
        match what:
            case "buy":
                if self.stage.member(one, Buy(quantity=other)) == "done":
                    self.prices[self.stage.entries[-1]["order"]] = self.price
            case "settle" | "again":
                fresh = [spend for spend in asked if (spend["id"] in self.answers) == (what == "again")]
                if fresh:
                    spend = fresh[one % len(fresh)]
                    paid = self.answers.setdefault(spend["id"], other)
                    settle(self.stage, spend, None if paid else "too_few")
            case "define":
                self.price = other
                self.most = None if one is None or self.most is None else max(self.most, one)
                self.stage.define(price=other, stock=one, per_member=LIMIT)
            case _ if not orders:
                return
            case "cancel":
                self.stage.member(one, Cancel(order=orders[other % len(orders)]))
            case "fulfil":
                self.stage.staff(Fulfil(order=orders[one % len(orders)]))
            case _:
                self.stage.staff(GiveBack(order=orders[one % len(orders)], note="sorry"))

    def states(self) -> dict[str, Mapping[str, Any]]:
        """Return the last entry of each order."""
        return {entry["order"]: entry for entry in self.stage.entries if "step" in entry}

    def check(self) -> None:
        told, last = shown(self.stage), self.states()
        quantities = Counter[str]()
        for entry in last.values():
            quantities[entry["state"]] += entry["quantity"]
        sold = quantities["paid"] + quantities["fulfilled"]
        reserved = quantities["reserved"] + quantities["cancelling"]
        assert (told["sold"], told["reserved"]) == (sold, reserved)
        assert self.most is None or sold + reserved <= self.most
        assert told["left"] is None or told["left"] >= 0
        assert told["open"] == sum(entry["step"] < STEPS.index("fulfilled") for entry in last.values())
        if told["waiting"]:
            assert told["left"] is not None
            assert reserved > 0, "somebody waits and nothing can come free"
        self.check_points(last)
        self.check_members(last)

    def check_points(self, last: Mapping[str, Mapping[str, Any]]) -> None:
        asked = Counter(spend["id"].rpartition(":")[2] for spend in spends(self.stage))
        returned = Counter(refund["spend"].rpartition(":")[2] for refund in refunds(self.stage))
        paid = {spend.rpartition(":")[2] for spend, is_paid in self.answers.items() if is_paid}
        assert set(asked.values()) | set(returned.values()) <= {1}
        assert set(returned) <= paid, "points came back that were never taken"
        assert set(returned) == {order for order, entry in last.items() if entry["state"] == "refunded"}
        held = {order for order, entry in last.items() if entry["state"] in {"paid", "fulfilled"}}
        assert held == paid - set(returned), "what is paid is held or given back"
        assert all(entry["amount"] == entry["quantity"] * self.prices[order] for order, entry in last.items())

    def check_members(self, last: Mapping[str, Mapping[str, Any]]) -> None:
        has = Counter[str]()
        for entry in last.values():
            if entry["state"] not in {"refused", "cancelled", "refunded", "cancelling"}:
                has[entry["member"]] += entry["quantity"]
        assert all(quantity <= LIMIT for quantity in has.values())


@given(st.lists(moves, max_size=40))
def test_whatever_happens_no_piece_is_sold_twice_and_no_point_is_lost(told: list[tuple[str, Any, Any]]) -> None:
    model = Model()
    for move in told:
        model.move(move)
        model.check()
    while unsettled := [spend for spend in spends(model.stage) if spend["id"] not in model.answers]:
        model.answers[unsettled[0]["id"]] = True
        settle(model.stage, unsettled[0])
        model.check()

    assert {entry["state"] for entry in model.states().values()} <= {*STEPS[3:]}, "nothing is left hanging"
    assert len({entry["_id"] for entry in model.stage.entries}) == len(model.stage.entries)
    for command in model.stage.commands:
        decoded(msgspec.json.encode(command))
