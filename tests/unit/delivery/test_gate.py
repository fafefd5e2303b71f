"""Requests before a connection: who goes, who waits for what, and what whoever leaves takes along."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from services.delivery.carrying.gate import LOOK_S, Closed, Gate
from services.delivery.carrying.tokens import Refused
from services.delivery.platforms.platform import Bucket
from services.delivery.rules.breaker import FAILURES_MAX, PROBE_S_MAX, Breaker
from shared.events.actions import Priority
from shared.limits.bucket import Rate

BOT, CHAT, OTHER = (Bucket(key, Rate(25.0, 1)) for key in ("bot", "chat/1", "chat/2"))
SOON_S = 0.5
"""What happens at once on a busy machine, and far less than any wait of the gate's."""


class Tokens:
    """Has tokens but of buckets that are empty; may be away, or have nobody wait."""

    def __init__(self) -> None:
        self.empty: dict[str, float] = {}
        self.taken: list[tuple[str, ...]] = []
        self.bugs = 0
        self.taking: Callable[[], object] = lambda: None

    async def take(self, buckets: Sequence[Bucket]) -> Refused | None:
        if self.bugs:
            self.bugs -= 1
            raise ZeroDivisionError
        self.taking()
        for bucket in buckets:
            if bucket.key in self.empty:
                return Refused(bucket.key, self.empty[bucket.key])
        self.taken.append(tuple(bucket.key for bucket in buckets))
        return None


class Going:
    """A gate, and who went through it."""

    def __init__(self) -> None:
        self.tokens, self.breaker = Tokens(), Breaker(lambda: 1.0)
        self.now, self.went, self.waits = 0.0, list[str](), list[float]()
        self.gate = Gate(self.tokens, self.breaker, lambda _, seconds: self.waits.append(seconds), lambda: self.now)
        self.tasks: list[asyncio.Task[None]] = []
        self._one_more = asyncio.Event()

    def comes(
        self, name: str, *buckets: Bucket, priority: Priority = "moderation", community: str = "a"
    ) -> asyncio.Task[None]:
        async def come() -> None:
            await self.gate.enter(priority, community, buckets)
            self.went.append(name)
            self._one_more.set()

        self.tasks.append(asyncio.create_task(come(), name=name))
        return self.tasks[-1]

    async def wait(self, number: int) -> list[str]:
        async with asyncio.timeout(SOON_S):
            while len(self.went) < number:
                self._one_more.clear()
                await self._one_more.wait()
        return self.went


@asynccontextmanager
async def going(*, opened: bool = True) -> AsyncIterator[Going]:
    made = Going()
    pump = asyncio.create_task(made.gate.run()) if opened else None
    try:
        yield made
    finally:
        for task in (*made.tasks, *([pump] if pump else [])):
            task.cancel()
        await asyncio.gather(*made.tasks, *([pump] if pump else []), return_exceptions=True)


async def settled() -> None:
    """Let everybody who can go on do so."""
    for _ in range(20):
        await asyncio.sleep(0)


def broken(breaker: Breaker) -> None:
    for _ in range(FAILURES_MAX):
        breaker.failed(0.0, "away")


async def test_requests_go_in_turn_and_each_takes_its_tokens() -> None:
    async with going(opened=False) as one:
        one.comes("ban", BOT)
        one.comes("crisis", BOT, CHAT, priority="crisis")
        await settled()
        pump = asyncio.create_task(one.gate.run())

        assert await one.wait(2) == ["crisis", "ban"]
        assert one.tokens.taken == [("bot", "chat/1"), ("bot",)]
        assert (len(one.gate), len(one.waits)) == (0, 2)
        pump.cancel()


async def test_a_bucket_without_a_token_holds_up_only_who_needs_it() -> None:
    async with going() as one:
        one.tokens.empty["chat/1"] = 30.0
        one.comes("slow", BOT, CHAT)
        one.comes("slow too", BOT, CHAT, community="b")

        one.comes("quick", BOT, OTHER)

        assert await one.wait(1) == ["quick"]
        del one.tokens.empty["chat/1"]
        one.now = 30.0
        one.gate.changed()
        assert await one.wait(3) == ["quick", "slow", "slow too"]


async def test_without_a_token_of_the_bot_nobody_is_asked_for_until_there_is_one() -> None:
    asked = list[int]()
    async with going() as one:
        one.tokens.empty["bot"], one.tokens.taking = 30.0, lambda: asked.append(1)
        for number in range(50):
            one.comes(f"{number}", BOT, community=f"{number}")
        await settled()

        assert len(asked) == 1
        assert one.went == []


async def test_who_leaves_costs_no_token_and_the_next_one_goes() -> None:
    async with going(opened=False) as one:
        first, second = one.comes("first", BOT), one.comes("second", BOT)
        await settled()
        pump = asyncio.create_task(one.gate.run())
        first.cancel()

        await one.wait(1)

        assert (one.went, one.tokens.taken, len(one.gate)) == (["second"], [("bot",)], 0)
        assert second.done()
        pump.cancel()


async def test_who_left_and_needs_no_token_does_not_stop_the_world() -> None:
    async with going() as one:
        first = one.comes("first")
        await asyncio.sleep(0)
        first.cancel()

        async with asyncio.timeout(SOON_S):
            await asyncio.gather(first, return_exceptions=True)

        assert len(one.gate) == 0


async def test_who_leaves_while_a_token_is_taken_loses_it_and_holds_up_nobody() -> None:
    async with going() as one:
        first = one.comes("first", BOT)
        one.tokens.taking = first.cancel

        one.comes("second", BOT, CHAT)

        assert await one.wait(1) == ["second"]
        assert len(one.gate) == 0


async def test_after_a_pause_one_goes_alone_and_its_end_lets_the_next_one_go() -> None:
    async with going() as one:
        broken(one.breaker)
        one.now = 1.0
        one.comes("trial", BOT)
        one.comes("next", BOT)
        assert await one.wait(1) == ["trial"]
        await settled()
        assert one.went == ["trial"]

        one.gate.unused()

        assert await one.wait(2) == ["trial", "next"]


async def test_a_trial_whose_task_is_cancelled_as_its_turn_comes_leaves_the_trial_to_the_next() -> None:
    async with going() as one:
        broken(one.breaker)
        one.now = 1.0
        trial = one.comes("trial", BOT)
        begun = one.breaker.begun

        def begin(now: float) -> None:
            begun(now)
            asyncio.get_running_loop().call_soon(trial.cancel)  # runs before the task learns that it was its turn

        one.breaker.begun = begin  # type: ignore[method-assign]
        await asyncio.gather(trial, return_exceptions=True)
        one.breaker.begun = begun  # type: ignore[method-assign]

        assert one.went == []
        assert one.breaker.wait_s(one.now) < PROBE_S_MAX
        one.comes("next", BOT)
        assert await one.wait(1) == ["next"]


async def test_who_waits_when_the_connection_changes_is_sent_away_and_so_is_who_comes_later() -> None:
    async with going() as one:
        one.tokens.empty["bot"] = 30.0
        waiting = one.comes("waiting", BOT)
        await settled()

        one.gate.close()

        with pytest.raises(Closed):
            await waiting
        with pytest.raises(Closed):
            await asyncio.wait_for(one.gate.enter("crisis", "a", [BOT]), SOON_S)
        assert len(one.gate) == 0


async def test_a_bug_of_ours_at_one_turn_does_not_close_the_gate_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.delivery.carrying.gate.BUG_S", 0.01)
    async with going() as one:
        one.tokens.bugs = 2

        one.comes("first", BOT)

        assert await one.wait(1) == ["first"]


async def test_rests_that_are_over_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.delivery.carrying.gate.RESTING_MAX", 10)
    async with going() as one:
        for number in range(50):
            one.now += LOOK_S
            key = f"chat/{number}"
            one.tokens.empty = {key: 0.5}
            one.comes(key, BOT, Bucket(key, Rate(1.0, 1)), community=key).set_name(key)
            await settled()

        assert len(one.gate._resting) <= 11  # noqa: SLF001 - what is remembered is nowhere else to be seen
