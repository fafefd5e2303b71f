"""What is read before the decision that it is about: decisions come by a topic of their own, so either may be first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.moderation.cases.appeals import EARLY_DAYS, EARLY_MAX, near_ms
from services.moderation.cases.case import Last, Lasting, milliseconds
from services.moderation.cases.states import decoded_state, encoded_state
from services.moderation.cases.telling import TOLD_REPORTERS_MAX
from services.moderation.rules import commands
from shared.events import Actor
from shared.events.actions import ActionRestore
from shared.topics import EVENTS, MODERATION_COMMANDS
from tests.builders import (
    AT,
    CONTENT,
    MEMBER,
    RECORDED,
    appeal_made,
    content_created,
    content_edited,
    content_flagged,
)
from tests.component.moderation.asking import appeal, decide, flagged, policy, refusals, told, under
from tests.unit.moderation.world import World

LATER = AT + timedelta(hours=1)


async def decided(**event: Any) -> str:  # noqa: ANN401 - of a content
    """Return the id that the decision about a content will have: it is made of its cause."""
    world = World([under("remove")])
    world.tell(content_created(**event))
    await world.fold()
    return str(world.put_out()[0].id)


async def test_an_appeal_that_is_read_before_its_decision_is_taken_when_it_comes() -> None:
    world, decision = World([under("remove")]), await decided()
    world.command(appeal(decision, text="It was a quotation."))
    await world.fold()
    (early,) = world.case().early
    assert (early.by, early.decision, world.case().status) == (MEMBER, decision, "closed")
    assert [entry["what"].get("waits") for entry in world.entries("audit")] == [True]

    world.tell(content_created())
    await world.fold()

    case = world.case()
    assert case.early == ()
    assert case.appeal is not None
    assert (case.status, case.appeal.decision, case.appeal.text) == ("open", decision, "It was a quotation.")
    assert case.appeal.at_ms == LATER.timestamp() * 1000, "it counts from when it was made"
    assert refusals(world) == []


async def test_an_appeal_of_somebody_else_is_refused_once_that_is_known() -> None:
    world = World([under("remove")])
    world.command(appeal(await decided(), by="telegram:666"))
    await world.fold()

    world.tell(content_created())
    await world.fold()

    assert refusals(world) == ["it concerns somebody else"]


async def test_an_appeal_about_a_content_that_names_no_decision_waits_for_it_too() -> None:
    world = World([under("remove")])
    world.tell(appeal_made(time=LATER))
    await world.fold()
    assert [early.decision for early in world.case().early] == [None]

    world.tell(content_created())
    await world.fold()

    assert world.case().is_appealed


async def test_an_appeal_that_names_nothing_at_all_waits_with_the_member() -> None:
    world = World([under("remove")])
    world.tell(appeal_made(content_id=None, time=LATER))
    await world.fold()
    (entry,) = world.entries("audit")
    assert (entry["by"], entry["what"]["waits"]) == (MEMBER, True)

    world.tell(content_created())
    await world.fold()

    assert world.case().is_appealed


async def test_an_early_appeal_is_not_about_what_was_decided_after_it_was_made() -> None:
    world = await flagged()
    world.tell(appeal_made(time=LATER), appeal_made(content_id=None, time=LATER))
    await world.fold()

    world.command(decide("remove", after_s=7_200))
    await world.fold()

    assert world.case().appeal is None


async def test_a_person_s_decision_is_waited_for_like_one_of_rules() -> None:
    world = await flagged()
    world.tell(appeal_made(content_id=None, time=LATER))
    await world.fold()

    world.command(decide("remove", after_s=60))
    await world.fold()

    assert world.case().is_appealed


async def test_early_appeals_are_bounded_and_whoever_is_not_heard_is_told() -> None:
    world = World([under("remove")])

    world.command(*[appeal("later", by=f"telegram:{n}") for n in range(EARLY_MAX + 1)], appeal("other", by="telegram:1"))
    world.command(appeal("later", by="telegram:1", text="once more"))
    await world.fold()

    assert len(world.case().early) == EARLY_MAX
    assert world.case().early[-1].text == "once more"
    assert refusals(world) == ["too many appeals wait for their decisions"]


async def test_who_is_known_to_have_written_nothing_of_it_is_refused_and_begins_no_case() -> None:
    world = World([under("remove")])

    world.tell(appeal_made(actor="telegram:666", content_author=MEMBER, time=LATER))
    await world.fold()

    assert (refusals(world), world.all_cases()) == (["it concerns somebody else"], [])


async def test_an_author_has_a_place_of_their_own_however_many_strangers_came_before() -> None:
    world = World([under("remove")])
    world.tell(*[appeal_made(actor=f"telegram:{n}", time=LATER) for n in range(EARLY_MAX)])
    world.tell(appeal_made(content_author=MEMBER, time=LATER))
    await world.fold()

    world.tell(content_created())
    await world.fold()

    assert world.case().is_appealed


async def test_an_appeal_whose_decision_never_comes_is_forgotten_and_leaves_nothing_but_the_audit() -> None:
    world = World()
    world.tell(appeal_made(time=LATER), appeal_made(content_id=None, time=LATER))
    await world.fold()
    due = milliseconds(RECORDED + timedelta(days=EARLY_DAYS))
    assert [timer.due_ms for _, timer in world.cases.timers.values()] == [due] * 2, "by our own clock"

    await world.time_passes()

    assert (world.all_cases(), world.cases.timers) == ([], {})
    assert not any("/last/" in key for key in world.cases.states)
    did = [entry["what"]["did"] for entry in world.entries("audit")]
    assert did == ["moderation.command.appeal"] * 2 + ["moderation.command.unheard"] * 2


async def test_what_is_said_of_a_case_outlives_the_appeal_that_waited_there_in_vain() -> None:
    world = World()
    world.tell(content_flagged(actor=Actor(id="telegram:7")), appeal_made(time=LATER))
    await world.fold()

    await world.time_passes()

    assert (world.case().early, len(world.case().complaints)) == ((), 1)


async def test_an_appeal_that_was_heard_waits_for_no_timer() -> None:
    world = World([under("remove")])
    world.tell(appeal_made(time=LATER), appeal_made(content_id=None, time=LATER, text="once more"))
    await world.fold()

    world.tell(content_created())
    await world.fold()

    appeal = world.case().appeal
    assert appeal is not None
    assert sorted(timer.due_ms for _, timer in world.cases.timers.values()) == [near_ms(appeal), appeal.deadline_ms]


def test_an_appeal_waits_longer_than_what_it_came_by_is_kept() -> None:
    assert timedelta(days=EARLY_DAYS) > max(EVENTS.retention, MODERATION_COMMANDS.retention)


@pytest.mark.parametrize("content", [CONTENT, None], ids=["naming the content", "naming nothing"])
async def test_an_appeal_is_about_what_was_decided_before_it_however_much_is_read_before_it(content: str | None) -> None:
    world = World([under("remove")])
    edited = content_edited(text="and more", time=LATER + timedelta(hours=1))
    world.tell(content_created(), edited)
    await world.fold()

    world.tell(appeal_made(content_id=content, time=LATER))
    await world.fold()

    first = world.put_out()[0]
    assert world.case().appeal is not None
    assert (first.time, world.case().appeal.decision) == (AT, first.id)  # type: ignore[union-attr]


async def test_a_case_that_an_appeal_began_learns_from_a_command_whose_content_it_is() -> None:
    world = World()
    world.tell(appeal_made(time=LATER))
    await world.fold()

    world.command(decide("warn"))
    await world.fold()

    assert refusals(world) == []
    assert (world.case().member, world.case().content) == (MEMBER, CONTENT)


def test_the_last_decision_that_an_earlier_release_remembered_is_still_one() -> None:
    found = decoded_state({"t": "last", "case": CONTENT, "decision": "d1"})

    assert found == Last(decisions=(Lasting(case=CONTENT, decision="d1", at_ms=0),))
    assert decoded_state({"_id": "x", "q": 0, **encoded_state(found)}) == found


async def test_a_member_appeals_against_a_hold_of_complaints_without_naming_anything() -> None:
    world = World([policy(complaints={"holds": 100})])
    world.tell(*[content_flagged(actor=Actor(id=f"telegram:{n}"), content_author=MEMBER) for n in range(2)])
    await world.fold()

    world.tell(appeal_made(content_id=None, time=LATER))
    await world.fold()

    assert world.case().is_appealed


async def test_who_complained_before_a_person_decided_is_answered_whenever_that_is_read() -> None:
    world = await flagged()
    world.command(decide("remove", after_s=60))
    await world.fold()

    world.tell(content_flagged(actor=Actor(id="telegram:7"), time=AT + timedelta(seconds=30)))
    world.tell(content_flagged(actor=Actor(id="telegram:8"), time=AT + timedelta(seconds=90)))
    await world.fold()

    assert [message.data.member for message in world.messages() if message.data.member != MEMBER] == ["telegram:7"]
    assert [complaint.settled for complaint in world.case().complaints] == [True, False]


async def test_of_many_who_are_read_late_no_more_are_written_to_than_of_others() -> None:
    world = await flagged()
    world.command(decide("remove", after_s=60))
    await world.fold()

    late = [content_flagged(actor=Actor(id=f"telegram:9{n}"), time=AT) for n in range(TOLD_REPORTERS_MAX + 5)]
    world.tell(*late)
    await world.fold()

    told_ = {message.data.member for message in world.messages()} - {MEMBER}
    assert len(told_) == TOLD_REPORTERS_MAX
    assert all(complaint.settled for complaint in world.case().complaints), "each is credited all the same"


async def test_a_case_that_a_reversal_began_learns_through_what_it_is_reached() -> None:
    world = World([under("remove")])
    world.command(told(commands.Reverse, decision=await decided(), content=CONTENT, member=MEMBER))
    await world.fold()

    world.tell(content_created())
    await world.fold()

    (back,) = [act for act in world.acts() if isinstance(act, ActionRestore)]
    assert back.source == content_created().source


async def test_an_appeal_comes_to_the_same_whichever_of_the_two_is_read_first() -> None:
    asked, written = appeal(await decided(), text="It was a quotation."), content_created()
    first, second = World([under("remove")]), World([under("remove")])
    first.command(asked)
    await first.fold()
    first.tell(written)
    await first.fold()
    second.tell(written)
    await second.fold()
    second.command(asked)
    await second.fold()

    early, late = first.case(), second.case()
    for name in ("status", "why", "appeal", "decisions", "member", "content", "source", "due_ms", "early"):
        assert getattr(early, name) == getattr(late, name), name
    assert [timer.due_ms for _, timer in first.cases.timers.values()] == [t.due_ms for _, t in second.cases.timers.values()]
