"""What carrying one act out needs of the world, and what it may end with."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol
from weakref import WeakValueDictionary

from services.delivery.carrying.line import Before
from services.delivery.platforms.platform import Ask, Attempt, Done, Ending, Lost, Platform
from services.delivery.rules.works import Drop
from shared.clock import Clock
from shared.errors import Retryable
from shared.events.actions import Priority

PAUSE_S_FIRST, PAUSE_S_MAX = 0.5, 60.0
"""Between two tries, twice as long each time, with jitter."""


class Through(Protocol):
    """The connection that an act goes through."""

    platform: Platform

    @property
    def name(self) -> str:
        """Its name."""

    def ask(self, priority: Priority, community: str, before: Before, patience_s: Callable[[], float | None]) -> Ask:
        """Return how the platform is asked; `before` is asked when it is a request's turn."""

    async def well(self) -> None:
        """The platform answered, and takes the credential."""

    async def lost(self, error: Lost) -> None:
        """The credential is refused."""


class Remembers(Protocol):
    """Keeps attempts."""

    async def begin(self, action: str, series: str, at: datetime) -> None:
        """Record that the request goes out now."""

    async def made(self, action: str, done: Done) -> None:
        """Record that it succeeded."""

    async def unmade(self, action: str) -> None:
        """Record that it surely was not done."""

    async def known(self, action: str) -> Done | None:
        """Return what came of an act that is recorded to have succeeded."""

    async def attempt(self, action: str, now: datetime) -> Attempt | None:
        """Return what is known of an act's attempts."""

    async def begun(self, actions: Collection[str]) -> Mapping[str, datetime]:
        """Return when the last attempt began of those of the acts that were tried."""


class Over(NamedTuple):
    """How an act ended."""

    code: Ending | None = None
    answer: str | None = None
    reason: str | None = None
    content: str | None = None


class Dropped(Exception):
    """The act is not to be carried out any more."""

    def __init__(self, drop: Drop) -> None:
        super().__init__(drop.reason)
        self.drop = drop


class Halted(Retryable):
    """The act may not go out now: it is stopped, or this process's lease is not fresh."""


@dataclass(frozen=True)
class Permits:
    """What is asked right before a request goes out."""

    drop: Callable[[], Drop | None]
    """Says why the act is not to be carried out any more."""
    held: Callable[[], str | None]
    """Says why nothing may go out now."""


class Places:
    """One act at a time that members would see twice, in each place: what is looked for can't be another's."""

    def __init__(self) -> None:
        self._locks: MutableMapping[str, asyncio.Lock] = WeakValueDictionary()

    def lock(self, place: str) -> asyncio.Lock:
        """Return the lock of a place."""
        found = self._locks.get(place)
        if found is None:
            found = self._locks[place] = asyncio.Lock()
        return found


@dataclass
class Means:
    """What all acts are carried out with."""

    attempts: Remembers
    clock: Clock
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = random.random
    places: Places = field(default_factory=Places)

    def pause_s(self, number: int) -> float:
        """Return how long to wait before another try."""
        longest_s: float = PAUSE_S_FIRST * 2 ** min(number, 10)
        return min(PAUSE_S_MAX, longest_s) * (0.5 + self.jitter() / 2)
