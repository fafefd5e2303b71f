"""Places among those that draw reports: free when the thread has ended, and not when somebody no longer waits for it."""

from __future__ import annotations

import asyncio
from threading import Event

import pytest

from services.reporting.api.held import Held

SOON_S = 0.05
PATIENCE_S = 10.0


async def drawn(places: asyncio.Semaphore, end: Event, began: Event) -> None:
    def draw() -> None:
        began.set()
        assert end.wait(PATIENCE_S)

    async with Held(places) as place:
        await place.until_done(asyncio.to_thread(draw))


async def test_a_place_is_held_until_its_thread_ends_although_nobody_waits_for_it() -> None:
    places, end, began = asyncio.Semaphore(1), Event(), Event()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(SOON_S):
            await drawn(places, end, began)
    assert await asyncio.to_thread(began.wait, PATIENCE_S)
    assert places.locked(), "its thread runs on"
    end.set()
    async with asyncio.timeout(PATIENCE_S):
        await places.acquire()


async def test_a_place_is_free_when_its_work_is_done_or_failed_or_never_began() -> None:
    places, end = asyncio.Semaphore(1), Event()
    end.set()

    await drawn(places, end, Event())
    with pytest.raises(ZeroDivisionError):
        async with Held(places) as place:
            await place.until_done(asyncio.to_thread(lambda: 1 / 0))
    with pytest.raises(KeyError):
        async with Held(places):
            raise KeyError

    assert not places.locked()
