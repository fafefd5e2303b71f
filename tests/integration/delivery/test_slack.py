from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.delivery.platforms.platform import Attempt, Busy, Impossible, Kind, Lost, Unsure
from shared.clock import SystemClock
from simulated.faults import Fault, Scripted
from simulated.slack import TOKEN, Slack
from tests.integration.delivery.asking import scene
from tests.unit.delivery.platforms.asking import errand

TEAM = "slack:T1"
CHANNEL = f"{TEAM}:C1"
ANNA = "slack:U1"


def told(world: Slack) -> list[tuple[str, str]]:
    return [(effect.kind, effect.target) for effect in world.ground.effects.all]


async def test_each_act_has_its_effect_and_only_once() -> None:
    world = Slack()
    ts = world.write("C1", "spam")
    content = f"{CHANNEL}:{ts}"
    acts: list[tuple[Kind, dict[str, Any]]] = [
        ("pin", {"content_id": content}),
        ("ban", {"member": ANNA, "content_id": content}),
        ("hide", {"content_id": content}),
    ]

    async with scene("slack", world, TOKEN) as (platform, ask, _):
        await platform.carry_out(errand("reply", TEAM, content_id=content, text="hello"), ask)
        for kind, act in acts:
            await platform.carry_out(errand(kind, TEAM, **act), ask)
            await platform.carry_out(errand(kind, TEAM, **act), ask)
        await platform.carry_out(errand("message", TEAM, member=ANNA, text="hello"), ask)

    assert told(world) == [
        ("message", f"C1:{ts}"),
        ("pin", f"C1:{ts}"),
        ("ban", "C1:U1"),
        ("delete", f"C1:{ts}"),
        ("message", "DU1"),
    ]


@pytest.mark.parametrize(
    ("kind", "act", "code"),
    [
        ("delete", {"content_id": f"{CHANNEL}:{{ts}}"}, "forbidden"),
        ("message", {"member": "slack:U9", "text": "hello"}, "gone"),
        ("reply", {"content_id": f"{CHANNEL}:9.9", "text": "hello"}, "gone"),
        ("ban", {"member": ANNA, "channel": f"{TEAM}:C0GENERAL"}, "forbidden"),
        ("publish", {"channel": f"{TEAM}:C9", "text": "hello"}, "forbidden"),
    ],
)
async def test_what_slack_refuses_is_told_by_its_kind(kind: Kind, act: dict[str, Any], code: str) -> None:
    world = Slack(kind="bot")
    ts = world.write("C1", "spam")
    named = {name: value.format(ts=ts) for name, value in act.items()}

    async with scene("slack", world, TOKEN) as (platform, ask, _):
        with pytest.raises(Impossible) as raised:
            await platform.carry_out(errand(kind, TEAM, **named), ask)

    assert raised.value.code == code
    assert told(world) == []


async def test_a_wrong_token_is_lost() -> None:
    async with scene("slack", Slack(), "xoxb-wrong") as (platform, ask, _):
        with pytest.raises(Lost):
            await platform.carry_out(errand("message", TEAM, member=ANNA, text="hi"), ask)


@pytest.mark.parametrize("fault", ["lost", "cut"])
@pytest.mark.parametrize("kind", ["reply", "publish", "message"])
async def test_what_was_said_without_an_answer_is_found_exactly(fault: Fault, kind: Kind) -> None:
    world = Slack()
    ts = world.write("C1", "question")
    world.ground.faults.script.append(Scripted(fault, "chat.postMessage"))
    content = f"{CHANNEL}:{ts}" if kind == "reply" else None
    one = errand(kind, TEAM, content_id=content, channel=CHANNEL, member=ANNA, text="answer")

    async with scene("slack", world, TOKEN) as (platform, ask, _):
        began = SystemClock().now()
        with pytest.raises(Unsure):
            await platform.carry_out(one, ask)
        world.write("C1", "answer", thread=ts)
        done = await platform.find(one, Attempt(began, None, ()), ask)

    (effect,) = world.ground.effects.all
    assert done is not None
    assert done.content_id == f"{TEAM}:{effect.id}"


async def test_what_was_never_said_is_not_found() -> None:
    world = Slack()
    world.write("C1", "question")
    world.ground.faults.script.append(Scripted("broken", "chat.postMessage"))
    one = errand("publish", TEAM, channel=CHANNEL, text="answer")

    async with scene("slack", world, TOKEN) as (platform, ask, _):
        began = SystemClock().now()
        with pytest.raises(Unsure):
            await platform.carry_out(one, ask)
        done = await platform.find(one, Attempt(began, None, ()), ask)

    assert done is None


async def test_a_storm_is_a_pause() -> None:
    world = Slack()
    world.write("C1", "question")
    world.ground.faults.begin_storm("", world.ground.now_s() + 5)

    async with scene("slack", world, TOKEN) as (platform, ask, _):
        with pytest.raises(Busy) as raised:
            await platform.carry_out(errand("publish", TEAM, channel=CHANNEL, text="hi"), ask)

    assert 1 <= raised.value.wait_s <= 6


async def test_slack_never_has_to_ask_for_a_pause() -> None:
    world = Slack()
    channels = [f"C{number}" for number in range(6)]
    contents = [f"{TEAM}:{channel}:{world.write(channel, 'spam')}" for channel in channels]

    async with scene("slack", world, TOKEN) as (platform, ask, _):
        deletions = [platform.carry_out(errand("delete", TEAM, content_id=content), ask) for content in contents]
        sent = [
            platform.carry_out(errand("publish", TEAM, f"{n}{channel}", channel=f"{TEAM}:{channel}", text="hi"), ask)
            for channel in channels
            for n in range(3)
        ]
        await asyncio.gather(*deletions, *sent)

    assert world.ground.effects.counts() == {"delete": 6, "message": 18}
    assert world.ground.windows.refused == 0
