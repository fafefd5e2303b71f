"""The live boards in Redis, one sorted set each. All of them may be lost: they are written again from the tallies.

What is written belongs to a *life*: a name that is made anew where there is none (Redis is empty) and where the server is
another run (it may have come back with what it knew some time ago). A partition's owner marks it as whole when all of it
is written; as long as a mark of the present life lacks, nothing is read. Scores are negative, so that the most stand first
and equal members in the order of their ids. The keys of one answer are many, so this needs one Redis and no cluster.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, WatchError

from services.engagement.rules.boards import KEPT_DAYS, PLACED_MAX, Board, Page, Period, numbered
from shared.errors import Retryable

READ_S = 0.2
"""A page takes a millisecond; who waits longer is better answered from the ledger."""
WRITE_S = 5.0
SPARE_DAYS = 2
"""So much longer than they are read keys stay: days differ by the clock's zone."""
SWEPT = 500
"""Keys that are looked at, and removed, at once."""

_IS_LIFE = """
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local life = redis.call('GET', KEYS[1])
local lives = life and string.sub(life, 1, #run) == run
"""

LIFE_SCRIPT = (
    _IS_LIFE
    + """
if lives then return life end
redis.call('SET', KEYS[1], run .. '.' .. ARGV[1])
return run .. '.' .. ARGV[1]
"""
)

_IS_WHOLE = (
    _IS_LIFE
    + """
if not lives then return false end
for q = 0, ARGV[1] - 1 do
    if redis.call('EXISTS', KEYS[1] .. '/' .. life .. '/whole/' .. q) == 0 then return false end
end
local key = KEYS[1] .. '/' .. life .. '/of/' .. ARGV[2]
"""
)

PAGE_SCRIPT = (
    _IS_WHOLE
    + """
local rows = redis.call('ZRANGE', key, ARGV[3], ARGV[3] + ARGV[4] - 1, 'WITHSCORES')
local above = rows[2] and redis.call('ZCOUNT', key, '-inf', '(' .. rows[2]) or 0
return {redis.call('ZCARD', key), above, rows}
"""
)
"""Page and marks in one step: nobody empties Redis between the two."""

PLACE_SCRIPT = (
    _IS_WHOLE
    + """
local rank = redis.call('ZRANK', key, ARGV[3])
if not rank then return {redis.call('ZCARD', key), -1, 0, {}} end
local first = math.max(0, rank - ARGV[4])
local rows = redis.call('ZRANGE', key, first, rank + ARGV[4], 'WITHSCORES')
return {redis.call('ZCARD', key), first, redis.call('ZCOUNT', key, '-inf', '(' .. rows[2]), rows}
"""
)

SWEEP_SCRIPT = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('UNLINK', unpack(KEYS, 2)) end
"""
"""Removes keys of earlier lives as long as this one is the present one."""


class LiveBoards:
    """Boards in Redis. Whatever it does raises Retryable where Redis is away."""

    def __init__(self, url: str, database: str, partitions: int) -> None:
        """`database` is the service's own name among installations; `partitions` write what is read."""
        retry = Retry(NoBackoff(), 0)  # asked again it would answer no sooner; writers come again by themselves
        times: Mapping[str, Any] = {"retry": retry, "socket_connect_timeout": READ_S}
        self._reads: Redis = Redis.from_url(url, socket_timeout=READ_S, **times)
        self._writes: Redis = Redis.from_url(url, socket_timeout=WRITE_S, **times)
        self._base, self._partitions = f"{database}/boards", partitions
        self._life = self._writes.register_script(LIFE_SCRIPT)
        self._page, self._place = (self._reads.register_script(text) for text in (PAGE_SCRIPT, PLACE_SCRIPT))
        self._sweep = self._writes.register_script(SWEEP_SCRIPT)

    async def page(self, board: Board, offset: int, limit: int) -> Page | None:
        """Return some places; None where the boards are not whole."""
        async with _answered():
            found = await self._page(keys=[self._base], args=[self._partitions, _name(board), offset, limit])
        if found is None:
            return None
        members, above, rows = found
        return Page(members, numbered(_rows(rows), offset, above))

    async def around(self, board: Board, member: str, others: int) -> Page | None:
        """Return a member's place, between so many before and behind; no places where there is none.

        None where the boards are not whole.
        """
        async with _answered():
            found = await self._place(keys=[self._base], args=[self._partitions, _name(board), member, others])
        if found is None:
            return None
        members, first, above, rows = found
        return Page(members, numbered(_rows(rows), first, above))

    async def life(self) -> str:
        """Return the present life; a new one begins where there is none."""
        async with _answered():
            found: bytes = await self._life(keys=[self._base], args=[secrets.token_hex(8)])
        return found.decode()

    async def end(self) -> None:
        """End the present life: all that was written is read no more, and is written again."""
        async with _answered():
            await self._writes.delete(self._base)

    async def take(self, life: str, q: int, owner: str) -> bool:
        """Be the one who writes a partition; who was before writes no more. Say whether there was nobody in this life."""
        async with _answered():
            return await self._writes.set(self._key(life, "owner", q), owner, get=True) is None

    async def write(
        self,
        life: str,
        q: int,
        owner: str,
        boards: Mapping[Board, Mapping[str, int]],
        *,
        is_whole: bool = False,
    ) -> bool:
        """Write where members stand, those with nothing nowhere; then mark the partition as whole where it is.

        All or nothing; says whether it was done: not where there is another life, or the partition has another owner.
        """
        mine = self._key(life, "owner", q)
        async with _answered(), self._writes.pipeline() as pipe:
            await pipe.watch(self._base, mine)
            present, holder = await pipe.mget(self._base, mine)
            if (present, holder) != (life.encode(), owner.encode()):
                return False
            pipe.multi()  # type: ignore[no-untyped-call]
            for board, places in boards.items():
                self._put(pipe, f"{self._base}/{life}/of/{_name(board)}", board, places)
            if is_whole:
                pipe.set(self._key(life, "whole", q), "1")
            try:
                await pipe.execute()
            except WatchError:
                return False
        return True

    def _put(self, pipe: Any, key: str, board: Board, places: Mapping[str, int]) -> None:  # noqa: ANN401 - redis-py's own
        gone = [member for member, value in places.items() if value <= 0]
        scores = {member: -min(value, PLACED_MAX) for member, value in places.items() if value > 0}
        if gone:
            pipe.zrem(key, *gone)
        if scores:
            pipe.zadd(key, scores)
        if board.period is not Period.ALL:
            pipe.expireat(key, _end(board))

    async def sweep(self, life: str) -> None:
        """Remove what earlier lives left."""
        kept = f"{self._base}/{life}/".encode()
        async with _answered():
            found = [
                key async for key in self._writes.scan_iter(f"{_escaped(self._base)}/*", SWEPT) if not key.startswith(kept)
            ]
            for start in range(0, len(found), SWEPT):
                await self._sweep(keys=[self._base, *found[start : start + SWEPT]], args=[life])

    def _key(self, life: str, what: str, q: int) -> str:
        return f"{self._base}/{life}/{what}/{q}"

    async def close(self) -> None:
        """Disconnect."""
        await self._reads.aclose()
        await self._writes.aclose()


def _name(board: Board) -> str:
    """Return the end of a board's key. What comes from outside stands last, so no two boards have one name."""
    return f"{board.period}/{board.first}/{board.metric}/{board.brand}/{board.community or ''}"


def _end(board: Board) -> datetime:
    day = date.fromordinal(board.first) + timedelta(days=KEPT_DAYS[board.period] + SPARE_DAYS)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _rows(rows: Sequence[bytes]) -> Sequence[tuple[str, int]]:
    return [(member.decode(), -int(float(score))) for member, score in zip(rows[::2], rows[1::2], strict=True)]


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in r"*?[]\^" else sign for sign in text)


@asynccontextmanager
async def _answered() -> AsyncIterator[None]:
    try:
        yield
    except (RedisError, OSError, TimeoutError) as error:
        raise Retryable(f"Redis is away: {type(error).__name__}") from error
