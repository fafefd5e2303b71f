"""Contents that are deleted before any case tells of them: either may be read first, so they are remembered for a while."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import CONTENT, RECORDED, content_created, content_deleted, content_restored
from tests.component.moderation.asking import decide, under
from tests.unit.moderation.world import World


async def test_a_content_that_is_deleted_before_anything_else_is_told_of_it_is_known_to_be_gone() -> None:
    world = World([under("flag")])
    world.tell(content_deleted())
    await world.fold()
    world.tell(content_created())
    await world.fold()

    world.command(decide("remove"))
    await world.fold()

    assert world.case().gone
    assert world.acts() == [], "what is gone need not go again"


async def test_what_came_back_is_there_and_history_is_not_remembered() -> None:
    world = World()
    world.tell(content_deleted(), content_restored(), content_deleted(content_id="old", imported=True))
    await world.fold()

    assert not any("/case/" in key for key in world.cases.states)


async def test_a_deletion_of_which_no_case_tells_is_forgotten_after_a_while() -> None:
    world = World()
    world.tell(content_deleted())
    await world.fold()
    assert any("/case/" in key for key in world.cases.states)

    await world.time_passes()

    assert (world.cases.states, world.cases.timers, world.entries("audit")) == ({}, {}, [])


async def test_a_content_that_is_gone_anew_is_not_forgotten_by_the_timer_of_before() -> None:
    world = World()
    later = RECORDED + timedelta(days=2)
    world.tell(content_deleted(), content_restored())
    world.tell(content_deleted(recordedtime=later))
    await world.fold()
    first = min(world.cases.timers.values(), key=lambda kept: kept[1].due_ms)[1]

    world.broker.append(first.topic, 0, first.key.encode(), first.command, ())
    await world.fold()

    assert [key.endswith(CONTENT) for key in world.cases.states] == [True]
