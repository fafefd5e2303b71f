"""Common goals: what is given counts once, and comes back where the document says so."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from services.engagement.rules.participation import goals
from services.engagement.rules.participation.commands import Define
from services.engagement.rules.participation.doings import Buy, Donate, GiveBack
from services.engagement.rules.participation.goods import SETTLE, Shop
from services.engagement.rules.participation.mechanism import Viewer
from shared.documents.shop import Goods
from tests.unit.engagement.participation.sales import (
    BOT,
    HOUR,
    MEMBER,
    OTHER,
    fund,
    own,
    refunds,
    settle,
    shown,
    spends,
)
from tests.unit.engagement.participation.stage import AT, WORDS, Stage


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
    monkeypatch.setattr(goals, "RETURNED_AT_ONCE", 2)
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


def test_a_member_s_page_asks_how_much() -> None:
    stage = fund()
    donated(stage, MEMBER, 60)
    spec = msgspec.convert({"title": WORDS, "goal": {"target": 100}}, Goods)
    card = Shop().card("spring", spec, stage.inner, Viewer(AT, member=MEMBER))

    assert [line.en for line in card.lines] == ["Spring: 60 of 100 points", "You gave 60 points."]
    assert [(key.command, key.asks is not None) for key in card.keys] == [("buy spring", True)]


async def test_what_is_on_its_way_when_it_is_over_still_counts() -> None:
    stage = fund(missed="give_back")
    stage.member(MEMBER, Donate(amount=100))
    await stage.late(HOUR)
    assert stage.member(OTHER, Donate(amount=1)) == "over"
    stage.paid()
    await stage.late(SETTLE)

    assert (shown(stage)["goal"]["reached"], refunds(stage)) == (True, [])


async def test_a_document_that_is_applied_again_after_the_end_gives_nothing_back_twice() -> None:
    stage = fund(missed="give_back")
    donated(stage, MEMBER, 30)
    await stage.late(2 * HOUR)
    told = len(stage.acts)
    stage.define(goal={"target": 100, "least": 2, "missed": "give_back"}, until=(AT + HOUR).isoformat(), community=BOT)
    await stage.late(HOUR)

    assert (len(refunds(stage)), len(stage.acts)) == (1, told)


async def test_a_goal_whose_document_is_deleted_gives_back_all_the_same() -> None:
    stage = fund(missed="give_back")
    donated(stage, MEMBER, 30)
    stage.do(Define(**stage.about("deleted"), version=99, spec=None))
    assert stage.member(MEMBER, Donate(amount=5)) == "unknown"
    await stage.late(2 * HOUR)

    assert [refund["amount"] for refund in refunds(stage)] == [30]
