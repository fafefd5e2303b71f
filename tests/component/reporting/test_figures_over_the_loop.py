from __future__ import annotations

from datetime import timedelta

import bson

from services.reporting.handlers import Figures, Points
from shared.topics import DECISIONS, LEDGER
from tests import builders
from tests.unit.reporting.driving import World

HISTORY = [
    builders.content_created(id=f"c{n}", content_id=f"c{n}", time=builders.AT + timedelta(minutes=17 * n)) for n in range(50)
]


async def test_a_decision_counts_the_same_before_and_after_what_it_is_about() -> None:
    first, later = World(), World()
    event, decision = builders.content_created(), builders.decision_made()

    first.tell(event)
    await first.drain(Figures())
    first.tell(decision, topic=DECISIONS.name)
    later.tell(decision, topic=DECISIONS.name)
    await later.drain(Figures())
    later.tell(event)
    for world in (first, later):
        await world.drain(Figures())

    assert first.databases["figures"].states == later.databases["figures"].states


async def test_importing_again_changes_nothing() -> None:
    world = World()

    world.take_in(HISTORY)
    await world.normalise()
    await world.drain(Figures())
    before = dict(world.databases["figures"].states)
    world.take_in(HISTORY)
    await world.normalise()
    await world.drain(Figures())

    assert before
    assert world.databases["figures"].states == before


async def test_a_bad_record_is_a_dead_letter_and_stops_nobody() -> None:
    world = World()

    world.send(LEDGER.name, "acme/telegram:42", b"{")
    world.tell(builders.points_granted(applied=5), topic=LEDGER.name, key="acme/telegram:42")
    await world.drain(Points())

    assert sum(len(log) for (topic, _), log in world.broker.logs.items() if topic == "points.dlq") == 1
    (state,) = map(bson.decode, world.databases["points"].states.values())
    assert state["counts"] == {"points_granted": 5}
