"""What happens in one community does not hold up another, though both are reached through one bot."""

from __future__ import annotations

import asyncio
import time

import pytest

from shared.topics import ACTIONS
from tests.builders import action_ban, action_delete
from tests.integration.delivery.carrying import BRAND, Delivery, delivering, publish_all
from tests.integration.services import eventually
from tests.parts import StackFactory

STORM, QUIET = "telegram:-1001", "telegram:-1002"
BANS, DELETIONS = 5_000, 20
LATE_S = 2.0


async def test_a_storm_of_bans_in_one_community_delays_deletions_in_another_by_two_seconds_at_most(
    own_stack: StackFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with delivering(own_stack, monkeypatch) as delivery:
        telegram, effects = delivery.telegram, delivery.telegram.ground.effects
        bans = [action_ban(brand=BRAND, community=STORM, member=f"telegram:{n}", cause=f"s-{n}") for n in range(1, BANS + 1)]
        await publish_all(delivery.settings.kafka, ACTIONS.name, bans)
        await eventually(lambda: _counted(delivery, "ban"), lambda found: found > 100)

        took = [await gone_after_s(delivery, telegram.write(-1002, "spam")) for _ in range(DELETIONS)]

        assert max(took) < LATE_S, took
        assert effects.counts()["ban"] < BANS / 2, "the storm still rages"
        assert telegram.ground.windows.refused == 0


async def _counted(delivery: Delivery, kind: str) -> int:
    return delivery.telegram.ground.effects.counts()[kind]


async def gone_after_s(delivery: Delivery, message: int) -> float:
    """Ask for a deletion; return after how many seconds nobody can see the message."""
    began = time.monotonic()
    await delivery.ask(
        action_delete(brand=BRAND, community=QUIET, content_id=f"{QUIET}:{message}", cause=f"decision-{message}")
    )
    while delivery.telegram.shows(-1002, message):
        assert time.monotonic() - began < 30, "it is never deleted"
        await asyncio.sleep(0.01)
    return time.monotonic() - began
