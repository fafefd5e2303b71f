"""A place among those that draw reports at once, held as long as a thread works in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, Self, TypeVar

T = TypeVar("T")


class Held:
    """Holds a place: whoever is cancelled goes on at once, and the place is free when its thread has ended."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self._work: asyncio.Future[Any] | None = None

    async def __aenter__(self) -> Self:
        """Wait for a place."""
        await self._places.acquire()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Free it, now or when the thread has ended: no thread can be stopped."""
        if self._work is None or self._work.done():
            self._places.release()
        else:
            self._work.add_done_callback(self._left)

    async def until_done(self, work: Awaitable[T]) -> T:
        """Return what a work in a thread returns; it goes on where nobody waits for it any more."""
        made = asyncio.ensure_future(work)
        self._work = made
        return await asyncio.shield(made)

    def _left(self, work: asyncio.Future[Any]) -> None:
        self._places.release()
        if not work.cancelled():
            work.exception()  # nobody waits for it
