"""Cases over fakes: what moderators do with them, and what follows on the bus and the platform."""

from __future__ import annotations

from datetime import timedelta

from services.moderation.rules import commands
from shared.events.actions import ActionDelete, ActionHide, ActionRestore
from shared.events.moderation import DecisionMade, DecisionReversed
from tests.builders import (
    AT,
    CONTENT,
    MEMBER,
    content_created,
)
from tests.component.moderation.asking import decide, flagged, refusals, told, under
from tests.unit.moderation.world import World


async def test_what_rules_flag_is_a_case_that_waits() -> None:
    world = await flagged()

    case = world.case()
    assert (case.status, case.why, case.member) == ("open", ("seen",), MEMBER)
    assert [held.verdict for held in case.decisions] == ["flag"]


async def test_what_rules_remove_is_known_and_waits_for_nobody() -> None:
    world = await flagged(under("remove"))

    assert world.case().status == "closed"
    assert [held.verdict for held in world.case().standing] == ["remove"]


async def test_history_is_noted_and_asks_nobody() -> None:
    world = World([under("hold")])
    world.tell(content_created(imported=True))

    await world.fold()

    assert world.case().status == "closed"
    assert world.acts() == world.messages() == []


async def test_a_moderator_s_removal_is_a_decision_an_act_a_strike_and_a_message() -> None:
    world = await flagged()

    world.command(decide("remove", reason="Not here."))
    await world.fold()

    _, made = world.put_out()
    assert isinstance(made, DecisionMade)
    assert (made.data.by, made.data.verdict, made.data.reason) == ("vera", "remove", "Not here.")
    (act,) = world.acts()
    assert isinstance(act, ActionDelete)
    assert act.data.content_id == CONTENT
    assert "Not here." in str(world.messages()[0].data.text)
    assert len(world.broker.logs["moderation.strikes.v1", 0]) == 1
    assert world.case().status == "closed"


async def test_allowing_takes_back_what_rules_did_and_shows_the_content_again() -> None:
    world = await flagged(under("hold"))

    world.command(decide("allow"))
    await world.fold()

    held, back, made = world.put_out()
    assert isinstance(back, DecisionReversed)
    assert (back.data.decision, back.data.by) == (held.data.decision, "vera")
    assert made.data.verdict == "allow"
    assert [type(act) for act in world.acts()] == [ActionHide, ActionRestore]
    assert world.case().standing == ()


async def test_held_content_that_is_removed_is_never_shown_in_between() -> None:
    world = await flagged(under("hold"))

    world.command(decide("remove"))
    await world.fold()

    assert [type(act) for act in world.acts()] == [ActionHide, ActionDelete]
    _, made, back = world.put_out()
    assert made.data.verdict == "remove", "it comes first, so the content is taken away by one of both at any time"
    assert back.data.verdict == "hold"
    assert [held.verdict for held in world.case().standing] == ["remove"]


async def test_held_content_cannot_be_left_as_it_is() -> None:
    world = await flagged(under("hold"))

    world.command(decide("keep"))
    await world.fold()

    assert world.case().status == "open"
    assert "waits for a decision" in refusals(world)[0]


async def test_two_moderators_never_both_act() -> None:
    world = await flagged()
    version = world.case().version

    world.command(decide("remove", version=version), decide("ban", by="oleg", version=version))
    await world.fold()

    assert [event.data.by for event in world.put_out() if event.data.by] == ["vera"]
    assert "changed meanwhile" in refusals(world)[0]


async def test_a_claimed_case_is_somebody_s_for_a_while() -> None:
    world = await flagged()

    world.command(told(commands.Claim), decide("remove", by="oleg", after_s=120))
    await world.fold()
    assert refusals(world) == ["vera works on it"]

    world.command(decide("remove", by="oleg", after_s=3_600))
    await world.fold()
    assert world.case().status == "closed"


async def test_a_community_manager_may_take_a_case_over() -> None:
    world = await flagged()

    world.command(told(commands.Claim), told(commands.Claim, by="oleg", after_s=61, force=True))
    await world.fold()

    claim = world.case().claim
    assert claim is not None
    assert claim.by == "oleg"


async def test_notes_assignment_and_escalation_are_kept() -> None:
    world = await flagged()

    world.command(told(commands.Note, text="Knows him from last week."), told(commands.Assign, to="oleg"))
    world.command(told(commands.Escalate, reason="Threats."))
    await world.fold()

    case = world.case()
    assert [note.text for note in case.notes] == ["Knows him from last week.", "Threats."]
    assert (case.assigned, case.escalated) == ("oleg", True)


async def test_escalated_comes_before_severe_and_severe_before_old() -> None:
    worlds = [World([under("flag", severity=severity)]) for severity in ("low", "critical", "low")]
    for age_h, world in enumerate(worlds):
        world.tell(content_created(time=AT + timedelta(hours=age_h)))
        await world.fold()
    worlds[2].command(told(commands.Escalate, after_s=10_000))
    await worlds[2].fold()

    old, severe, escalated = (world.case().due_ms for world in worlds)

    assert escalated < severe < old
