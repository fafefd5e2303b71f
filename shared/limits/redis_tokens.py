"""Buckets in Redis, one for all processes: one script, so one step that nobody comes between, by Redis's own clock."""

from __future__ import annotations

import asyncio

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from shared.errors import Retryable
from shared.limits.bucket import Grant, Rate

ANSWER_S = 0.02
"""Redis answers within one millisecond; a request waits for it no longer than this before its process counts by itself."""

REDIS_SCRIPT = """
local interval, burst, least, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local room = burst * interval - (full - now)
local found = math.min(most, math.floor(room / interval))
if found < least then return {0, least * interval - room} end
full = full + found * interval
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1000)
return {found, 0}
"""
"""`bucket.taken` in Lua. The key goes when the bucket is full anyway; a second is added for clocks that are set."""


class RedisTokens:
    """Takes tokens from Redis."""

    def __init__(self, url: str, prefix: str) -> None:
        """`prefix` stands before every key: an installation's own."""
        retry = Retry(NoBackoff(), 0)  # a second try would be another wait; the process counts by itself instead
        self._redis: Redis = Redis.from_url(url, socket_timeout=ANSWER_S, socket_connect_timeout=ANSWER_S, retry=retry)
        self._script = self._redis.register_script(REDIS_SCRIPT)
        self._prefix = prefix

    async def take(self, key: str, rate: Rate, least: int, most: int) -> Grant:
        """Take tokens; see `bucket.taken`. Raises Retryable where Redis does not answer at once."""
        try:
            async with asyncio.timeout(ANSWER_S):
                found, wait_us = await self._script(
                    keys=[f"{self._prefix}/limits/{key}"], args=[rate.interval_us, rate.burst, least, most]
                )
        except (RedisError, OSError, TimeoutError) as error:
            raise Retryable(f"Redis is away: {type(error).__name__}") from error
        return Grant(int(found), int(wait_us))

    async def close(self) -> None:
        """Disconnect."""
        await self._redis.aclose()
