"""The example of docs/moderation-backtest.md: `python -m tests.component.moderation.backtest_example` prints it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.moderation.backtest.report import Report
from services.moderation.cli.backtest import show
from tests.component.moderation.backtests import BEGIN, day, span, stored, tried, version
from tests.unit.moderation.world import World, reversal

CANDIDATE: Mapping[str, Any] = {
    "rules": [
        {"id": "shouting", "when": "text.capitals > 0.7 && text.length > 20", "then": "remove"},
        {"id": "short", "when": "text.words == 1", "then": "flag", "status": "shadow"},
    ],
    "phrases": {"threshold": 6},
    "strikes": {"thresholds": [{"points": 5, "then": "mute", "for": "1d"}]},
}


async def example() -> Report:
    """Return the report of a made-up day, of which a moderator took two removals back."""
    live = [version(stored({}))]
    world = World(live)
    world.tell(*day(11))
    await world.fold()
    removed = [one for one in world.put_out() if one.data.verdict == "remove"]
    for decision in removed[:2]:
        world.command(reversal(decision, id=f"back-{decision.id}"))
    await world.fold()
    return await tried(world, live, {"default": stored(CANDIDATE)}, span=span()._replace(until=BEGIN + timedelta(days=1)))


if __name__ == "__main__":
    show(asyncio.run(example()))
