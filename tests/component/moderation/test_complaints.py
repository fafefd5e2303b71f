"""What complaints may do by themselves: nothing for one who is not known, and not more than the brake lets through."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.moderation.cases.case import ANONYMOUS_MAX, ANONYMOUS_WEIGHT_MAX, COMPLAINTS_MAX
from shared.events import Actor
from shared.events.moderation import BrakeOpened, DecisionMade
from tests.builders import AT, CONTENT, content_created, content_flagged
from tests.component.moderation.asking import policy
from tests.unit.moderation.world import World


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
