"""Appeals over fakes: who may make and answer them, by when, and what an upheld one takes back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.moderation.rules import commands
from shared.events import Actor
from shared.events.actions import ActionDelete, ActionRestore
from shared.events.moderation import AppealAnswered, AppealDue, DecisionReversed
from tests.builders import (
    AT,
    CONTENT,
    MEMBER,
    appeal_made,
    content_created,
)
from tests.component.moderation.asking import appeal, decide, flagged, refusals, told, under
from tests.unit.moderation.world import World


async def test_an_appeal_opens_the_case_and_its_upholding_is_one_reversal() -> None:
    world = await flagged()
    world.command(decide("remove"))
    await world.fold()
    decision = world.put_out()[-1]

    world.command(appeal(decision.id, text="It was a quotation."))
    await world.fold()
    assert (world.case().status, world.case().why) == ("open", ("appeal",))
    world.command(decide("allow", by="oleg", after_s=7_200))
    await world.fold()

    (back,) = [event for event in world.put_out() if isinstance(event, DecisionReversed)]
    assert (back.data.decision, back.data.appeal, back.data.by) == (decision.id, True, "oleg")
    assert [type(act) for act in world.acts()] == [ActionDelete, ActionRestore]
    kinds = [bytes(record.value or b"").split(b'"')[3] for record in world.broker.logs["moderation.strikes.v1", 0]]
    assert kinds == [b"moderation.strike.given", b"moderation.strike.withdrawn"]


async def test_who_decided_does_not_answer_the_appeal() -> None:
    world = await flagged()
    world.command(decide("remove"))
    await world.fold()
    world.command(appeal(world.put_out()[-1].id))
    await world.fold()

    world.command(decide("keep", after_s=7_200))
    await world.fold()

    assert "somebody else has to look" in refusals(world)[0]
    assert world.case().is_appealed


async def test_a_rejected_appeal_is_answered_and_cannot_be_made_again() -> None:
    world = await flagged()
    world.command(decide("remove"))
    await world.fold()
    decision = world.put_out()[-1].id
    world.command(appeal(decision), decide("keep", by="oleg", after_s=7_200))
    await world.fold()

    world.command(appeal(decision, after_s=9_000))
    await world.fold()

    told_ = world.case().appeal
    assert told_ is not None
    assert told_.answer == "rejected"
    assert "already" in refusals(world)[0]
    assert any("решение остаётся в силе" in str(message.data.text) for message in world.messages())


@pytest.mark.parametrize(
    ("by", "after_s", "why"),
    [("telegram:666", 3_600, "somebody else"), (MEMBER, 40 * 86_400, "too long ago")],
    ids=["of somebody else", "too late"],
)
async def test_appeals_that_are_none(by: str, after_s: float, why: str) -> None:
    world = await flagged(under("remove"))

    world.command(appeal(world.put_out()[0].id, by=by, after_s=after_s))
    await world.fold()

    assert why in refusals(world)[0]
    assert world.case().status == "closed"


async def test_a_member_appeals_without_naming_anything() -> None:
    world = await flagged(under("remove"))

    world.tell(appeal_made(content_id=None, actor=Actor(id=MEMBER), text="Почему?", time=AT + timedelta(hours=1)))
    await world.fold()

    assert world.case().is_appealed


async def test_an_appeal_that_nobody_answers_is_escalated() -> None:
    world = await flagged(under("remove"))
    world.command(appeal(world.put_out()[0].id))
    await world.fold()

    world.command(told(commands.Overdue, by="rules", after_s=3 * 86_400))
    await world.fold()
    assert not world.case().escalated, "the timer of another appeal says nothing"
    world.command(told(commands.Overdue, by="rules", after_s=3_600 + 7 * 86_400))
    await world.fold()

    assert world.case().escalated


async def test_the_timer_of_an_appeal_fires_once_and_is_gone() -> None:
    world = await flagged(under("remove"))
    world.command(appeal(world.put_out()[0].id))
    await world.fold()
    assert len(world.cases.timers) == 2, "one tells that it is due, one that it is late"

    await world.time_passes()

    assert world.cases.timers == {}
    assert world.case().escalated


def nearing(after_s: float) -> commands.Nearing:
    """Return the timer of an appeal that was made after an hour; it is to be answered in seven days."""
    deadline = AT + timedelta(hours=1, days=7)
    found: commands.Nearing = told(commands.Nearing, by="rules", after_s=after_s, deadline=deadline)
    return found


async def test_an_appeal_that_is_due_is_told_once_and_its_answer_is_told_then() -> None:
    world = await flagged(under("remove"))
    decision = world.put_out()[0].id
    world.command(appeal(decision))
    await world.fold()

    world.command(nearing(6 * 86_400), nearing(6 * 86_400 + 1))
    await world.fold()
    world.command(decide("keep", by="oleg", after_s=6 * 86_400 + 7_200))
    await world.fold()

    due, answered = [event for event in world.put_out() if isinstance(event, AppealDue | AppealAnswered)]
    assert (type(due), due.data.decision, due.data.due) == (AppealDue, decision, AT + timedelta(hours=1, days=7))
    assert (type(answered), answered.data.decision, answered.data.answer) == (AppealAnswered, decision, "rejected")


async def test_an_appeal_that_was_answered_in_time_is_told_by_neither() -> None:
    world = await flagged(under("remove"))
    world.command(appeal(world.put_out()[0].id), decide("allow", by="oleg", after_s=7_200))
    await world.fold()
    audited = world.case().version

    world.command(nearing(6 * 86_400))
    await world.fold()

    assert not [event for event in world.put_out() if isinstance(event, AppealDue | AppealAnswered)]
    assert world.case().version == audited


async def test_a_decision_that_is_taken_back_by_itself_answers_its_appeal_too() -> None:
    world = await flagged(under("remove"))
    decision = world.put_out()[0].id
    world.command(appeal(decision), nearing(6 * 86_400))
    await world.fold()

    world.command(told(commands.Reverse, by="oleg", after_s=6 * 86_400 + 60, decision=decision))
    await world.fold()

    (answered,) = [event for event in world.put_out() if isinstance(event, AppealAnswered)]
    assert (answered.data.decision, answered.data.answer) == (decision, "upheld")


async def test_a_reversal_that_comes_before_its_decision_waits_for_it() -> None:
    world = World([under("remove")])
    other = World([under("remove")])
    other.tell(content_created())
    await other.fold()
    decision = other.put_out()[0].id

    world.command(told(commands.Reverse, decision=decision, content=CONTENT, member=MEMBER))
    await world.fold()
    assert world.put_out() == []
    world.tell(content_created())
    await world.fold()

    made, back = world.put_out()
    assert (made.id, back.data.decision) == (decision, decision)
