"""What was made a moment ago, shown again: pages are looked at more often than they change.

Of a large community a month takes a second to read. What is older than `FRESH_S` is made anew; whoever asks meanwhile is
shown what there is, if it is not older than `STALE_S`, with its time. What somebody looked at within `LOOKED_S` is made anew
every `RENEW_S` by itself, so that who comes back the next morning does not wait.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from shared.clock import Clock

T = TypeVar("T")
log = logging.getLogger(__name__)

FRESH_S = 30.0
STALE_S = 300.0
RENEW_S = 240.0
"""Below STALE_S by more than making takes."""
LOOKED_S = 86_400.0
RENEWED_MAX = 20
"""Of one round, those looked at last: of the largest communities each takes a second of a core."""
KEPT_MAX = 100
"""Things of which the newest are kept; a report of a month and a hundred communities takes 200 kB."""


class Made(NamedTuple, Generic[T]):
    """Something, and when it was begun to be made: it holds what was there then."""

    what: T
    at: datetime


class Kept(Generic[T]):
    """Keeps what was made by key. One who asks for what is being made waits for it; it is never made twice at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._made: dict[Hashable, Made[T]] = {}
        self._making: dict[Hashable, asyncio.Task[Made[T]]] = {}
        self._looked: dict[Hashable, tuple[datetime, Callable[[], Awaitable[T]]]] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> Made[T]:
        """Return what is kept under the key, or make it. Raises what making it raises, where there is nothing to show."""
        self._looked.pop(key, None)
        self._looked[key] = self._clock.now(), make
        found = self._made.get(key)
        age_s = None if found is None else self._age_s(found.at)
        if found is not None and age_s is not None and age_s <= FRESH_S:
            return found
        making = self._making.get(key) or self._begin(key, make)
        if found is not None and age_s is not None and age_s <= STALE_S:
            return found
        return await asyncio.shield(making)

    async def renew(self) -> None:
        """Make anew what was looked at lately and is no longer fresh, one after another; what fails comes next time."""
        self._looked = {key: looked for key, looked in self._looked.items() if self._age_s(looked[0]) < LOOKED_S}
        for key, (_, make) in list(reversed(self._looked.items()))[:RENEWED_MAX]:
            found = self._made.get(key)
            if found is None or self._age_s(found.at) > FRESH_S:
                await asyncio.wait([self._making.get(key) or self._begin(key, make)])

    def _age_s(self, at: datetime) -> float:
        return (self._clock.now() - at).total_seconds()

    def _begin(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> asyncio.Task[Made[T]]:
        task = self._making[key] = asyncio.ensure_future(self._make(key, make))
        task.add_done_callback(_seen)
        return task

    async def _make(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> Made[T]:
        at = self._clock.now()
        try:
            made = Made(await make(), at)
        finally:
            del self._making[key]
        self._made.pop(key, None)
        self._made[key] = made
        if len(self._made) > KEPT_MAX:
            del self._made[next(iter(self._made))]
        return made


def _seen(task: asyncio.Task[Made[T]]) -> None:
    """Take note of an error that nobody waited for: what is shown grows too old then, and who asks is told."""
    if not task.cancelled() and task.exception() is not None:
        log.warning("a page could not be made anew: %s", type(task.exception()).__name__)
