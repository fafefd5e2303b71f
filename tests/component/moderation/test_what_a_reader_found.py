"""What a critical reader found in cases and sanctions, each as it went wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.moderation.rules import commands
from shared.events import Actor
from shared.events.actions import ActionBan, ActionMute, ActionUnban, ActionUnmute
from shared.events.moderation import DecisionMade
from shared.topics import SANCTIONS
from tests.builders import AT, CONTENT, MEMBER, PLACE, appeal_made, content_created, content_edited, content_flagged
from tests.component.moderation.asking import RULE, appeal, decide, flagged, policy, refusals, told, under
from tests.component.moderation.striking import fold, in_force, lift, sanction_id, strike, withdrawal
from tests.unit.moderation.world import World

BAN_AT_4 = {"thresholds": [{"points": 4, "then": "ban"}]}


async def test_a_rule_s_decision_that_a_person_confirms_is_one_strike() -> None:
    world = await flagged(policy(rules=[RULE | {"then": "hide"}], strikes=BAN_AT_4))

    world.command(decide("remove"))
    await world.fold()

    assert world.put_out(SANCTIONS.name) == []
    (standing,) = world.standings().values()
    assert [one["id"] for one in standing["strikes"]] == [world.put_out()[1].id]


def test_a_ban_that_a_person_lifted_does_not_come_back_by_a_strike_under_it() -> None:
    _, events, acts = fold(strike(1, points=10), strike(2, days=0.5, points=1), lift(sanction_id(strike(1, points=10))))

    assert [type(act) for act in acts] == [ActionBan, ActionUnban]
    assert in_force(events) == set()


def test_a_mute_that_lasts_longer_now_does_not_end_when_it_would_have() -> None:
    _, events, acts = fold(strike(2, days=0.1, points=6), strike(1, points=1))

    assert [type(act) for act in acts] == [ActionMute]
    assert len(in_force(events)) == 1


def test_a_mute_elsewhere_is_no_reason_to_keep_one_that_is_withdrawn() -> None:
    elsewhere = strike(2, points=6, community="telegram:other")

    _, _, acts = fold(strike(1, points=6), elsewhere, withdrawal(1, days=0.5))

    assert [type(act) for act in acts] == [ActionMute, ActionMute, ActionUnmute]
    assert acts[-1].community == PLACE


def test_a_sanction_of_the_whole_brand_names_no_community() -> None:
    (event,) = fold(strike(1, points=10), scope="brand")[1]

    assert event.community is None


async def test_an_appeal_takes_the_place_of_a_second_look_that_nobody_took() -> None:
    world = await flagged(policy(review={"second": 100}, rules=[RULE]))
    world.command(decide("remove"))
    await world.fold()
    world.command(appeal(world.put_out()[-1].id))
    await world.fold()

    world.command(decide("remove", by="oleg", after_s=7_200))
    await world.fold()

    found = world.case().appeal
    assert found is not None
    assert found.answer == "rejected"
    assert any("остаётся в силе" in str(message.data.text) for message in world.messages())


async def test_what_is_held_while_it_is_looked_at_again_waits_for_a_person() -> None:
    world = await flagged(
        policy(review={"second": 100}, rules=[{"id": "edits", "when": "content.edited", "then": "hold"}, RULE])
    )
    world.command(decide("warn"))
    await world.fold()
    world.tell(content_edited(time=AT + timedelta(hours=1)))
    await world.fold()

    world.command(decide("warn", by="oleg", after_s=7_200))
    await world.fold()

    assert not any(held.waits for held in world.case().decisions)
    assert "hold" in [event.data.verdict for event in world.put_out() if isinstance(event, DecisionMade)]


async def test_a_decision_of_rules_that_is_heard_after_a_person_s_is_taken_back() -> None:
    world = World([under("remove")])
    world.command(decide("allow", after_s=60))
    await world.fold()

    world.tell(content_created())
    await world.fold()

    assert world.case().standing == ()


async def test_a_refused_allow_teaches_the_rules_nothing() -> None:
    world = await flagged(under("remove"))
    world.command(decide("allow", version=77))
    await world.fold()

    world.tell(content_edited(time=AT + timedelta(hours=1)))
    await world.fold()

    assert [event.data.verdict for event in world.put_out()] == ["remove", "remove"]


async def test_a_label_that_a_person_does_not_agree_with_is_gone() -> None:
    rules = [RULE | {"then": "label", "label": "suspect", "for": "7d"}]
    rules.append({"id": "again", "when": '"suspect" in author.labels', "then": "flag"})
    world = await flagged(policy(rules=rules))
    world.tell(content_flagged(actor=Actor(id="telegram:7")))
    await world.fold()

    world.command(decide("allow"))
    await world.fold()
    world.tell(content_created(content_id=f"{CONTENT}9", time=AT + timedelta(hours=1)))
    await world.fold()

    last = [event for event in world.put_out() if isinstance(event, DecisionMade)][-1]
    assert [finding.rule for finding in last.data.findings] == ["seen"], "not `again`"


async def test_history_s_appeals_were_answered_then() -> None:
    world = await flagged(under("remove"))

    world.tell(appeal_made(content_id=None, actor=Actor(id=MEMBER), imported=True))
    await world.fold()

    assert world.case().appeal is None


async def test_a_reversal_is_no_way_around_a_claim_or_an_appeal() -> None:
    world = await flagged()
    world.command(decide("remove"))
    await world.fold()
    made = world.put_out()[-1].id
    about: dict[str, Any] = {"decision": made, "content": CONTENT, "member": MEMBER}
    world.command(appeal(made), told(commands.Reverse, by="vera", after_s=7_200, **about))
    world.command(told(commands.Claim, by="oleg", after_s=7_300), told(commands.Reverse, by="anna", after_s=7_400, **about))
    await world.fold()

    assert ["somebody else has to look" in refusals(world)[0], refusals(world)[1]] == [True, "oleg works on it"]
    assert world.case().is_appealed


async def test_a_member_appeals_against_a_person_s_decision_without_naming_it() -> None:
    world = await flagged()
    world.command(decide("ban"))
    await world.fold()

    world.tell(appeal_made(content_id=None, actor=Actor(id=MEMBER), time=AT + timedelta(hours=1)))
    await world.fold()

    assert world.case().is_appealed


async def test_complaints_do_not_hold_again_what_a_person_gave_free() -> None:
    world = World([policy(complaints={"holds": 100})])
    world.tell(*[content_flagged(actor=Actor(id=f"telegram:{n}")) for n in range(2)])
    await world.fold()
    held = world.put_out()[0]
    world.command(told(commands.Reverse, decision=held.id, content=CONTENT, member=MEMBER))
    await world.fold()

    world.tell(content_flagged(actor=Actor(id="telegram:8")))
    await world.fold()

    assert world.case().standing == ()


async def test_an_appeal_against_a_hold_is_answered_by_deciding() -> None:
    world = await flagged(under("hold"))
    world.command(appeal(world.put_out()[0].id), decide("keep", after_s=7_200))
    await world.fold()

    assert "waits for a decision" in refusals(world)[0]
