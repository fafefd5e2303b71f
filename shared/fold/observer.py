"""What watches a loop: counts, times and traces. The default sees nothing but keeps the time limit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from shared.bus.record import Headers, Record
from shared.errors import Halt
from shared.fold.batch import Folded
from shared.fold.limits import FOLD_S_MAX
from shared.fold.sift import Sifted

CARRIED = frozenset({"traceparent"})


class Watch:
    """Sees one batch, of however many partitions, from its folding to its end; the next may be folded meanwhile."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    def enough(self) -> bool:
        """Say whether the time of this batch is up."""
        return time.monotonic() - self.began > FOLD_S_MAX

    def carry(self, record: Record) -> Headers:
        """Return the headers of a record that go with its outputs."""
        return tuple(pair for pair in record.headers if pair[0] in CARRIED) if record.headers else ()

    def end(self) -> float:
        """The batch was written and published; return how many seconds it took."""
        return time.monotonic() - self.began


class Observer:
    """Sees what a loop does. Each method returns at once and never raises."""

    def begin(self) -> Watch:
        """A batch is about to be folded."""
        return Watch()

    def now(self) -> float:
        """Return seconds of a clock that only goes forward."""
        return time.monotonic()

    async def pause(self, seconds: float) -> None:
        """Wait before another attempt, or (0 s) let other work of the process have its turn."""
        await asyncio.sleep(seconds)

    def counted(self, partitions: int) -> None:
        """The group's topics have so many partitions."""

    def committed(self, batch: Sequence[Folded[Any]]) -> None:
        """A batch is in the store; it is published next. Told by partition."""

    def folded(self, batch: Sequence[Folded[Any]], seconds: float) -> None:
        """A batch was written and published; told by partition."""

    def sifted(self, sifted: Sifted) -> None:
        """Records were delivered."""

    def discarded(self, records: int) -> None:
        """Records of a partition that is not owned were dropped."""

    def fenced(self) -> None:
        """Another owner was there, or a transaction did not get through."""

    def republished(self, records: int) -> None:
        """Outputs that an earlier owner left were published."""

    def failed(self, error: Exception) -> None:
        """A part is away."""

    def turned(self, owned: Collection[int], halted: Mapping[int, Halt]) -> None:
        """The loop went round once."""
