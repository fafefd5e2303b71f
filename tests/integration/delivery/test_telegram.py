from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.delivery.platforms.platform import Attempt, Away, Busy, Impossible, Kind, Lost, Unsure
from shared.clock import SystemClock
from simulated.faults import Fault, Scripted
from simulated.telegram import TOKEN, Telegram
from tests.integration.delivery.asking import scene
from tests.unit.delivery.platforms.asking import errand

CHAT = "telegram:-100123"
ANNA = "telegram:42"


def told(world: Telegram) -> list[tuple[str, str]]:
    return [(effect.kind, effect.target) for effect in world.ground.effects.all]


async def test_each_act_has_its_effect_and_only_once() -> None:
    world = Telegram()
    world.started.add(42)
    content = f"{CHAT}:{world.write(-100123, 'spam')}"
    acts: list[tuple[Kind, dict[str, Any]]] = [
        ("pin", {"content_id": content}),
        ("mute", {"member": ANNA, "until": SystemClock().now() + timedelta(hours=1)}),
        ("unmute", {"member": ANNA}),
        ("ban", {"member": ANNA}),
        ("unban", {"member": ANNA}),
        ("delete", {"content_id": content}),
    ]

    async with scene("telegram", world, TOKEN) as (platform, ask, _):
        for kind, act in acts:
            await platform.carry_out(errand(kind, CHAT, **act), ask)
            await platform.carry_out(errand(kind, CHAT, **act), ask)
        done = await platform.carry_out(errand("message", CHAT, member=ANNA, text="hello"), ask)

    assert [kind for kind, _ in told(world)] == ["pin", "mute", "unmute", "ban", "unban", "delete", "message"]
    assert done.content_id == "telegram:42:1"
    assert world.ground.windows.refused == 0


@pytest.mark.parametrize(
    ("kind", "act", "code"),
    [
        ("message", {"member": "telegram:43", "text": "hello"}, "unreachable"),
        ("reply", {"content_id": f"{CHAT}:999", "text": "hello"}, "gone"),
        ("pin", {"content_id": f"{CHAT}:999"}, "gone"),
        ("ban", {"member": "telegram:1"}, "forbidden"),
        ("publish", {"text": "hello"}, "forbidden"),
    ],
)
async def test_what_telegram_refuses_is_told_by_its_kind(kind: Kind, act: dict[str, Any], code: str) -> None:
    world = Telegram()
    world.admins.add(1)
    world.outside.add(-100999)
    community = "telegram:-100999" if kind == "publish" else CHAT

    async with scene("telegram", world, TOKEN) as (platform, ask, _):
        with pytest.raises(Impossible) as raised:
            await platform.carry_out(errand(kind, community, **act), ask)

    assert raised.value.code == code
    assert told(world) == []


async def test_a_wrong_token_is_lost() -> None:
    async with scene("telegram", Telegram(), "1:wrong") as (platform, ask, _):
        with pytest.raises(Lost) as raised:
            await platform.carry_out(errand("publish", CHAT, text="hello"), ask)

    assert "1:wrong" not in f"{raised.value}"


@pytest.mark.parametrize("fault", ["lost", "cut", "late"])
async def test_a_message_whose_answer_is_lost_is_found_exactly(fault: Fault) -> None:
    world = Telegram()
    before = world.write(-100123, "question")
    world.ground.faults.script.append(Scripted(fault, "sendMessage"))
    one = errand("reply", CHAT, content_id=f"{CHAT}:{before}", text="answer")

    async with scene("telegram", world, TOKEN) as (platform, ask, _):
        began = SystemClock().now()
        with pytest.raises(Unsure):
            await platform.carry_out(one, ask)
        world.write(-100123, "thanks")
        done = await platform.find(one, Attempt(began, f"{before}", ()), ask)

    assert done is not None
    assert done.content_id == f"{CHAT}:{before + 1}"
    assert told(world) == [("message", "-100123")]


async def test_a_message_that_was_never_sent_is_not_found() -> None:
    world = Telegram()
    before = world.write(-100123, "question")
    world.ground.faults.script.append(Scripted("broken", "sendMessage"))
    one = errand("reply", CHAT, content_id=f"{CHAT}:{before}", text="answer")

    async with scene("telegram", world, TOKEN) as (platform, ask, _):
        began = SystemClock().now()
        with pytest.raises(Unsure):
            await platform.carry_out(one, ask)
        world.write(-100123, "anybody?")
        done = await platform.find(one, Attempt(began, f"{before}", ()), ask)

    assert done is None
    assert told(world) == []


async def test_a_storm_is_a_pause_and_a_failure_before_anything_is_away() -> None:
    world = Telegram()
    world.ground.faults.begin_storm("-100123", world.ground.now_s() + 5)
    world.ground.faults.script.append(Scripted("broken", "banChatMember"))

    async with scene("telegram", world, TOKEN) as (platform, ask, _):
        with pytest.raises(Away):
            await platform.carry_out(errand("ban", CHAT, member=ANNA), ask)
        with pytest.raises(Busy) as raised:
            await platform.carry_out(errand("publish", CHAT, text="hello"), ask)

    assert 1 <= raised.value.wait_s <= 6
    assert world.ground.stormed == 1
    assert told(world) == []


async def test_telegram_never_has_to_ask_for_a_pause() -> None:
    world = Telegram()
    chats = [f"telegram:-100{number}" for number in range(1, 26)]

    async with scene("telegram", world, TOKEN) as (platform, ask, _):
        acts = [platform.carry_out(errand("publish", chat, text="hello"), ask) for chat in chats for _ in range(3)]
        await asyncio.gather(*acts)

    assert world.ground.effects.counts() == {"message": 75}
    assert world.ground.windows.refused == 0
