"""The conversation around a content, read from the topic of events itself: texts are kept nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from shared.bus.partition import partition_for
from shared.bus.past import around
from shared.bus.record import Record
from shared.errors import Unprocessable
from shared.events import decode
from shared.events.community import ContentCreated, ContentEdited
from shared.topics import EVENTS, PARTITIONS

SCANNED = 3_000
"""Records before a content, and after it, in which its neighbours are looked for: other communities share the partition."""

BEFORE, AFTER = 12, 8
"""Messages that are shown before and after."""

VERSIONS_MAX = 20
"""Versions of a content that are shown: the last ones."""

AT_ONCE = 4
"""Conversations that are read at the same time: each has a connection of its own to Kafka."""


class Line(NamedTuple):
    """One message of a conversation."""

    content: str | None
    author: str | None
    name: str | None
    text: str
    at_ms: int
    is_edit: bool
    media: tuple[str, ...] = ()
    event: str = ""
    """Its id: decisions name it as their cause."""


class Conversations:
    """Reads what was written around a content."""

    def __init__(self, servers: str) -> None:
        self._servers, self._turn = servers, asyncio.Semaphore(AT_ONCE)

    async def around(self, brand: str, community: str, channel: str | None, content: str, place: int) -> Sequence[Line]:
        """Return the messages around a content; empty where the topic no longer holds them. Raises Retryable."""
        q = partition_for(f"{brand}/{community}".encode(), PARTITIONS)
        async with self._turn:
            records = await around(self._servers, EVENTS.name, q, place, SCANNED)
        lines = [line for record in records if (line := line_of(record, brand, community, channel, content))]
        return near(lines, content)


def near(lines: Sequence[Line], content: str) -> Sequence[Line]:
    """Return a content as it was written and edited, with what stands around its first and its last version.

    Not all between: its author could edit it after thousands of messages, and then nobody's shift would hold its texts.
    """
    own = [number for number, line in enumerate(lines) if line.content == content]
    shown = {*own[-VERSIONS_MAX:]}
    for place in (*own[:1], *own[-1:]):
        shown.update(range(max(0, place - BEFORE), min(len(lines), place + AFTER + 1)))
    return [lines[number] for number in sorted(shown)]


def line_of(record: Record, brand: str, community: str, channel: str | None, content: str) -> Line | None:
    """Return the message of a record; None where it is none, or of another community or channel than the content."""
    if record.key != f"{brand}/{community}".encode():
        return None
    try:
        event = decode(record.value or b"")
    except Unprocessable:
        return None
    if not isinstance(event, ContentCreated | ContentEdited):
        return None
    data = event.data
    if data.content_id != content and channel is not None and data.channel != channel:
        return None
    return Line(
        data.content_id,
        data.actor.id if data.actor else None,
        data.actor.name if data.actor else None,
        data.text or "",
        round(event.time.timestamp() * 1000),
        isinstance(event, ContentEdited),
        tuple(media.type for media in data.media or ()),
        event.id,
    )
