"""The policies that are in force, as folds ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from services.engagement.rules.contests import Running
from services.engagement.rules.rewards import Rewards
from services.engagement.rules.standing.standings import Rules
from shared.documents.things import Thing
from shared.policy import AllInForce, InForce


class Books(NamedTuple):
    """Those of members' standing and of rewards, and contests."""

    standing: InForce[Rules]
    rewards: InForce[Rewards]
    contests: AllInForce[Running]
    things: Mapping[str, AllInForce[Thing]]
    """All that members can take part in, by kind."""

    async def refresh(self) -> None:
        """Have them up to date. Raises Retryable where that fails."""
        await self.standing.refresh()
        await self.rewards.refresh()
        await self.contests.refresh()
        for book in self.things.values():
            await book.refresh()
