"""What a process takes by itself while Redis is lost: its share, without a burst, and not what a platform wants to rest."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.delivery.carrying import tokens
from services.delivery.carrying.tokens import SHARE_MIN, Refused, SharedBuckets
from services.delivery.platforms.platform import Bucket
from shared.limits.bucket import Rate

BOT, CHAT = Bucket("bot", Rate(20.0, 10)), Bucket("chat/1", Rate(1.0, 3))


class Alone:
    """A process whose Redis is lost for good, with a clock of its own."""

    def __init__(self, share: float = 0.5) -> None:
        self.now = 1_000.0
        self.shelf = SharedBuckets("redis://127.0.0.1:1", "t", lambda: share, now=lambda: self.now)
        self.shelf._is_lost, self.shelf._ask_at = True, math.inf  # noqa: SLF001 - nobody is to be asked at all
        self.tokens = self.shelf.of("bot")

    async def took(self, *buckets: Bucket) -> bool:
        return await self.tokens.take(buckets) is None


async def test_a_process_has_its_share_of_the_rate_and_no_burst() -> None:
    one, took = Alone(), 0

    for _ in range(1_000):
        took += await one.took(BOT)
        one.now += 0.01

    assert took == 100, "half of 20 a second for 10 s"


async def test_a_process_without_partitions_gets_on_slowly() -> None:
    one = Alone(share=0.0)
    await one.took(BOT)

    refused = await one.tokens.take([BOT])

    assert refused is not None
    assert refused.wait_s == pytest.approx(1 / (20.0 * SHARE_MIN))


async def test_a_bucket_without_a_token_costs_no_other_one_any() -> None:
    one = Alone()
    assert await one.took(BOT, CHAT)
    one.now += 0.1

    refused = await one.tokens.take([BOT, CHAT])

    assert refused is not None
    assert refused.key == "chat/1"
    assert math.isclose(refused.wait_s, 1.9)
    assert await one.took(BOT)


async def test_what_a_platform_wants_to_rest_rests_and_then_has_one_token() -> None:
    one = Alone()

    await one.tokens.press(BOT, 30.0)

    refused = await one.tokens.take([CHAT, BOT])
    assert refused is not None
    assert refused == Refused("bot", 30.0)
    one.now += 30.0
    assert [await one.took(BOT) for _ in range(3)] == [True, False, False]


async def test_a_shorter_rest_ends_no_longer_one() -> None:
    one = Alone()
    await one.tokens.press(BOT, 30.0)

    await one.tokens.press(BOT, 1.0)

    one.now += 29.0
    assert not await one.took(BOT)


async def test_connections_have_buckets_of_their_own() -> None:
    one = Alone()

    assert [await one.shelf.take(name, [BOT]) is None for name in ("a", "b", "a")] == [True, True, False]


async def test_buckets_that_are_full_again_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "OWN_MAX", 10)
    one = Alone()

    for number in range(1_000):
        await one.took(Bucket(f"chat/{number}", Rate(10.0, 1)))
        one.now += 1.0

    assert len(one.shelf._own) <= 11  # noqa: SLF001 - what is remembered is nowhere else to be seen


async def test_who_needs_no_bucket_takes_none() -> None:
    assert await Alone().took()


@given(waits_ms=st.lists(st.integers(0, 500), max_size=60), parts=st.integers(1, 6))
async def test_all_processes_together_keep_the_limit(waits_ms: list[int], parts: int) -> None:
    some, took = [Alone(share=1 / parts) for _ in range(parts)], list[float]()

    for wait_ms in waits_ms:
        for one in some:
            one.now += wait_ms / 1000
            if await one.took(BOT):
                took.append(one.now)

    for first, since in enumerate(took):
        within = [at for at in took[first:] if at - since < 1.0]
        assert len(within) <= parts + BOT.rate.per_s + 1e-6, "a token each, and the rate"
