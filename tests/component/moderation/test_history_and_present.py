"""Cases of history: what is told of them today makes them a matter of the present; what was only noted is not undone."""

from __future__ import annotations

import pytest

from shared.events import Actor, Envelope
from shared.events.actions import ActionDelete, ActionHide
from shared.events.moderation import DecisionReversed
from shared.policy import Version
from tests.builders import MEMBER, content_created, content_edited, content_flagged
from tests.component.moderation.asking import RULE, decide, policy, under
from tests.unit.moderation.world import World

WRITTEN = content_created(imported=True)


async def complained_of(*versions: Version) -> World:
    """A world in which somebody complains today of what rules would have removed then."""
    world = World(versions or (under("remove"),))
    world.tell(WRITTEN)
    await world.fold()
    world.tell(content_flagged(actor=Actor(id="telegram:7"), content_author=MEMBER))
    await world.fold()
    return world


async def test_what_is_decided_of_it_today_is_done_and_is_a_strike() -> None:
    world = await complained_of()
    assert not world.case().imported

    world.command(decide("remove"))
    await world.fold()

    (act,) = world.acts()
    assert isinstance(act, ActionDelete)
    assert [event.imported for event in world.put_out() if event.data.decision == act.data.cause] == [False]
    assert len(world.broker.logs["moderation.strikes.v1", 0]) == 1


async def test_what_was_only_noted_is_taken_back_without_bringing_anything_back() -> None:
    world = await complained_of()

    world.command(decide("allow"))
    await world.fold()

    noted, back, made = world.put_out()
    assert isinstance(back, DecisionReversed)
    assert (noted.imported, back.imported, made.imported) == (True, True, False)
    assert world.acts() == []
    assert [message.data.member for message in world.messages()] == ["telegram:7"], "its author heard of nothing then"


async def test_many_complaints_hold_what_was_only_noted_to_be_removed() -> None:
    world = await complained_of(policy(complaints={"holds": 50}, rules=[RULE | {"then": "remove"}]))

    assert [type(act) for act in world.acts()] == [ActionHide]


@pytest.mark.parametrize("told", [[WRITTEN, content_edited()], [content_edited(), WRITTEN]], ids=["first", "last"])
async def test_it_does_not_matter_whether_history_is_told_first(told: list[Envelope]) -> None:
    world = World([under("flag")])
    world.tell(*told)
    await world.fold()

    assert (world.case().imported, world.case().status) == (False, "open")


async def test_history_alone_stays_history() -> None:
    world = World([under("remove")])
    world.tell(WRITTEN, content_flagged(imported=True))
    await world.fold()

    assert world.case().imported
