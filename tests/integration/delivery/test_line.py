"""A connection over loopback: what its breaker, its closing and a failure leave behind for whoever asks next."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from services.delivery.carrying.figures import Figures
from services.delivery.carrying.gate import Closed
from services.delivery.carrying.line import LOST_AFTER_S, Line
from services.delivery.carrying.tokens import Refused
from services.delivery.platforms import PLATFORMS
from services.delivery.platforms.platform import Ask, Away, Bucket, Call, Lost, Unsure
from services.delivery.rules.breaker import FAILURES_MAX
from services.delivery.store.connections import Reached
from shared.documents.directory import Connection, SecretRef
from simulated.faults import Scripted, Shares
from simulated.server import playing
from simulated.telegram import TOKEN, Telegram

LOOK = Call("POST", "/getMe", "/getMe", body={})
SEND = Call("POST", "/sendMessage", "/sendMessage", body={"chat_id": -1001, "text": "hi"}, is_visible=True)
NOW_S = 2.0
"""What does not wait for a minute, on a busy machine."""


class Free:
    """There is always a token."""

    async def take(self, buckets: Sequence[Bucket]) -> Refused | None:
        del buckets
        return None

    async def press(self, bucket: Bucket, wait_s: float) -> None:
        """Nothing rests."""


class Told:
    """Hears what staff are told; is slow where a test wants it."""

    def __init__(self) -> None:
        self.news, self.slow = list[bool](), asyncio.Event()
        self.slow.set()

    async def __call__(self, line: Line, lost: bool) -> None:  # noqa: FBT001 - as `Changed` has it
        del line
        await self.slow.wait()
        self.news.append(lost)


def line_to(api: str, told: Told, token: str | None = TOKEN) -> Line:
    spec = Connection(platform="telegram", acts="live", token=SecretRef(env="ACME"))
    reached = Reached("acme-telegram", "acme", spec, token)
    tokens: Any = Free()
    return Line(reached, PLATFORMS["telegram"], api, tokens, Figures(CollectorRegistry(), ["telegram"]), told)


@asynccontextmanager
async def lining(token: str | None = TOKEN) -> AsyncIterator[tuple[Line, Telegram, Told]]:
    world, told = Telegram(), Told()
    async with playing(world) as api:
        line = line_to(api, told, token)
        try:
            yield line, world, told
        finally:
            await line.close()


def asking(line: Line) -> Ask:
    async def before(call: Call) -> None:
        del call

    return line.ask("moderation", "telegram:-1001", before, lambda: None)


def rest_over(line: Line) -> None:
    """Have the platform left alone for as long as it takes, so that the next request is the trial."""
    for _ in range(FAILURES_MAX):
        line.breaker.failed(time.monotonic() - 60.0, "away")


async def test_an_act_of_two_requests_that_is_the_trial_does_not_wait_for_its_own_end() -> None:
    async with lining() as (line, world, _):
        rest_over(line)
        ask = asking(line)

        async with asyncio.timeout(NOW_S):
            await ask(LOOK)
            await ask(SEND)

        assert world.ground.effects.counts() == {"message": 1}
        assert line.breaker.is_open, "whoever carried it out says how the platform does"
        await line.well()
        assert not line.breaker.is_open


async def test_a_trial_that_is_cancelled_on_its_way_leaves_the_trial_to_the_next() -> None:
    async with lining() as (line, world, _):
        rest_over(line)
        world.ground.faults.shares = Shares(late=1.0)
        first = asyncio.ensure_future(asking(line)(LOOK))
        await asyncio.sleep(0.2)
        world.ground.faults.end()

        first.cancel()

        async with asyncio.timeout(NOW_S):
            assert (await asking(line)(LOOK)).status == 200


async def test_a_request_that_is_on_its_way_when_the_connection_changes_has_its_answer_and_the_next_is_sent_away() -> None:
    async with lining() as (line, world, _):
        world.ground.faults.script.append(Scripted("slow", "getMe"))
        ask = asking(line)
        sent = asyncio.ensure_future(ask(LOOK))
        await asyncio.sleep(0.05)

        await line.close()

        assert (await sent).status == 200
        with pytest.raises(Closed):
            await asyncio.wait_for(ask(LOOK), NOW_S)


async def test_who_rested_while_the_token_came_goes_on_with_the_connection_as_it_is_now() -> None:
    async with lining(token=None) as (line, _, _told):
        ask = asking(line)
        with pytest.raises(Lost):
            await ask(LOOK)

        await line.close()

        with pytest.raises(Closed):
            await ask(LOOK)


async def test_a_loss_whose_teller_is_cancelled_is_told_by_the_next_and_once() -> None:
    async with lining() as (line, _, told):
        told.slow.clear()  # Kafka is away
        first = asyncio.create_task(line.lost(Lost("the token is refused")))
        await asyncio.sleep(0.05)
        first.cancel()
        told.slow.set()

        for _ in range(3):
            await line.lost(Lost("the token is refused"))

        assert told.news == [True]


async def test_a_loss_and_its_end_are_told_in_that_order_though_the_first_took_long() -> None:
    async with lining() as (line, _, told):
        told.slow.clear()
        lost = asyncio.create_task(line.lost(Lost("the token is refused")))
        await asyncio.sleep(0.05)
        well = asyncio.create_task(line.well())
        await asyncio.sleep(0.05)

        told.slow.set()
        await asyncio.gather(lost, well)

        assert told.news == [True, False]


async def test_a_platform_that_is_away_for_a_minute_is_told_and_one_that_hiccups_is_not() -> None:
    told = Told()
    line = line_to("http://127.0.0.1:1", told)
    try:
        for _ in range(FAILURES_MAX):
            await line._failed("away")  # noqa: SLF001 - a minute is too long for a test
        assert told.news == []

        line._since -= LOST_AFTER_S  # noqa: SLF001 - see above
        await line._failed("away")  # noqa: SLF001 - see above

        assert told.news == [True]
    finally:
        await line.close()


@pytest.mark.parametrize("fault", ["refused", "cut", "lost", "not even a url"])
async def test_a_token_stands_in_no_error_and_no_log_line(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "services")
    token = "1000:abracadabra" if fault != "not even a url" else "1000:abra\ncadabra"
    world, told = Telegram(tokens=[token]), Told()
    async with playing(world) as api:
        line = line_to("http://127.0.0.1:1" if fault == "refused" else api, told, token)
        if fault in {"cut", "lost"}:
            world.ground.faults.script.append(Scripted(fault, "getMe"))  # type: ignore[arg-type]

        with pytest.raises(Exception, match="telegram") as caught:
            await asking(line)(LOOK)
        if isinstance(caught.value, Lost):
            await line.lost(caught.value)
        await line.close()

    assert isinstance(caught.value, (Away, Unsure, Lost))
    seen = f"{caught.value!r} {caught.value} {line.reached!r} {line!r}" + caplog.text
    assert "abra" not in seen
