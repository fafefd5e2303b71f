from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.delivery.platforms.platform import Attempt, Impossible, Kind, Lost, Unsure
from shared.clock import SystemClock
from simulated.discourse import TOKEN, Discourse
from simulated.faults import Fault, Scripted
from tests.integration.delivery.asking import scene
from tests.unit.delivery.platforms.asking import errand

FORUM = "discourse:forum.example"
ANNA = f"{FORUM}:42"


def told(world: Discourse) -> list[tuple[str, str]]:
    return [(effect.kind, effect.target) for effect in world.ground.effects.all]


ACTS: list[tuple[Kind, dict[str, Any]]] = [
    ("hide", {"content_id": f"{FORUM}:11/2"}),
    ("restore", {"content_id": f"{FORUM}:11/2"}),
    ("delete", {"content_id": f"{FORUM}:11/2"}),
    ("mute", {"member": ANNA}),
    ("unmute", {"member": ANNA}),
    ("ban", {"member": ANNA, "reason": "spam"}),
    ("unban", {"member": ANNA}),
    ("pin", {"content_id": f"{FORUM}:11/1"}),
    ("slow_mode", {"content_id": f"{FORUM}:11/1", "delay_s": 30}),
    ("reply", {"content_id": f"{FORUM}:11/1", "text": "hello"}),
    ("publish", {"channel": f"{FORUM}:category5", "text": "News"}),
    ("message", {"member": ANNA, "text": "hello"}),
]


@pytest.mark.parametrize("acts", [ACTS[:4], ACTS[4:8], ACTS[8:]])
async def test_each_act_has_its_effect_and_only_once(acts: list[tuple[Kind, dict[str, Any]]]) -> None:
    world = Discourse(is_limited=False)
    world.open("A topic of ours", "question")
    world.write(11, "spam")
    if acts[0][0] == "unmute":
        world.silenced[42] = "3000-01-01"

    async with scene("discourse", world, TOKEN, "veche") as (platform, ask, _):
        for kind, act in acts:
            await platform.carry_out(errand(kind, FORUM, kind, **act), ask)
        for kind, act in acts[-1:]:
            await platform.carry_out(errand(kind, FORUM, kind, **act), ask)

    shown = {"hide": "delete", "reply": "message", "publish": "message"}
    assert [kind for kind, _ in told(world)] == [shown.get(kind, kind) for kind, _ in acts]


@pytest.mark.parametrize(
    ("kind", "act", "code"),
    [
        ("message", {"member": f"{FORUM}:999", "text": "hello"}, "gone"),
        ("reply", {"content_id": f"{FORUM}:999/1", "text": "hello"}, "gone"),
        ("pin", {"content_id": f"{FORUM}:999/1"}, "gone"),
        ("ban", {"member": f"{FORUM}:43"}, "forbidden"),
    ],
)
async def test_what_a_forum_refuses_is_told_by_its_kind(kind: Kind, act: dict[str, Any], code: str) -> None:
    world = Discourse()
    world.admins.add(43)

    async with scene("discourse", world, TOKEN, "veche") as (platform, ask, _):
        with pytest.raises(Impossible) as raised:
            await platform.carry_out(errand(kind, FORUM, **act), ask)

    assert raised.value.code == code
    assert told(world) == []


async def test_a_wrong_key_is_lost() -> None:
    async with scene("discourse", Discourse(), "wrong", "veche") as (platform, ask, _):
        with pytest.raises(Lost):
            await platform.carry_out(errand("ban", FORUM, member=ANNA), ask)


@pytest.mark.parametrize("fault", ["lost", "cut"])
@pytest.mark.parametrize("kind", ["reply", "publish", "message"])
async def test_what_was_said_without_an_answer_is_found_exactly(fault: Fault, kind: Kind) -> None:
    world = Discourse()
    world.open("A topic of ours", "question")
    world.ground.faults.script.append(Scripted(fault, "/posts.json"))
    one = errand(kind, FORUM, content_id=f"{FORUM}:11/1" if kind == "reply" else None, member=ANNA, text="answer")

    async with scene("discourse", world, TOKEN, "veche") as (platform, ask, _):
        began = SystemClock().now()
        with pytest.raises(Unsure):
            await platform.carry_out(one, ask)
        world.write(11, "answer")
        done = await platform.find(one, Attempt(began, None, ()), ask)

    (effect,) = world.ground.effects.all
    assert done is not None
    assert done.content_id == f"{FORUM}:{effect.id}"


@pytest.mark.parametrize("kind", ["reply", "publish"])
async def test_what_was_never_said_is_not_found(kind: Kind) -> None:
    world = Discourse()
    world.open("A topic of ours", "question")
    world.ground.faults.script.append(Scripted("broken", "/posts.json"))
    one = errand(kind, FORUM, content_id=f"{FORUM}:11/1" if kind == "reply" else None, text="answer")

    async with scene("discourse", world, TOKEN, "veche") as (platform, ask, _):
        began = SystemClock().now()
        with pytest.raises(Unsure):
            await platform.carry_out(one, ask)
        done = await platform.find(one, Attempt(began, None, ()), ask)

    assert done is None


async def test_a_forum_never_has_to_ask_for_a_pause() -> None:
    world = Discourse()
    world.open("A topic of ours", "question")

    async with scene("discourse", world, TOKEN, "veche") as (platform, ask, _):
        replies = [errand("reply", FORUM, f"{n}", content_id=f"{FORUM}:11/1", text="same") for n in range(13)]
        await asyncio.gather(*(platform.carry_out(reply, ask) for reply in replies))

    assert world.ground.effects.counts() == {"message": 13}
    assert world.ground.windows.refused == 0
