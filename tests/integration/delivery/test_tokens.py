"""Limits over a real Redis: the script says what the bucket says, processes share, and Redis may be killed and come back."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from services.delivery.carrying import tokens
from services.delivery.carrying.tokens import AGAIN_S, PRESS, TAKE, Refused, SharedBuckets
from services.delivery.platforms.platform import Bucket
from shared.limits.bucket import SECOND_US, Rate, taken
from tests.parts import Addresses, StackFactory

SLOW = Rate(0.1, 5)
"""Hardly anything comes back while a test runs."""

NOW_US = 1_800_000_000_000_000
Takes = Sequence[tuple[int, Sequence[int]]]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis answers within a millisecond; this machine may be too busy for it."""
    monkeypatch.setattr(tokens, "ANSWER_S", 5.0)


@asynccontextmanager
async def buckets(url: str, share: Callable[[], float] = lambda: 1.0, prefix: str = "") -> AsyncIterator[SharedBuckets]:
    made = SharedBuckets(url, prefix or secrets.token_hex(4), share)
    try:
        yield made
    finally:
        await made.close()


async def granted(shelf: SharedBuckets, bucket: Bucket, tries: int, connection: str = "bot") -> int:
    return sum([await shelf.take(connection, [bucket]) is None for _ in range(tries)])


def at(script: str, now_us: int) -> str:
    """Return a script whose clock stands still."""
    changed = script.replace(
        "local time = redis.call('TIME')\nlocal now = time[1] * 1000000 + time[2]", f"local now = {now_us}"
    )
    assert changed != script
    return changed


@given(
    rates=st.lists(st.tuples(st.floats(0.5, 1_000), st.integers(1, 30)), min_size=1, max_size=3),
    steps=st.lists(
        st.tuples(st.integers(0, 2_000_000), st.lists(st.integers(0, 2), min_size=1, max_size=3, unique=True)), max_size=8
    ),
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_the_script_takes_of_all_buckets_or_of_none_as_the_bucket_does(
    parts: Addresses, rates: list[tuple[float, int]], steps: Takes
) -> None:
    redis, run, now = Redis.from_url(parts.redis), secrets.token_hex(4), NOW_US
    fulls, each = dict[int, int](), [Rate(*rate) for rate in rates]
    try:
        for later_us, wanted in steps:
            now += later_us
            some = [number for number in wanted if number < len(each)] or [0]
            keys = [f"t/{run}/{number}" for number in some]
            args = [part for number in some for part in (each[number].interval_us, each[number].burst)]

            worst, wait_us = await redis.eval(at(TAKE, now), len(keys), *keys, *args)

            found = {number: taken(fulls.get(number, 0), now, each[number], 1, 1) for number in some}
            waits = {number: grant.wait_us for number, (_, grant) in found.items() if not grant.tokens}
            assert (int(worst) == 0) is (not waits)
            if waits:
                assert waits[some[int(worst) - 1]] == int(wait_us) == max(waits.values())
            else:
                fulls |= {number: full for number, (full, _) in found.items()}
    finally:
        await redis.aclose()


@pytest.mark.parametrize("burst", [1, 5])
async def test_after_a_pressed_bucket_s_wait_there_is_one_token(parts: Addresses, burst: int) -> None:
    redis, key, rate = Redis.from_url(parts.redis), f"t/{secrets.token_hex(4)}", Rate(1.0, burst)
    wait_us = 3 * SECOND_US

    await redis.eval(at(PRESS, NOW_US), 1, key, rate.interval_us, rate.burst, wait_us)

    async def take(now_us: int) -> list[int]:
        found = await redis.eval(at(TAKE, now_us), 1, key, rate.interval_us, rate.burst)
        return [int(part) for part in found]

    assert await take(NOW_US) == [1, wait_us]
    assert await take(NOW_US + wait_us - 1) == [1, 1]
    assert await take(NOW_US + wait_us) == [0, 0]
    assert await take(NOW_US + wait_us) == [1, rate.interval_us]
    await redis.aclose()


async def test_two_processes_share_a_connection_s_limit_and_no_other_s(parts: Addresses) -> None:
    prefix = secrets.token_hex(4)
    bucket = Bucket("bot", SLOW)
    async with buckets(parts.redis, prefix=prefix) as first, buckets(parts.redis, prefix=prefix) as second:
        both = [await granted(shelf, bucket, 4) for shelf in (first, second)]

        assert sum(both) == SLOW.burst
        assert await granted(second, bucket, 9, "other bot") == SLOW.burst


async def test_a_pressed_bucket_rests_for_all_processes_and_no_token_of_another_is_lost(parts: Addresses) -> None:
    prefix, chat, bot = secrets.token_hex(4), Bucket("chat/1", SLOW), Bucket("bot", SLOW)
    async with buckets(parts.redis, prefix=prefix) as first, buckets(parts.redis, prefix=prefix) as second:
        await first.of("bot").press(chat, 60.0)

        refused = [await shelf.of("bot").take([bot, chat]) for shelf in (first, second) for _ in range(10)]

        assert {one.key for one in refused if one is not None} == {"chat/1"}
        assert all(one is not None and 55 < one.wait_s <= 60 for one in refused)
        assert await granted(second, bot, 9) == SLOW.burst


@pytest.mark.timeout(60)
async def test_redis_is_killed_and_comes_back_empty_and_the_limit_is_kept_all_the_time(own_stack: StackFactory) -> None:
    stack, told = own_stack(), list[bool]()
    await asyncio.to_thread(stack.start, "redis")
    quick = Bucket("bot", Rate(20.0, 5))
    pressed = Bucket("chat/1", Rate(20.0, 1))
    shelf = SharedBuckets(stack.settings()["VECHE_REDIS"], "t", lambda: 0.5, told.append)
    tokens_of, began = shelf.of("bot"), time.monotonic()
    went: list[float] = []

    async def rush(seconds: float) -> int:
        until, before = time.monotonic() + seconds, len(went)
        while time.monotonic() < until:
            refused = await tokens_of.take([quick])
            if refused is None:
                went.append(time.monotonic() - began)
            else:
                await asyncio.sleep(refused.wait_s)
        return len(went) - before

    await rush(0.5)
    await tokens_of.press(pressed, 60.0)
    await asyncio.to_thread(stack.stop, "redis", hard=True)
    alone = await rush(1.5)
    assert shelf.is_lost
    assert isinstance(await tokens_of.take([pressed]), Refused)
    await asyncio.to_thread(stack.start, "redis")
    await asyncio.sleep(AGAIN_S)
    await rush(0.5)
    resting = await tokens_of.take([pressed])
    await shelf.close()

    assert (told[0], told[-1]) == (True, False)
    assert 10 <= alone <= 0.5 * 20 * 1.5 + 2, "its share, and no more"
    assert isinstance(resting, Refused), "what a platform asked for is kept though Redis has forgotten it"
    for first, since in enumerate(went):
        second = [one for one in went[first:] if one - since <= 1.0]
        assert len(second) <= 5 + 20 + 1, "burst and rate, at any time"
