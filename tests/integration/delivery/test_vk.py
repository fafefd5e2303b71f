from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.delivery.platforms.platform import Impossible, Kind, Lost, Unsure
from shared.clock import SystemClock
from simulated.faults import Fault, Scripted
from simulated.vk import TOKEN, Vk
from tests.integration.delivery.asking import scene
from tests.unit.delivery.platforms.asking import errand

GROUP = "vk:1"
CHAT = f"{GROUP}:2000000005"
ANNA = "vk:42"


def told(world: Vk) -> list[tuple[str, str]]:
    return [(effect.kind, effect.target) for effect in world.ground.effects.all]


async def test_each_act_has_its_effect_and_only_once() -> None:
    world = Vk(is_limited=False)
    post = world.put("post", "-1", "news")
    comment = world.put("comment", "-1", "spam", post=post)
    message = world.write("2000000005", "spam")
    content = f"{GROUP}:comment-1_{comment}"
    acts: list[tuple[Kind, dict[str, Any]]] = [
        ("reply", {"content_id": content, "text": "please"}),
        ("hide", {"content_id": content}),
        ("restore", {"content_id": content}),
        ("delete", {"content_id": f"{GROUP}:message2000000005_{message}"}),
        ("ban", {"member": ANNA, "until": SystemClock().now() + timedelta(days=1)}),
        ("unban", {"member": ANNA}),
        ("mute", {"member": ANNA, "channel": CHAT}),
        ("unmute", {"member": ANNA, "channel": CHAT}),
        ("pin", {"content_id": f"{GROUP}:post-1_{post}"}),
        ("publish", {"text": "hello"}),
        ("message", {"member": ANNA, "text": "hello"}),
    ]

    async with scene("vk", world, TOKEN) as (platform, ask, _):
        for kind, act in acts:
            await platform.carry_out(errand(kind, GROUP, kind, **act), ask)
            await platform.carry_out(errand(kind, GROUP, kind, **act), ask)

    assert told(world) == [
        ("message", f"wall-1_{post}"),
        ("delete", f"comment-1_{comment}"),
        ("restore", f"comment-1_{comment}"),
        ("delete", f"message2000000005_{message}"),
        ("ban", "42"),
        ("unban", "42"),
        ("mute", "2000000005:42"),
        ("unmute", "2000000005:42"),
        ("pin", f"post-1_{post}"),
        ("message", "wall-1"),
        ("message", "42"),
    ]


@pytest.mark.parametrize(
    ("kind", "act", "code"),
    [
        ("message", {"member": "vk:43", "text": "hello"}, "unreachable"),
        ("reply", {"content_id": f"{GROUP}:comment-1_999", "text": "hello"}, "gone"),
        ("pin", {"content_id": f"{GROUP}:post-1_999"}, "gone"),
        ("ban", {"member": "vk:9"}, "forbidden"),
    ],
)
async def test_what_vk_refuses_is_told_by_its_kind(kind: Kind, act: dict[str, Any], code: str) -> None:
    world = Vk()
    world.closed.add("43")
    world.strangers.add("9")

    async with scene("vk", world, TOKEN) as (platform, ask, _):
        with pytest.raises(Impossible) as raised:
            await platform.carry_out(errand(kind, GROUP, **act), ask)

    assert raised.value.code == code
    assert told(world) == []


async def test_a_communitys_token_says_that_it_is_not_enough() -> None:
    async with scene("vk", Vk(kind="community"), TOKEN) as (platform, ask, _):
        with pytest.raises(Impossible, match="administrator's token"):
            await platform.carry_out(errand("ban", GROUP, member=ANNA), ask)


async def test_a_wrong_token_is_lost() -> None:
    async with scene("vk", Vk(), "wrong") as (platform, ask, _):
        with pytest.raises(Lost):
            await platform.carry_out(errand("ban", GROUP, member=ANNA), ask)


@pytest.mark.parametrize("fault", ["lost", "cut"])
@pytest.mark.parametrize(
    ("kind", "act", "method"), [("publish", {}, "wall.post"), ("message", {"member": ANNA}, "messages.send")]
)
async def test_what_is_said_again_is_known_by_its_key(fault: Fault, kind: Kind, act: dict[str, Any], method: str) -> None:
    world = Vk()
    world.ground.faults.script.append(Scripted(fault, method))
    one = errand(kind, GROUP, text="hello", **act)

    async with scene("vk", world, TOKEN) as (platform, ask, _):
        with pytest.raises(Unsure):
            await platform.carry_out(one, ask)
        done = await platform.carry_out(one, ask)

    (effect,) = world.ground.effects.all
    assert done.content_id is not None
    assert done.content_id.endswith(f"_{effect.id}")


async def test_vk_never_has_to_say_that_it_is_too_fast() -> None:
    world = Vk()
    comments = [f"{GROUP}:comment-1_{world.put('comment', '-1')}" for _ in range(5)]

    async with scene("vk", world, TOKEN) as (platform, ask, _):
        deletions = [platform.carry_out(errand("delete", GROUP, content_id=comment), ask) for comment in comments]
        messages = [platform.carry_out(errand("message", GROUP, f"{n}", member=ANNA, text="hi"), ask) for n in range(30)]
        await asyncio.gather(*deletions, *messages)

    assert world.ground.effects.counts() == {"delete": 5, "message": 30}
    assert world.ground.windows.refused == 0
