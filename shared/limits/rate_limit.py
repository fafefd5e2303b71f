"""Limits that all processes share, at the price of one question to Redis for many requests.

A process takes tokens from Redis by the lease, a share of the bucket (LEASE_SHARE), and gives them out from memory, so
hardly a request waits for it. The price is that a process may hold up to a lease that another would have needed, and may
give it out later: over all processes, t seconds see at most `burst + per_s * t + burst / LEASE_SHARE * processes`.

While Redis is lost each process counts by itself, with a full bucket of the same size: then the limit is that much for each
process. That errs to the side of taking in, which is meant: a limit is there against floods, not for the account.

Own code, because the libraries for it (limits, pyrate-limiter) ask Redis for every request.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Protocol

from shared.errors import Retryable
from shared.limits.bucket import SECOND_US, Bucket, Grant, Rate

log = logging.getLogger(__name__)

LEASE_SHARE = 20
"""The share of a bucket that is taken ahead, a twentieth: few replicas do not share it up among themselves."""
AGAIN_S = 1.0
"""How often a Redis that is lost is asked whether it is back; the request that asks waits, the others do not."""


class Tokens(Protocol):
    """Where tokens come from."""

    async def take(self, key: str, rate: Rate, least: int, most: int) -> Grant:
        """Take tokens; see `bucket.taken`. Raises Retryable where it cannot be known."""


class _Purse:
    """What this process has of one key."""

    def __init__(self) -> None:
        self.left = 0
        self.bucket = Bucket()
        """Counted while Redis is lost."""
        self.turn = asyncio.Lock()
        self.refused = (0, 0.0)
        """How many tokens were not there, and until when that is so: who needs as many need not ask."""

    def spend(self, cost: int) -> bool:
        """Give out tokens, where there are enough."""
        if self.left < cost:
            return False
        self.left -= cost
        return True


class RateLimit:
    """Says who may go on. Keys are connections and service keys: as many as were declared, so none is ever forgotten."""

    def __init__(
        self, tokens: Tokens, told: Callable[[bool], None] = lambda _: None, now: Callable[[], float] = time.monotonic
    ) -> None:
        """`told` hears whether each process counts by itself, whenever that changes."""
        self._tokens, self._told, self._now = tokens, told, now
        self._purses: dict[str, _Purse] = {}
        self._is_lost, self._ask_at = False, 0.0

    async def take(self, rate: Rate, key: str, cost: int = 1) -> float:
        """Take `cost` tokens; return 0, or after how many seconds they will be there.

        More than the whole bucket is never asked for: what costs as much takes all of it.
        """
        purse = self._purses.get(key) or self._purses.setdefault(key, _Purse())
        cost = min(cost, rate.burst)
        if purse.spend(cost):
            return 0.0
        async with purse.turn:
            return 0.0 if purse.spend(cost) else await self._filled(key, purse, rate, cost)

    async def _filled(self, key: str, purse: _Purse, rate: Rate, cost: int) -> float:
        least = cost - purse.left
        missing, until = purse.refused
        if least >= missing and self._now() < until:
            return until - self._now()
        grant = await self._granted(key, purse, rate, least)
        purse.left += grant.tokens
        if purse.spend(cost):
            return 0.0
        wait_s = grant.wait_us / SECOND_US
        purse.refused = (least, self._now() + wait_s)
        return wait_s

    async def _granted(self, key: str, purse: _Purse, rate: Rate, least: int) -> Grant:
        most = max(least, rate.burst // LEASE_SHARE)
        now = self._now()
        if not self._is_lost or now >= self._ask_at:
            self._ask_at = now + AGAIN_S  # of those that come meanwhile, none asks as well
            try:
                grant = await self._tokens.take(key, rate, least, most)
            except Retryable as error:
                self._lose(error)
            else:
                self._find()
                return grant
        return purse.bucket.take(round(self._now() * SECOND_US), rate, least, most)

    def _lose(self, error: Retryable) -> None:
        if not self._is_lost:
            log.warning("limits are counted by this process alone until Redis is back: %s", error)
            self._is_lost = True
            self._told(True)

    def _find(self) -> None:
        if self._is_lost:
            log.warning("Redis is back: limits are counted for all processes together again")
            self._is_lost = False
            self._told(False)
