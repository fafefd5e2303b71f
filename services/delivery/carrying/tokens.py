"""Several buckets taken from at once, shared by all processes through Redis: all of them have a token, or none loses one.

The buckets are those of `shared.limits.bucket`, one number each, and work by Redis's own clock. Nothing is taken ahead, as
the limits of the edge are: a platform answers one request too many with a ban of minutes.

While Redis is lost each process keeps to its share of each limit, as large as its share of the partitions, and to what
platforms told it since; so all together stay within the limit still.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from services.delivery.platforms.platform import Bucket
from shared.limits.bucket import SECOND_US, Rate, taken

log = logging.getLogger(__name__)

ANSWER_S = 0.25
"""Redis answers within a millisecond; an act may wait longer for it than a request at the edge may."""

AGAIN_S = 1.0
"""How often a Redis that is lost is asked whether it is back."""

SETTLE_S = 60.0
"""As long as the longest window in which a platform counts: a Redis that came back may have forgotten what was taken in it,
so each bucket begins with a single token then."""

SHARE_MIN = 0.02
"""Of a limit, while Redis is lost: a process without partitions that still has something in hand gets on slowly."""

OWN_MAX = 10_000
"""Buckets that are remembered before those are forgotten that are full again."""

TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local fulls, worst, wait = {}, 0, 0
for i, key in ipairs(KEYS) do
  local interval, burst = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local full = math.max(tonumber(redis.call('GET', key) or 0), now)
  local missing = interval - (burst * interval - (full - now))
  if missing > wait then worst, wait = i, missing end
  fulls[i] = full + interval
end
if worst > 0 then return {worst, wait} end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.0f', fulls[i]), 'PX', math.ceil((fulls[i] - now) / 1000) + 1000)
end
return {0, 0}
"""
"""Takes a token of each bucket, or tells which one has none for longest, and for how long, in microseconds."""

PRESS = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, burst, wait = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now + wait + (burst - 1) * interval)
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1000)
return 0
"""
"""Empties a bucket for a while: after it, there is one token."""


class Refused(NamedTuple):
    """A bucket without a token."""

    key: str
    wait_s: float


class Tokens:
    """Takes tokens for requests of one connection."""

    def __init__(self, shelf: SharedBuckets, connection: str) -> None:
        self._shelf, self._connection = shelf, connection

    async def take(self, buckets: Sequence[Bucket]) -> Refused | None:
        """Take a token of each, or say which one has none for longest."""
        return await self._shelf.take(self._connection, buckets)

    async def press(self, bucket: Bucket, wait_s: float) -> None:
        """Leave a bucket alone for a while, all processes."""
        await self._shelf.press(self._connection, bucket, wait_s)


class SharedBuckets:
    """The buckets of all connections."""

    def __init__(
        self,
        url: str,
        prefix: str,
        share: Callable[[], float] = lambda: 1.0,
        told: Callable[[bool], None] = lambda _: None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`share` tells which share of the partitions is this process's, from 0 to 1; `told` hears whether Redis is lost."""
        retry = Retry(NoBackoff(), 0)
        self._redis: Redis = Redis.from_url(url, socket_timeout=ANSWER_S, socket_connect_timeout=ANSWER_S, retry=retry)
        self._take, self._press = self._redis.register_script(TAKE), self._redis.register_script(PRESS)
        self._prefix, self._share, self._told, self._now = prefix, share, told, now
        self._own: dict[str, int] = {}
        """When buckets of this process are full again, in microseconds: what it counts by while Redis is lost."""
        self._is_lost, self._ask_at = False, 0.0
        self._settled: set[str] = set()
        """Buckets that were emptied since Redis came back."""
        self._settling_until = 0.0

    @property
    def is_lost(self) -> bool:
        """Say whether each process counts by itself."""
        return self._is_lost

    def of(self, connection: str) -> Tokens:
        """Return the buckets of one connection."""
        return Tokens(self, connection)

    async def take(self, connection: str, buckets: Sequence[Bucket]) -> Refused | None:
        """Take a token of each bucket, or of none; see `Tokens.take`."""
        if not buckets:
            return None
        keys = [self._key(connection, bucket.key) for bucket in buckets]
        args = [number for bucket in buckets for number in (bucket.rate.interval_us, bucket.rate.burst)]
        resting = self._resting(keys, buckets)
        if resting is not None:
            return resting
        await self._settle(keys, buckets)
        found = await self._asked(self._take, keys, args)
        if found is None:
            return self._alone(keys, buckets)
        worst, wait_us = int(found[0]), int(found[1])
        return None if worst == 0 else Refused(buckets[worst - 1].key, wait_us / SECOND_US)

    async def press(self, connection: str, bucket: Bucket, wait_s: float) -> None:
        """Leave a bucket alone; see `Tokens.press`."""
        key, wait_us = self._key(connection, bucket.key), round(wait_s * SECOND_US)
        self._remember({key: max(self._own.get(key, 0), self._now_us() + wait_us)})
        await self._asked(self._press, [key], [bucket.rate.interval_us, bucket.rate.burst, wait_us])

    def _resting(self, keys: Sequence[str], buckets: Sequence[Bucket]) -> Refused | None:
        """Say which bucket this process knows to rest for longest: Redis may have forgotten it."""
        now = self._now_us()
        full, key = max((self._own.get(key, 0), bucket.key) for key, bucket in zip(keys, buckets, strict=True))
        return Refused(key, (full - now) / SECOND_US) if full > now else None

    async def _settle(self, keys: Sequence[str], buckets: Sequence[Bucket]) -> None:
        """Empty buckets that are asked for the first time since Redis came back."""
        if self._now() >= self._settling_until:
            self._settled.clear()
            return
        for key, bucket in zip(keys, buckets, strict=True):
            if key not in self._settled:
                self._settled.add(key)
                await self._asked(self._press, [key], [bucket.rate.interval_us, bucket.rate.burst, 0])

    async def _asked(self, script: Callable[..., object], keys: Sequence[str], args: Sequence[int]) -> list[int] | None:
        """Return what a script answers; None while Redis is lost."""
        now = self._now()
        if self._is_lost and now < self._ask_at:
            return None
        self._ask_at = now + AGAIN_S
        try:
            async with asyncio.timeout(ANSWER_S):
                found = await script(keys=keys, args=args)  # type: ignore[misc] # redis-py's scripts are untyped
        except (RedisError, OSError, TimeoutError) as error:
            if not self._is_lost:
                log.warning("Redis is away (%s): this process keeps to its share of the limits", type(error).__name__)
            self._is_lost = True
            self._told(True)
            return None
        if self._is_lost:
            self._is_lost = False
            self._settled.clear()
            self._settling_until = now + SETTLE_S
            self._told(False)
        return found if isinstance(found, list) else [0, 0]

    def _alone(self, keys: Sequence[str], buckets: Sequence[Bucket]) -> Refused | None:
        """Take from this process's share: without a burst, for others may have had theirs a moment ago."""
        share, now = max(SHARE_MIN, self._share()), self._now_us()
        fulls = dict[str, int]()
        for key, bucket in zip(keys, buckets, strict=True):
            rate = Rate(bucket.rate.per_s * share, 1)
            fulls[key], grant = taken(self._own.get(key, 0), now, rate, 1, 1)
            if not grant.tokens:
                return Refused(bucket.key, grant.wait_us / SECOND_US)
        self._remember(fulls)
        return None

    def _remember(self, fulls: dict[str, int]) -> None:
        self._own |= fulls
        if len(self._own) > OWN_MAX:
            now = self._now_us()
            self._own = {key: full for key, full in self._own.items() if full > now}

    def _key(self, connection: str, name: str) -> str:
        return f"{self._prefix}/delivery/{{{connection}}}/{name}"  # in braces, what a cluster keeps together

    def _now_us(self) -> int:
        return round(self._now() * SECOND_US)

    async def close(self) -> None:
        """Disconnect."""
        await self._redis.aclose()
