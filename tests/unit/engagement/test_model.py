"""Promise 2 for accounts: whatever happens, is judged, is told twice, is spent or given away, in whatever order, each
balance is what a plain model of the same comes to, the sum of its entries, under its caps; and nothing is spent that is
not there.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any, NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from services.engagement.rules.commands import Adjust, Refund, Spend, Transfer
from shared.events import Envelope
from tests.builders import (
    AT,
    content_created,
    content_deleted,
    content_restored,
    decision_made,
    decision_reversed,
    reaction_added,
    reaction_removed,
    sanction_applied,
    sanction_lifted,
)
from tests.unit.engagement.world import World

MEMBERS = [f"telegram:{n}" for n in range(1, 4)]
PLACES = ["telegram:-1", "telegram:-2"]
WRITTEN, WRITTEN_CAP, LIKED, LIKED_CAP, PLACE_CAP, BRAND_CAP, PER_DAY = 5, 12, 2, 3, 13, 20, 9
POLICY = {
    "rules": [
        {"id": "content", "for": "content", "points": WRITTEN, "cap_per_day": WRITTEN_CAP},
        {"id": "reaction", "for": "reaction", "points": LIKED, "cap_per_day": LIKED_CAP},
    ],
    "caps": {"community_per_day": PLACE_CAP, "brand_per_day": BRAND_CAP},
}


class Written:
    """A content as the model knows it."""

    def __init__(self, place: str, author: str, day: int) -> None:
        self.place, self.author, self.day = place, author, day
        self.is_deleted = False
        self.decisions: set[str] = set()
        self.likers: set[str] = set()

    @property
    def counts(self) -> bool:
        return not self.is_deleted and not self.decisions


class Barred(NamedTuple):
    """A sanction as the model knows it."""

    member: str
    place: str | None
    days: range
    """On which nothing is earned: those that begin while it is in force."""


class Accounts(RuleBasedStateMachine):
    """Does things to the folds and to the model."""

    contents = Bundle("contents")
    orders = Bundle("orders")
    sanctions = Bundle("sanctions")

    def __init__(self) -> None:
        super().__init__()
        self.world = World(POLICY)
        self.known: dict[str, Written] = {}
        self.booked: defaultdict[str, int] = defaultdict(int)
        """What orders came to, by member."""
        self.given: defaultdict[tuple[str, int], int] = defaultdict(int)
        self.spent: dict[str, tuple[str, int]] = {}
        self.refunded: set[str] = set()
        self.barred: dict[str, Barred] = {}
        self.number = 0

    def next(self, what: str) -> str:
        self.number += 1
        return f"{what}{self.number}"

    def tell(self, event: Envelope) -> None:
        self.world.tell(event)

    @initialize()
    def nothing_was_earned(self) -> None:
        assert self.world.entries == {}

    @rule(
        target=contents,
        place=st.sampled_from(PLACES),
        author=st.sampled_from(MEMBERS),
        day=st.integers(0, 1),
        twice=st.booleans(),
    )
    def write(self, place: str, author: str, day: int, twice: bool) -> str:  # noqa: FBT001 - drawn
        id_ = self.next(f"{place}:")
        self.known[id_] = Written(place, author, day)
        event = content_created(
            id=id_, community=place, content_id=id_, content_author=author, actor=author, time=AT + timedelta(days=day)
        )
        for _ in range(1 + twice):
            self.tell(event)
        return id_

    def about(self, content: str) -> dict[str, Any]:
        written = self.known[content]
        place, author, time = written.place, written.author, AT + timedelta(days=written.day)
        return {"id": self.next("e"), "community": place, "content_id": content, "content_author": author, "time": time}

    @rule(content=contents, is_deleted=st.booleans())
    def go_or_come_back(self, content: str, is_deleted: bool) -> None:  # noqa: FBT001 - drawn
        self.known[content].is_deleted = is_deleted
        self.tell((content_deleted if is_deleted else content_restored)(**self.about(content)))

    @rule(content=contents, decision=st.sampled_from("ab"), is_removed=st.booleans(), twice=st.booleans())
    def judge(self, content: str, decision: str, is_removed: bool, twice: bool) -> None:  # noqa: FBT001 - drawn
        made, decisions = f"{content}/{decision}", self.known[content].decisions
        (decisions.add if is_removed else decisions.discard)(made)
        event = (decision_made if is_removed else decision_reversed)(**self.about(content), verdict="remove", decision=made)
        for _ in range(1 + twice):
            self.tell(event)

    @rule(content=contents, member=st.sampled_from([*MEMBERS, "telegram:9"]), likes=st.booleans())
    def like_or_not(self, content: str, member: str, likes: bool) -> None:  # noqa: FBT001 - drawn
        likers = self.known[content].likers
        if member != self.known[content].author:
            (likers.add if likes else likers.discard)(member)
        self.tell((reaction_added if likes else reaction_removed)(**self.about(content), actor=member))

    @rule(target=orders, member=st.sampled_from(MEMBERS), amount=st.integers(1, 30))
    def spend(self, member: str, amount: int) -> str:
        id_, before = self.next("o"), self.balance(member)
        order = Spend(id=id_, brand="acme", member=member, at=AT, by="vera", amount=amount, note="a mug")
        self.world.order(order, order)
        if amount <= before:
            self.booked[member] -= amount
            self.spent[id_] = (member, amount)
        return id_

    @rule(order=orders)
    def refund(self, order: str) -> None:
        """The API looks at the order's entry first: what was refused is not given back."""
        if order not in self.spent:
            return
        member, amount = self.spent[order]
        refund = Refund(
            id=f"refund {order}", brand="acme", member=member, at=AT, by="vera", spend=order, amount=amount, note="broken"
        )
        self.world.order(refund)
        if order not in self.refunded:
            self.refunded.add(order)
            self.booked[member] += amount

    @rule(member=st.sampled_from(MEMBERS), to=st.sampled_from(MEMBERS), amount=st.integers(1, 8), day=st.integers(0, 1))
    def give(self, member: str, to: str, amount: int, day: int) -> None:
        before = self.balance(member)
        at = AT + timedelta(days=day)
        self.world.order(
            Transfer(id=self.next("t"), brand="acme", member=member, at=at, by=member, to=to, amount=amount, per_day=PER_DAY)
        )
        if amount <= before and self.given[member, day] + amount <= PER_DAY:
            self.given[member, day] += amount
            self.booked[member] -= amount
            self.booked[to] += amount

    @rule(member=st.sampled_from(MEMBERS), amount=st.integers(-20, 20))
    def adjust(self, member: str, amount: int) -> None:
        self.booked[member] += amount
        self.world.order(
            Adjust(id=self.next("a"), brand="acme", member=member, at=AT, by="vera", amount=amount, note="by hand")
        )

    @rule(
        target=sanctions,
        member=st.sampled_from(MEMBERS),
        place=st.sampled_from([None, *PLACES]),
        begins=st.integers(-2, 1),
        days=st.integers(0, 3),
    )
    def sanction(self, member: str, place: str | None, begins: int, days: int) -> str:
        decision, at = self.next("s"), AT + timedelta(days=begins)
        until = at + timedelta(days=days)
        self.barred[decision] = Barred(member, place, range(begins + 1, begins + days + 1))
        about = {"member": member, "decision": decision, "community": place, "id": self.next("e")}
        self.world.sanction(sanction_applied(**about, kind="mute", time=at, until=until))
        return decision

    @rule(decision=sanctions)
    def lift(self, decision: str) -> None:
        if decision in self.barred:
            found = self.barred.pop(decision)
            about = {"member": found.member, "decision": decision, "community": found.place, "id": self.next("e")}
            early = AT + timedelta(days=found.days.start - 1)
            self.world.sanction(sanction_lifted(**about, kind="mute", time=early))

    def earns(self, member: str, place: str, day: int) -> bool:
        return not any(
            one.member == member and one.place in {None, place} and day in one.days for one in self.barred.values()
        )

    def balance(self, member: str) -> int:
        """Return what a member has, by the words of docs/rewards.md alone."""
        return self.booked[member] + sum(self.day(member, day) for day in (0, 1))

    def day(self, member: str, day: int) -> int:
        total = 0
        for place in (place for place in PLACES if self.earns(member, place, day)):
            there = [one for one in self.known.values() if (one.place, one.day, one.author) == (place, day, member)]
            live = [one for one in there if one.counts]
            written = min(WRITTEN_CAP, WRITTEN * len(live))
            liked = min(LIKED_CAP, LIKED * sum(len(one.likers) for one in live))
            total += min(PLACE_CAP, written + liked)
        return min(BRAND_CAP, total)

    @invariant()
    def every_balance_is_the_model_s_and_the_sum_of_its_entries(self) -> None:
        summed = self.world.summed()
        for member in MEMBERS:
            assert self.world.balance(member) == self.balance(member) == summed.get(f"acme/{member}", 0)


TestAccounts = Accounts.TestCase
TestAccounts.settings = settings(max_examples=400, stateful_step_count=40, deadline=None)
