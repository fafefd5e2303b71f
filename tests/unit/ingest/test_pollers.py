"""The pollers' tasks: each polls its connection as it is now, whatever becomes of the others."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from services.ingest.sources import poller as pollers
from services.ingest.sources import source
from services.ingest.sources.poller import Poller
from services.ingest.sources.telegram import Telegram
from services.ingest.store import Connected
from shared.documents.directory import Connection
from shared.errors import Retryable
from tests.unit.ingest.following import BOT, FakeConnections, FakeIntake, FakeLeases


class World:
    """Pollers of a Telegram that answers with nothing, a moment later."""

    def __init__(self, *found: Connected) -> None:
        self.asked: list[str] = []
        self.connections = FakeConnections(*found)
        self.skipped: Counter[str] = Counter()
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        sources = {"telegram": Telegram(http, "http://telegram")}
        self.leases = FakeLeases()
        self.poller = Poller(self.connections, FakeIntake(), self.leases, sources, skipped=self._skip)  # type: ignore[arg-type] # fakes

    def _skip(self, connection: str, number: int) -> None:
        self.skipped[connection] += number

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path.split("/")[1])
        await asyncio.sleep(0.01)
        return httpx.Response(200, content=json.dumps({"ok": True, "result": []}))

    async def look(self, until: Callable[[], Any]) -> None:
        """Tend once, and wait for what follows."""
        await self.poller.tend()
        async with asyncio.timeout(5):
            while not until():  # noqa: ASYNC110 - nothing else tells
                await asyncio.sleep(0.01)


async def test_a_changed_token_is_polled_with_and_the_old_one_no_more() -> None:
    world = World(BOT)
    await world.look(lambda: "bot7:first" in world.asked)

    world.connections.found = [replace(BOT, token="7:second")]
    await world.look(lambda: "bot7:second" in world.asked)
    world.asked.clear()
    await world.look(lambda: len(world.asked) > 3)

    assert set(world.asked) == {"bot7:second"}
    assert world.leases.released == ["bot"], "nobody waits for the end of a lease that was given up"


async def test_what_is_skipped_is_counted_from_nought_on() -> None:
    world = World(BOT, replace(BOT, name="other"))

    await world.look(lambda: world.asked)

    assert world.skipped == {"bot": 0, "other": 0}, "an alert sees growth alone"


@pytest.mark.parametrize("found", [[], [replace(BOT, spec=Connection(platform="telegram"))]])
async def test_what_is_to_be_polled_no_more_is_left_alone(found: list[Connected]) -> None:
    world = World(BOT)
    await world.look(lambda: world.asked)

    world.connections.found = found
    await world.look(lambda: True)
    world.asked.clear()
    await asyncio.sleep(0.05)

    assert world.asked == []


async def test_a_bug_of_one_connection_is_tried_again_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pollers, "PAUSE_S_MAX", 0.01)
    world = World(replace(BOT, name="broken"), BOT)

    await world.look(lambda: len(world.asked) > 3)

    assert "broken: trying again in 1 s: a bug: ZeroDivisionError" in caplog.text
    assert world.leases.problems == {"broken": "a bug: ZeroDivisionError"}


async def test_a_connection_without_its_token_says_so() -> None:
    world = World(replace(BOT, token=None))

    await world.look(lambda: world.leases.problems)

    assert "token cannot be read" in world.leases.problems["bot"]
    assert world.asked == []


async def test_whoever_drips_an_answer_does_not_hold_a_poller_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    async def drip() -> AsyncGenerator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.01)

    monkeypatch.setattr(source, "WHOLE_S", 0.1)
    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, content=drip())))

    with pytest.raises(Retryable, match="TimeoutError"):
        async with asyncio.timeout(5):
            await source.answered(http, http.build_request("GET", "http://feed"), "the feed")
