"""Cases over fakes: what rules, reporters and moderators do, and what follows on the bus and the platform."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.moderation.cases.audit import Chain, verified
from services.moderation.rules import commands
from shared.events import Actor
from shared.events.actions import ActionDelete, ActionHide, ActionRestore
from shared.events.moderation import BrakeOpened, DecisionMade, DecisionReversed
from tests.builders import (
    AT,
    CONTENT,
    MEMBER,
    appeal_made,
    content_created,
    content_deleted,
    content_edited,
    content_flagged,
    member_joined,
)
from tests.component.moderation.asking import RULE, appeal, decide, policy, told, under
from tests.unit.moderation.world import World


async def flagged(*versions: Any) -> World:  # noqa: ANN401 - versions of a policy
    """A world in which one message waits for a moderator."""
    world = World(versions or (under("flag"),))
    world.tell(content_created())
    await world.fold()
    return world


def refusals(world: World) -> list[str]:
    return [entry["what"]["refused"] for entry in world.entries("audit") if "refused" in entry["what"]]


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
    assert len(world.cases.timers) == 1

    await world.time_passes()

    assert world.cases.timers == {}
    assert world.case().escalated


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


async def test_a_second_look_is_blind_and_a_disagreement_is_escalated() -> None:
    world = await flagged(policy(review={"second": 100}, rules=[{"id": "seen", "when": "true"}]))
    world.command(decide("remove"))
    await world.fold()
    assert world.case().is_blind

    world.command(decide("allow", after_s=100), decide("allow", by="oleg", after_s=120))
    await world.fold()

    assert "the first time" in refusals(world)[0]
    case = world.case()
    assert (case.status, case.escalated, case.is_blind) == ("open", True, False)
    (review,) = world.entries("review")
    assert (review["agree"], review["rules"]) == (False, ["seen"])
    assert [type(act) for act in world.acts()] == [ActionDelete], "a second look alone changes nothing"


async def test_a_second_look_that_agrees_ends_the_case() -> None:
    world = await flagged(policy(review={"second": 100}, rules=[{"id": "seen", "when": "true"}]))

    world.command(decide("remove"), decide("hide", by="oleg", after_s=120))
    await world.fold()

    assert world.case().status == "closed"
    assert world.entries("review")[0]["agree"] is True


async def test_a_dispute_hears_both_before_one_is_found_to_be_wrong() -> None:
    world = World([policy()])
    case: dict[str, Any] = {"case": "dispute:1"}
    world.command(told(commands.Dispute, members=("telegram:1", "telegram:2"), about="Who copied whom", **case))
    world.command(told(commands.Statement, of="telegram:1", text="I wrote it first.", **case))
    world.command(told(commands.Settle, outcome="second", text="", **case))
    await world.fold()
    assert "both have to be heard" in refusals(world)[0]

    world.command(told(commands.Statement, of="telegram:2", text="No, I did.", **case))
    world.command(told(commands.Settle, outcome="second", text="The first has proof.", **case))
    await world.fold()

    found = world.case("dispute:1")
    assert found.dispute is not None
    assert (found.status, found.dispute.outcome, len(found.dispute.statements)) == ("closed", "second", 2)


async def test_what_is_gone_from_the_platform_is_not_deleted_again() -> None:
    world = await flagged()
    world.tell(content_deleted())
    await world.fold()

    world.command(decide("remove"))
    await world.fold()

    assert world.case().gone
    assert world.acts() == []


async def test_the_brake_parks_what_rules_remove_and_a_person_lets_it_go() -> None:
    world = World([policy(rules=[RULE | {"then": "remove"}], brakes={"acts": 2, "share": 0})])
    world.tell(*[content_created(content_id=f"{CONTENT}{n}", time=AT + timedelta(seconds=n)) for n in range(4)])
    await world.fold()

    verdicts = [event.data.verdict for event in world.put_out() if isinstance(event, DecisionMade)]
    assert verdicts == ["remove", "remove", "hold", "hold"]
    assert len([event for event in world.put_out() if isinstance(event, BrakeOpened)]) == 1, "it is told once"
    assert len(world.acts()) == 2
    parked = f"{CONTENT}2"
    assert world.case(parked).decisions[0].parked == "remove"

    world.command(decide("remove", case=parked, content=parked))
    world.command(decide("allow", case=f"{CONTENT}3", content=f"{CONTENT}3"))
    await world.fold()

    assert [act.data.content_id for act in world.acts()][2:] == [parked], "what was never done needs no undoing"


async def test_a_raid_is_one_case() -> None:
    world = World([policy(raids={"joins": 3, "minutes": 5})])

    world.tell(*[member_joined(member=f"telegram:{n}", time=AT + timedelta(seconds=n)) for n in range(6)])
    await world.fold()

    (decision,) = world.put_out()
    assert (decision.data.findings[0].rule, decision.data.content_id) == ("raids", None)
    assert world.case(decision.id).kind == "raid"
    assert world.case(decision.id).status == "open"


async def test_the_audit_names_everything_and_shows_where_it_was_touched() -> None:
    world = await flagged()
    world.command(told(commands.Claim), told(commands.Note, text="secret words"), decide("remove"))
    await world.fold()
    entries = sorted(world.entries("audit"), key=lambda entry: entry["n"])
    head = Chain(entries[-1]["n"], entries[-1]["hash"])

    assert [entry["what"]["did"].rpartition(".")[2] for entry in entries] == ["decided", "claim", "note", "decide"]
    assert "secret words" not in str(entries)
    assert verified(entries, head) is None
    entries[1]["by"] = "somebody"
    assert verified(entries, head) is not None
    assert verified(entries[:-1], head) is not None
    assert verified([entries[0], *entries[2:]], head) is not None


async def test_nothing_of_all_this_is_a_dead_letter() -> None:
    world = await flagged(under("hold"))
    world.command(decide("remove"), appeal("nothing"), told(commands.Release), told(commands.Claim, case="unknown"))
    world.tell(content_flagged(), content_deleted())
    await world.fold()

    assert world.letters() == []
