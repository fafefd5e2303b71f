from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.delivery.platforms.platform import Attempt, Impossible, Kind, Lost, Unsure
from shared.clock import SystemClock
from simulated.discord import TOKEN, Discord
from simulated.faults import Fault, Scripted
from tests.integration.delivery.asking import scene
from tests.unit.delivery.platforms.asking import errand

GUILD = "discord:1"
CHANNEL = f"{GUILD}:2"
ANNA = "discord:42"


def told(world: Discord) -> list[tuple[str, str]]:
    return [(effect.kind, effect.target) for effect in world.ground.effects.all]


async def test_each_act_has_its_effect_and_only_once() -> None:
    world = Discord()
    message = world.write("1", "2", "spam")
    content = f"{CHANNEL}:{message}"
    acts: list[tuple[Kind, dict[str, Any]]] = [
        ("pin", {"content_id": content}),
        ("mute", {"member": ANNA, "until": SystemClock().now() + timedelta(days=1)}),
        ("unmute", {"member": ANNA}),
        ("ban", {"member": ANNA}),
        ("unban", {"member": ANNA}),
        ("slow_mode", {"channel": CHANNEL, "delay_s": 30}),
        ("delete", {"content_id": content}),
        ("publish", {"channel": CHANNEL, "text": "hello"}),
        ("message", {"member": ANNA, "text": "hello"}),
    ]

    async with scene("discord", world, TOKEN) as (platform, ask, _):
        for kind, act in acts:
            await platform.carry_out(errand(kind, GUILD, kind, **act), ask)
            await platform.carry_out(errand(kind, GUILD, kind, **act), ask)

    assert told(world) == [
        ("pin", f"2:{message}"),
        ("mute", "1:42"),
        ("unmute", "1:42"),
        ("ban", "1:42"),
        ("unban", "1:42"),
        ("slow_mode", "2"),
        ("delete", f"2:{message}"),
        ("message", "2"),
        ("message", "742"),
    ]
    assert world.ground.windows.refused == 0


@pytest.mark.parametrize(
    ("kind", "act", "code"),
    [
        ("message", {"member": "discord:43", "text": "hello"}, "unreachable"),
        ("reply", {"content_id": f"{CHANNEL}:999", "text": "hello"}, "gone"),
        ("pin", {"content_id": f"{CHANNEL}:999"}, "gone"),
        ("ban", {"member": "discord:9"}, "forbidden"),
        ("mute", {"member": "discord:8"}, "gone"),
        ("publish", {"channel": f"{GUILD}:777", "text": "hello"}, "gone"),
    ],
)
async def test_what_discord_refuses_is_told_by_its_kind(kind: Kind, act: dict[str, Any], code: str) -> None:
    world = Discord()
    world.write("1", "2", "hello")
    world.closed.add("43")
    world.untouchable.add("9")
    world.absent.add("8")

    async with scene("discord", world, TOKEN) as (platform, ask, _):
        with pytest.raises(Impossible) as raised:
            await platform.carry_out(errand(kind, GUILD, **act), ask)

    assert raised.value.code == code
    assert told(world) == []


async def test_a_wrong_token_is_lost() -> None:
    async with scene("discord", Discord(), "wrong") as (platform, ask, _):
        with pytest.raises(Lost):
            await platform.carry_out(errand("ban", GUILD, member=ANNA), ask)


@pytest.mark.parametrize("fault", ["lost", "cut"])
async def test_a_message_whose_answer_is_lost_is_found_exactly(fault: Fault) -> None:
    world = Discord()
    question = world.write("1", "2", "question")
    world.ground.faults.script.append(Scripted(fault, "/messages"))
    one = errand("reply", GUILD, content_id=f"{CHANNEL}:{question}", text="answer")

    async with scene("discord", world, TOKEN) as (platform, ask, _):
        began = SystemClock().now()
        with pytest.raises(Unsure):
            await platform.carry_out(one, ask)
        world.write("1", "2", "answer")
        done = await platform.find(one, Attempt(began, None, ()), ask)

    assert done is not None
    assert done.content_id == f"{CHANNEL}:{world.ground.effects.all[0].id}"


async def test_a_message_that_was_never_sent_is_not_found() -> None:
    world = Discord()
    question = world.write("1", "2", "question")
    world.ground.faults.script.append(Scripted("broken", "/messages"))
    one = errand("reply", GUILD, content_id=f"{CHANNEL}:{question}", text="answer")

    async with scene("discord", world, TOKEN) as (platform, ask, _):
        began = SystemClock().now()
        with pytest.raises(Unsure):
            await platform.carry_out(one, ask)
        done = await platform.find(one, Attempt(began, None, ()), ask)

    assert done is None


async def test_discord_never_has_to_ask_for_a_pause() -> None:
    world = Discord()
    contents = [f"{CHANNEL}:{world.write('1', '2', 'spam')}" for _ in range(12)]

    async with scene("discord", world, TOKEN) as (platform, ask, _):
        deletions = [platform.carry_out(errand("delete", GUILD, content_id=content), ask) for content in contents]
        posts = [platform.carry_out(errand("publish", GUILD, f"{n}", channel=CHANNEL, text="hi"), ask) for n in range(7)]
        await asyncio.gather(*deletions, *posts)

    assert world.ground.effects.counts() == {"delete": 12, "message": 7}
    assert world.ground.windows.refused == 0
