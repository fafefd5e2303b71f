"""Whatever is done in whatever order: nothing is sold twice, limits hold, points are taken once or come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.rules.commands import decoded
from services.engagement.rules.participation.doings import Buy, Cancel, Fulfil, GiveBack
from services.engagement.rules.participation.shop_state import STEPS
from tests.unit.engagement.participation.sales import refunds, settle, shop, shown, spends

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
