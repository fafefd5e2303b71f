"""Connections that are cut, storms and failures, over real sockets: what is said is seen once, on every platform."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from services.delivery.platforms.platform import Errand
from shared.clock import SystemClock
from simulated import discord, discourse, slack, telegram, vk
from simulated.faults import Faults, Shares
from simulated.world import Ground, World
from tests.integration.delivery.asking import scene
from tests.unit.delivery.platforms.asking import Executor, errand

ROUGH = Shares(lost=0.15, cut=0.15, broken=0.1, slow=0.05, slow_s=0.02, storm=0.02, storm_s=0.2)
COUNT = 25
FORUM = "discourse:forum.example"


class Case(NamedTuple):
    """A platform, and the errands that are carried out there, with what was the newest in the place before."""

    id: str
    world: World
    token: str
    errands: list[tuple[Errand, str | None]]


def ground() -> Ground:
    return Ground(faults=Faults(seed=7))


def on_telegram() -> Case:
    world = telegram.Telegram(ground(), is_limited=False)
    errands: list[tuple[Errand, str | None]] = []
    for number in range(COUNT):
        chat = -1_001_000 - number
        question = world.write(chat, "question")
        content = f"telegram:{chat}:{question}"
        errands.append((errand("reply", f"telegram:{chat}", f"{number}", content_id=content, text="same"), f"{question}"))
    return Case("telegram", world, telegram.TOKEN, errands)


def on_discord() -> Case:
    world = discord.Discord(ground(), is_limited=False)
    content = f"discord:1:2:{world.write('1', '2', 'question')}"
    return Case("discord", world, discord.TOKEN, [(replying("discord:1", number, content), None) for number in range(COUNT)])


def on_vk() -> Case:
    world = vk.Vk(ground(), is_limited=False)
    comment = world.put("comment", "-1", "question", post=world.put("post", "-1"))
    content = f"vk:1:comment-1_{comment}"
    return Case("vk", world, vk.TOKEN, [(replying("vk:1", number, content), None) for number in range(COUNT)])


def on_discourse() -> Case:
    world = discourse.Discourse(ground(), is_limited=False)
    content = f"{FORUM}:{world.open('A topic', 'question')}/1"
    return Case("discourse", world, discourse.TOKEN, [(replying(FORUM, number, content), None) for number in range(COUNT)])


def on_slack() -> Case:
    world = slack.Slack(ground(), is_limited=False)
    content = f"slack:T1:C1:{world.write('C1', 'question')}"
    return Case("slack", world, slack.TOKEN, [(replying("slack:T1", number, content), None) for number in range(COUNT)])


def replying(community: str, number: int, content: str) -> Errand:
    return errand("reply", community, f"{number}", content_id=content, text="same")


@pytest.mark.parametrize("case", [on_telegram, on_discord, on_vk, on_discourse, on_slack])
async def test_what_is_said_is_seen_once_whatever_goes_wrong(case: Callable[[], Case]) -> None:
    id_, world, token, errands = case()
    async with scene(id_, world, token, "veche", keeps_rates=False) as (platform, ask, _):
        executor = Executor(platform, ask, SystemClock().now())
        world.ground.faults.shares = ROUGH
        for one, before in errands:
            await executor.settle(one, before)

    faults = world.ground.faults.counts
    seen = {f"{effect.target}/{effect.id}" for effect in world.ground.effects.of("message")}
    assert len(world.ground.effects.of("message")) == len(seen) == COUNT
    assert len({done.content_id for done in executor.done.values()}) == COUNT
    assert min(faults.get(fault, 0) for fault in ("lost", "cut", "broken")) > 0
