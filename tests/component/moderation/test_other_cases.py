"""What else becomes a case: second looks, disputes, raids, what a brake parked; and the record of it all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.moderation.cases.audit import Chain, verified
from services.moderation.rules import commands
from shared.events.actions import ActionDelete
from shared.events.moderation import BrakeOpened, DecisionMade
from tests.builders import (
    AT,
    CONTENT,
    content_created,
    content_deleted,
    content_flagged,
    member_joined,
)
from tests.component.moderation.asking import RULE, appeal, decide, flagged, policy, refusals, told, under
from tests.unit.moderation.world import World


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
    assert world.case(parked).why[-1] == "brakes", "whoever opens the case is told why it is theirs to decide"

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
    assert verified(entries, head).broken is None
    entries[1]["by"] = "somebody"
    assert verified(entries, head).broken is not None
    assert verified(entries[:-1], head).broken is not None
    assert verified([entries[0], *entries[2:]], head).broken is not None


async def test_nothing_of_all_this_is_a_dead_letter() -> None:
    world = await flagged(under("hold"))
    world.command(decide("remove"), appeal("nothing"), told(commands.Release), told(commands.Claim, case="unknown"))
    world.tell(content_flagged(), content_deleted())
    await world.fold()

    assert world.letters() == []
