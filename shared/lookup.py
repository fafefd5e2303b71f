"""Looking things up for many at once, and never from memory: who asks after a change sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from copy import copy
from typing import Generic, TypeVar

from shared.errors import Retryable

Value = TypeVar("Value")
Ask = Callable[[Collection[str]], Awaitable[Mapping[str, Value]]]
"""Returns what there is of some keys, by key."""


ANSWER_S = 5.0
"""A question that hangs holds up all that come after it: then they are told to come again, and another is asked."""


class Lookup(Generic[Value]):
    """One question under way at a time. Who comes meanwhile goes along with the next, which asks for all of them.

    So an answer is never older than the question, and a thousand requests of one key cost a few look-ups.
    """

    def __init__(self, ask: Ask[Value]) -> None:
        self._ask = ask
        self._waiting: list[tuple[str, asyncio.Future[Value | None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def get(self, key: str) -> Value | None:
        """Return what there is of the key, or None. Raises what the question raised; Retryable where it takes too long."""
        answer: asyncio.Future[Value | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((key, answer))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        try:
            while self._waiting:
                asked, self._waiting = self._waiting, []
                await self._answer(asked)
        finally:
            self._task = None

    async def _answer(self, asked: list[tuple[str, asyncio.Future[Value | None]]]) -> None:
        try:
            async with asyncio.timeout(ANSWER_S):
                found = await self._ask({key for key, _ in asked})
        except BaseException as error:  # whoever waits hears of it, whatever it is
            told = Retryable("no answer in time") if isinstance(error, TimeoutError) else error
            for _, answer in asked:
                if not answer.done():
                    answer.set_exception(copy(told) if isinstance(told, Exception) else Retryable("nobody asks any more"))
            if not isinstance(error, Exception):
                raise
            return
        for key, answer in asked:
            if not answer.done():
                answer.set_result(found.get(key))
