"""What is said is counted once, however it is read: at once, or record by record by processes that come and go."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import bson
import msgspec

from services.reporting.rules.ideas import Decide
from shared.topics import ACTIONS, IDEAS
from tests import builders
from tests.unit.reporting.driving import World
from tests.unit.reporting.listening.remarks import FOLD

SAID = ["Клей отличный, спасибо", "Акме ужасный магазин", "Когда откроетесь?", "Было бы здорово добавить тёмную тему"]
COMMUNITIES = ("telegram:-1", "telegram:-2")


def history(seed: int) -> list[Any]:
    """Return contents, some of which are edited, deleted, brought back and voted for, in the order of time."""
    rnd = Random(seed)
    told: list[Any] = []
    for n in range(60):
        place = rnd.choice(COMMUNITIES)
        about = {"community": place, "content_id": f"{place}:{n}"}
        at = builders.AT + timedelta(minutes=19 * n)
        told.append(builders.content_created(**about, text=rnd.choice(SAID), time=at))
        if rnd.random() < 0.4:
            edited = {"text": rnd.choice(SAID), "edition": 2, "time": at + timedelta(hours=3)}
            told.append(builders.content_edited(**about, **edited))
        if rnd.random() < 0.3:
            told.append(builders.content_deleted(**about, time=at + timedelta(hours=4)))
            if rnd.random() < 0.5:
                told.append(builders.content_restored(**about, time=at + timedelta(hours=5)))
        told.append(builders.reaction_added(**about, time=at))
    return told


def states(world: World) -> dict[str, Any]:
    """Return what is stored, but for where."""
    return {key: bson.decode(raw) for key, raw in world.databases["listening"].states.items()}


async def test_it_is_the_same_at_once_and_by_processes_that_come_and_go() -> None:
    at_once, by_turns = World(), World()
    told = history(1)

    at_once.tell(*told)
    await at_once.drain(FOLD)
    for place in range(0, len(told), 7):
        by_turns.tell(*told[place : place + 7])
        await by_turns.drain(FOLD)

    found = states(at_once)
    assert states(by_turns) == found
    by_content = [one for one in found.values() if one["kind"] == "remark" and one["at"] is not None]
    by_hour = [n for one in found.values() if one["kind"] == "said" for name, n in one["counts"] if name.startswith("tone_")]
    assert sum(by_hour) == len(by_content) < 60
    assert all(n > 0 for n in by_hour)


async def test_importing_again_changes_nothing_and_tells_nobody() -> None:
    world = World()
    idea = builders.content_created(text=SAID[3])

    world.take_in([*history(2), idea])
    await world.normalise()
    await world.drain(FOLD)
    before = states(world)
    world.take_in([*history(2), idea])
    await world.normalise()
    await world.drain(FOLD)
    decision = {"brand": "acme", "community": builders.PLACE, "content": builders.CONTENT, "status": "done", "by": "anna"}
    command = Decide(id="c1", at=builders.AT, **decision)  # type: ignore[arg-type]
    for _ in range(2):
        world.send(IDEAS.name, f"acme/{builders.PLACE}", msgspec.json.encode(command))
    await world.drain(FOLD)

    after = states(world)
    key = f"remark acme/{builders.PLACE}/{builders.CONTENT}"
    assert {k: v for k, v in after.items() if k != key} == {k: v for k, v in before.items() if k != key}
    assert after[key]["status"] == "done"
    assert not any(log for (topic, _), log in world.broker.logs.items() if topic == ACTIONS.name)


async def test_a_decision_that_is_told_twice_is_answered_once() -> None:
    world = World()
    world.tell(builders.content_created(text=SAID[3]))
    await world.drain(FOLD)

    decision = {"brand": "acme", "community": builders.PLACE, "content": builders.CONTENT, "status": "done", "by": "anna"}
    command = Decide(id="c1", at=builders.AT, **decision)  # type: ignore[arg-type]
    for _ in range(2):
        world.send(IDEAS.name, f"acme/{builders.PLACE}", msgspec.json.encode(command))
        await world.drain(FOLD)

    assert sum(len(log) for (topic, _), log in world.broker.logs.items() if topic == ACTIONS.name) == 1
