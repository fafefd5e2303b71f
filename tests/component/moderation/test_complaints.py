"""Complaints over fakes: whose weigh how much, what they open and hold, and what a person let stand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.moderation.cases.case import ANONYMOUS_MAX, ANONYMOUS_WEIGHT_MAX, COMPLAINTS_MAX
from shared.events import Actor
from shared.events.actions import ActionDelete, ActionHide, ActionRestore
from shared.events.moderation import BrakeOpened, DecisionMade
from tests.builders import AT, CONTENT, content_created, content_edited, content_flagged
from tests.component.moderation.asking import decide, flagged, policy, under
from tests.unit.moderation.world import World


async def test_complaints_open_a_case_by_the_weight_of_their_reporters() -> None:
    world = World([policy()])
    world.tell(content_flagged(actor=None))
    await world.fold()
    assert world.case().status == "closed", "one anonymous complaint is not enough"

    world.tell(content_flagged(actor=Actor(id="telegram:7")))
    await world.fold()

    case = world.case()
    assert (case.status, case.why, case.weight) == ("open", ("complaints",), 80)


async def test_a_reporter_counts_once_however_often_they_complain() -> None:
    world = World([policy()])

    world.tell(*[content_flagged(actor=Actor(id="telegram:7"), time=AT + timedelta(seconds=n)) for n in range(5)])
    await world.fold()

    assert len(world.case().complaints) == 1


async def test_reporters_who_were_wrong_weigh_less_and_are_told_what_became_of_it() -> None:
    world = World([policy()])
    world.tell(content_flagged(actor=Actor(id="telegram:7"), text="Реклама"))
    await world.fold()

    world.command(decide("allow"))
    await world.fold()
    world.tell(content_flagged(actor=Actor(id="telegram:7"), content_id="telegram:-1001234567890:8"))
    await world.fold()

    assert world.case("telegram:-1001234567890:8").weight == 33
    assert any("не нарушает правил" in str(message.data.text) for message in world.messages())


async def test_enough_complaints_hold_a_content_until_somebody_has_looked() -> None:
    world = World([policy(complaints={"holds": 100})])

    world.tell(*[content_flagged(actor=Actor(id=f"telegram:{n}")) for n in range(3)])
    await world.fold()

    (decision,) = world.put_out()
    assert (decision.data.verdict, decision.data.findings[0].rule, decision.data.by) == ("hold", "complaints", None)
    assert [type(act) for act in world.acts()] == [ActionHide]
    assert world.entries("decision")[0]["verdict"] == "hold"


async def test_what_a_person_let_stand_complaints_do_not_open_again() -> None:
    world = await flagged()
    world.command(decide("allow"))
    await world.fold()

    world.tell(*[content_flagged(actor=Actor(id=f"telegram:{n}")) for n in range(3)])
    await world.fold()

    assert world.case().status == "closed"
    assert len(world.case().complaints) == 3


async def test_rules_only_ask_for_a_look_at_an_edit_of_what_a_person_let_stand() -> None:
    world = await flagged(under("remove"))
    world.command(decide("allow"))
    await world.fold()

    world.tell(content_edited(time=AT + timedelta(hours=1)))
    await world.fold()

    assert [event.data.verdict for event in world.put_out()][-1] == "flag"
    assert [type(act) for act in world.acts()] == [ActionDelete, ActionRestore]
    assert world.case().status == "open"


async def test_one_anonymous_person_cannot_hold_a_content_by_complaining_ten_times() -> None:
    world = World([policy(complaints={"holds": 50, "anonymous": 30})])

    world.tell(*[content_flagged(actor=None, time=AT + timedelta(seconds=n)) for n in range(COMPLAINTS_MAX)])
    await world.fold()

    case = world.case()
    assert (case.weight, len(case.complaints)) == (ANONYMOUS_WEIGHT_MAX, ANONYMOUS_MAX)
    assert world.put_out() == []
    assert case.status == "open", "but a moderator looks"
    world.tell(content_flagged(actor=Actor(id="telegram:7")))
    await world.fold()
    assert [event.data.verdict for event in world.put_out()] == ["hold"], "there was room for whom we know"


def complaints(content: str, after_s: float = 0) -> list[Any]:
    at = AT + timedelta(seconds=after_s)
    return [content_flagged(content_id=content, actor=Actor(id=f"telegram:{n}"), time=at) for n in (7, 8, 9)]


async def test_the_brake_parks_what_complaints_would_hold() -> None:
    world = World([policy(complaints={"holds": 100}, brakes={"acts": 2, "share": 0})])

    world.tell(*[one for n in range(4) for one in complaints(f"{CONTENT}{n}", n)])
    await world.fold()

    decisions = [event for event in world.put_out() if isinstance(event, DecisionMade)]
    assert [(one.data.verdict, one.data.parked) for one in decisions] == [("hold", None)] * 2 + [("hold", "hold")] * 2
    (opened,) = [event for event in world.put_out() if isinstance(event, BrakeOpened)]
    assert (opened.data.rule, opened.data.limit, opened.data.window_s) == ("complaints", 2, 600)
    assert [act.data.content_id for act in world.acts()] == [f"{CONTENT}0", f"{CONTENT}1"]
    assert world.case(f"{CONTENT}3").status == "open"
    assert [entry.get("parked") for entry in world.entries("decision")] == [None, None, "hold", "hold"]

    world.tell(*complaints("later", 3_600))
    await world.fold()
    assert [act.data.content_id for act in world.acts()][2:] == ["later"], "the brake is open for a while alone"


async def test_a_busy_community_may_lose_more_by_complaints() -> None:
    world = World([policy(complaints={"holds": 100}, brakes={"acts": 1, "share": 50})])
    world.tell(*[content_created(kind="post", content_id=f"{CONTENT}-{n}") for n in range(8)])

    world.tell(*[one for n in range(6) for one in complaints(f"{CONTENT}{n}", n)])
    await world.fold()

    assert len(world.acts()) == 4
