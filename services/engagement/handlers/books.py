"""The policies that are in force, as folds ask for them."""

from __future__ import annotations

from typing import NamedTuple

from services.engagement.rules.rewards import Rewards
from services.engagement.rules.standing.standings import Rules
from shared.policy import InForce


class Books(NamedTuple):
    """Those of members' standing and of rewards."""

    standing: InForce[Rules]
    rewards: InForce[Rewards]

    async def refresh(self) -> None:
        """Have both up to date. Raises Retryable where that fails."""
        await self.standing.refresh()
        await self.rewards.refresh()
