"""Writing a batch: one transaction over all its partitions, publishing, forgetting. Beside the loop.

One batch at a time is committed and one published: while one is published, the next may be committed already.

A transaction costs hardly more for twelve partitions than for one, and most batches hold only a few records of each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator, Mapping, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from shared.errors import Halt
from shared.fold.batch import Folded
from shared.fold.observer import Observer, Watch
from shared.fold.owner import Owned
from shared.fold.ports import Changes, Ports

S = TypeVar("S")


class Beside(Protocol):
    """Work that goes on beside the loop: an asyncio Task, or what a test has in its place."""

    def __await__(self) -> Generator[Any, Any, None]:
        """Wait for its end; raise what it raised."""


Begin = Callable[[Coroutine[Any, Any, None]], Beside]
"""Has work go on beside the loop."""

AT_ONCE: Begin = asyncio.ensure_future


class Share(NamedTuple, Generic[S]):
    """What a partition adds to a batch."""

    owned: Owned[S]
    folded: Folded[S]


class Writing(Generic[S]):
    """A batch on its way out."""

    def __init__(
        self,
        ports: Ports,
        observer: Observer,
        watch: Watch,
        shares: Sequence[Share[S]],
        beside: Begin = AT_ONCE,
        before: Writing[S] | None = None,
    ) -> None:
        """Begin to write it; `beside` starts work that goes on beside the loop.

        The batch before must be committed; this one is published after it.
        """
        self._ports, self._observer, self._watch = ports, observer, watch
        self._before = before
        self._written: Sequence[Share[S]] = ()
        self.halts: dict[int, Halt] = {}
        """The partitions of which nothing could be written, and why."""
        self.committing = beside(self._commit(shares))
        """Until it is in the store. Raises Fenced where another owner was there: then nothing is written."""
        self.publishing = beside(self._publish())
        """Until that is done and its outputs are published. Raises what `committing` or the one before raises."""

    @property
    def is_behind(self) -> bool:
        """Whether the batch before is not published yet either."""
        return self._before is not None

    async def _commit(self, shares: Sequence[Share[S]]) -> None:
        self._written = await self._stored(shares)
        for owned, folded in self._written:
            owned.written = folded.changes.progress.offsets()
        self._observer.committed([folded for _, folded in self._written])

    async def _publish(self) -> None:
        try:
            await self.committing
        except Exception:  # whoever takes over publishes what is left: not while the batch before is on its way
            await self._published_before()
            raise
        await self._published_before()
        written = self._written
        chunks = {folded.q: folded.changes.chunks for _, folded in written if folded.changes.chunks}
        if chunks:
            await self._ports.outlet.publish([chunk for some in chunks.values() for chunk in some])
            await self._ports.store.forget(chunks)
        for owned, _ in written:
            await self._ports.inbox.commit(owned.q, owned.written)
        self._observer.folded([folded for _, folded in written], self._watch.end())

    async def _published_before(self) -> None:
        if self._before is not None:
            await self._before.publishing
            self._before = None

    async def _stored(self, shares: Sequence[Share[S]]) -> Sequence[Share[S]]:
        """Commit in one transaction; where that is refused, each partition by itself: the others shall go on."""
        changes: Mapping[int, Changes] = {folded.q: folded.changes for _, folded in shares}
        try:
            await self._ports.store.commit(changes)
        except Halt as error:
            if len(shares) == 1:
                self.halts[shares[0].owned.q] = error
                return ()
            return [written for share in shares for written in await self._stored([share])]
        return shares
