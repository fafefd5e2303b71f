"""A brand's events, decisions and parts that counted in the order of the broker's clock, over all partitions."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from heapq import heapify, heappop, heapreplace

from shared.bus.record import Record
from shared.events.engagement import Participated
from shared.fold.retelling import Once, Read, Span, milliseconds, ordered
from shared.topics import LEDGER, PARTITIONS

COUNTED = Participated.__struct_config__.tag.encode()  # type: ignore[union-attr] # events have one
"""Stands in each record of a part that counted, and in few others: a cheap look before it is decoded."""


async def counted(read: Read, brand: str, q: int, span: Span) -> AsyncGenerator[Record]:
    """Yield what the ledger's topic tells of parts of the brand's members that counted, in a partition, each once."""
    prefix, once = f"{brand}/".encode(), Once()
    async with aclosing(read(LEDGER.name, {q}, milliseconds(span.warm))) as records:
        async for record in records:
            if record.timestamp >= milliseconds(span.until):
                return
            is_ours = (record.key or b"").startswith(prefix) and COUNTED in (record.value or b"")
            if is_ours and once.is_new(record):
                yield record


async def in_time(read: Read, brand: str, span: Span) -> AsyncGenerator[Record]:
    """Yield a brand's events, decisions and parts that counted, each once, the oldest first.

    A member's account is changed from all partitions; what a cap of the brand leaves to whom follows the order.
    """
    async with AsyncExitStack() as ending:
        each = [of(read, brand, q, span) for of in (ordered, counted) for q in range(PARTITIONS)]
        readers = [await ending.enter_async_context(aclosing(one)) for one in each]
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
