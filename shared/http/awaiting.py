"""Waiting for what becomes of a command: the consumer that owns the state decides, and the API looks for its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

ANSWER_S = 3.0
"""So long an answer is waited for; then 202 tells where to look."""

LOOK_S_FIRST, LOOK_S_MAX = 0.01, 0.1
"""Between two looks: a fold needs 20 to 50 ms."""


async def awaited(look: Callable[[], Awaitable[T | None]]) -> T | None:
    """Return what is found once it is there; None where it is not within ANSWER_S."""
    waited, pause = 0.0, LOOK_S_FIRST
    while waited < ANSWER_S:
        await asyncio.sleep(pause)
        waited, pause = waited + pause, min(LOOK_S_MAX, pause * 2)
        found = await look()
        if found is not None:
            return found
    return None
