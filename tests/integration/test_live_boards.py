"""Boards in Redis: places, and who may write when."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis

from services.engagement.rules.boards import Board, Metric, Period, ranked
from services.engagement.store.live_boards import LiveBoards
from shared.errors import Retryable
from tests.parts import Addresses

BOARD = Board("acme", "telegram:-1", Period.ALL, 0, Metric.POINTS)
DAY = Board("acme", None, Period.DAY, 735_000, Metric.POINTS)
VALUES = {f"telegram:{number}": number % 7 for number in range(40)}


@asynccontextmanager
async def boards(parts: Addresses, name: str) -> AsyncIterator[LiveBoards]:
    made = LiveBoards(parts.redis, name, partitions=2)
    try:
        yield made
    finally:
        await made.close()


def new_name() -> str:
    return f"t{secrets.token_hex(4)}"


async def test_pages_and_places_are_those_of_the_definition(parts: Addresses) -> None:
    async with boards(parts, new_name()) as live:
        life = await live.life()
        for q in (0, 1):
            assert await live.take(life, q, "me")
            mine = {member: value for number, (member, value) in enumerate(VALUES.items()) if number % 2 == q}
            assert await live.page(BOARD, 0, 10) is None, "not whole yet"
            assert await live.write(life, q, "me", {BOARD: mine}, is_whole=True)

        whole = ranked(VALUES)
        for offset in (0, 1, 7, 30, 99):
            page = await live.page(BOARD, offset, 9)
            assert page is not None
            assert (page.members, list(page.places)) == (len(whole), list(whole[offset : offset + 9]))
        for row, place in enumerate(whole):
            around = await live.around(BOARD, place.member, 2)
            assert around is not None
            assert list(around.places) == list(whole[max(0, row - 2) : row + 3])
        nobody = await live.around(BOARD, "telegram:0", 2)
        assert nobody is not None
        assert (nobody.members, list(nobody.places)) == (len(whole), [])


async def test_who_was_owner_before_writes_no_more(parts: Addresses) -> None:
    async with boards(parts, new_name()) as live:
        life = await live.life()
        first, second = await live.take(life, 0, "old"), await live.take(life, 0, "new")

        written = [await live.write(life, 0, owner, {BOARD: {"telegram:1": 1}}) for owner in ("old", "new")]

        assert (first, second) == (True, False), "the second has to take members off the boards, too"
        assert written == [False, True]


async def test_what_is_written_into_a_life_that_is_over_is_read_by_nobody(parts: Addresses) -> None:
    name = new_name()
    async with boards(parts, name) as live, Redis.from_url(parts.redis) as redis:
        life = await live.life()
        for q in (0, 1):
            await live.take(life, q, "me")
            await live.write(life, q, "me", {BOARD: {"telegram:1": 1}, DAY: {"telegram:1": 1}}, is_whole=True)
        shown = await live.page(BOARD, 0, 1)

        await live.end()
        late = await live.write(life, 0, "me", {BOARD: {"telegram:2": 9}})
        new = await live.life()
        lost = await live.page(BOARD, 0, 1)
        await live.sweep(life)
        kept = [key async for key in redis.scan_iter(f"{name}/boards/{life}/*")]
        await live.sweep(new)
        left = [key async for key in redis.scan_iter(f"{name}/boards/{life}/*")]

        assert shown is not None
        assert (late, lost, new == life) == (False, None, False)
        assert kept, "one who believes in a life that is over sweeps nothing away"
        assert not left


async def test_a_period_that_is_long_over_leaves_redis(parts: Addresses) -> None:
    name = new_name()
    async with boards(parts, name) as live, Redis.from_url(parts.redis) as redis:
        life = await live.life()
        await live.take(life, 0, "me")
        await live.write(life, 0, "me", {DAY: {"telegram:1": 1}, BOARD: {"telegram:1": 1}})

        left = [key async for key in redis.scan_iter(f"{name}/boards/{life}/of/*")]

        assert [key.decode().split("/")[4] for key in left] == ["all"]


async def test_without_redis_it_says_so() -> None:
    async with boards(Addresses("", "", "redis://127.0.0.1:1/0"), "nowhere") as live:
        with pytest.raises(Retryable, match="Redis is away"):
            await live.page(BOARD, 0, 1)
