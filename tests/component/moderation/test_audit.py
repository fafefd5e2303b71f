"""What stands in the audit: all that people do, sanctions that they lift too, and nothing that a member wrote."""

from __future__ import annotations

from typing import Any

from services.moderation.cases.audit import Chain, verified
from services.moderation.rules import commands
from shared.topics import SANCTIONS
from tests.builders import CONTENT, MEMBER, appeal_made, content_created, content_flagged
from tests.component.moderation.asking import RULE, appeal, decide, flagged, policy, refusals, told, under
from tests.unit.moderation.world import World


async def test_the_end_of_a_sanction_that_a_person_asks_for_is_in_the_audit() -> None:
    world = World([under("ban")])
    world.tell(content_created())
    await world.fold()
    (applied,) = world.entries("sanction")
    about: dict[str, Any] = {
        "member": MEMBER,
        "sanction": applied["sanction"],
        "decision": applied["decision"],
        "source": "telegram/bot-1",
    }

    world.command(told(commands.Lift, by="oleg", reason="a mistake", **about))
    await world.fold()

    *_, entry = entries = sorted(world.entries("audit"), key=lambda entry: entry["n"])
    assert (entry["by"], entry["what"]["did"]) == ("oleg", "moderation.command.lift")
    assert {name: entry["what"][name] for name in ("case", "member", "sanction", "decision")} == {
        "case": CONTENT, "member": MEMBER, "sanction": applied["sanction"], "decision": applied["decision"]
    }  # fmt: skip
    assert verified(entries, Chain(entry["n"], entry["hash"])).broken is None
    assert [type(act).__name__ for act in world.acts()][1:] == ["ActionBan", "ActionUnban"]
    assert world.put_out(SANCTIONS.name)[-1].data.by == "oleg"
    assert len(world.case().decisions) == 1, "the case stays as it is"


async def test_a_sanction_whose_case_is_not_known_is_lifted_without_beginning_one() -> None:
    world = World([policy()])
    about: dict[str, Any] = {"member": MEMBER, "sanction": "s1", "decision": "d1", "source": "telegram/bot-1"}

    world.command(told(commands.Lift, **about))
    await world.fold()

    assert world.all_cases() == []
    assert [standing["lifted"] for standing in world.standings().values()] == [["s1"]]


async def test_no_sanction_is_lifted_while_its_case_is_looked_at_a_second_time() -> None:
    world = await flagged(policy(rules=[RULE | {"then": "flag"}], review={"second": 100}))
    world.command(decide("ban"))
    await world.fold()
    about: dict[str, Any] = {"member": MEMBER, "sanction": "s1", "decision": "d1", "source": "telegram/bot-1"}

    world.command(told(commands.Lift, by="oleg", after_s=90, **about))
    await world.fold()

    assert world.case().is_blind
    assert refusals(world) == ["it is looked at a second time: end that look first"]
    assert [standing.get("lifted") for standing in world.standings().values()] == [[]]


async def test_the_audit_holds_no_text_that_a_member_may_have_written() -> None:
    words, between = "Words of a person", dict[str, Any](case="dispute:1")
    world = await flagged(under("hold", reason={"en": words, "ru": words}))
    world.tell(content_flagged(category=words, text=words), content_flagged(actor=None, category=words))
    world.tell(appeal_made(text=words))
    world.command(appeal(world.put_out()[0].id, text=words), told(commands.Note, text=words))
    world.command(told(commands.Escalate, reason=words), decide("remove", reason=words))
    about: dict[str, Any] = {"member": MEMBER, "sanction": "s1", "decision": "d1", "source": "telegram/bot-1"}
    world.command(told(commands.Lift, reason=words, **about))
    world.command(told(commands.Dispute, members=("telegram:1", "telegram:2"), about=words, **between))
    world.command(told(commands.Statement, of="telegram:1", text=words, **between))
    world.command(told(commands.Settle, outcome="settled", text=words, **between))
    await world.fold()

    assert len(world.entries("audit")) > 10
    assert words not in str(world.entries("audit"))
