"""Whether a part still answers: it is asked again and again, so that readiness notices one that was lost later."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from shared.errors import Retryable

EVERY_S = 3.0
PATIENCE_S = 5.0
"""A part that takes longer to answer a question that costs it nothing is as good as away."""


class Pulse:
    """What one part last said to being asked."""

    def __init__(self, part: str, ask: Callable[[], Awaitable[object]]) -> None:
        """`part` is named in what is missing; `ask` raises Retryable where the part is away."""
        self._part, self._ask = part, ask
        self._problem: str | None = f"{part} has not answered yet"

    async def run(self) -> None:
        """Ask until cancelled."""
        while True:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await self._ask()
            except (Retryable, TimeoutError):
                self._problem = f"{self._part} does not answer"
            else:
                self._problem = None
            await asyncio.sleep(EVERY_S)

    def missing(self) -> Sequence[str]:
        """Say what is not ready."""
        return () if self._problem is None else (self._problem,)
