"""All of a brand's events and decisions in the order of the broker's clock, whichever partition holds them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from heapq import heapify, heappop, heapreplace

from shared.bus.record import Record
from shared.fold.retelling import Read, Span, ordered
from shared.topics import PARTITIONS


async def in_time(read: Read, brand: str, span: Span) -> AsyncGenerator[Record]:
    """Yield a brand's events and decisions, each once, the oldest first.

    A member's account is changed from all partitions; what a cap of the brand leaves to whom follows the order.
    """
    async with AsyncExitStack() as ending:
        readers = [await ending.enter_async_context(aclosing(ordered(read, brand, q, span))) for q in range(PARTITIONS)]
        first = [(await anext(reader, None), q) for q, reader in enumerate(readers)]
        heads = [(record.timestamp, q, record) for record, q in first if record is not None]
        heapify(heads)
        while heads:
            _, q, record = heads[0]
            yield record
            following = await anext(readers[q], None)
            if following is None:
                heappop(heads)
            else:
                heapreplace(heads, (following.timestamp, q, following))
