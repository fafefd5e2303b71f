"""The first words of contents, for lists of cases: read from the topic of events, and kept in memory alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping

from services.moderation.store.conversation import AT_ONCE, line_of
from services.moderation.store.decisions import Decisions
from shared.bus.partition import partition_for
from shared.bus.past import single
from shared.errors import Retryable
from shared.topics import EVENTS, PARTITIONS

log = logging.getLogger(__name__)

CHARS_MAX = 120
"""Of a text: enough to tell cases apart; who wants to judge opens the case."""

KEPT_MAX = 5_000
"""Excerpts that are kept: what lies at a place of the topic never changes."""

WAIT_S = 0.12
"""How long a list waits for them: it has to be there in 300 ms. What comes later stands in the next list."""

Content = tuple[str, str]
"""Its community and id."""

Place = tuple[str, str, str, int]
"""Brand, community and content, and the offset at which it stands."""


class Excerpts:
    """Tells how contents begin, as rules judged them last; of those that no rule found nothing is told."""

    def __init__(self, decisions: Decisions, servers: str) -> None:
        self._decisions, self._servers = decisions, servers
        self._kept: dict[Place, str] = {}
        """The newest comes last."""
        self._reading: set[asyncio.Task[None]] = set()

    async def of(self, brand: str, contents: Collection[Content]) -> Mapping[Content, str]:
        """Return how contents begin, of as many as are known in time."""
        places = await self._decisions.places(brand, {content for _, content in contents}) if contents else {}
        wanted = {one: (brand, *one, places[one]) for one in contents if one in places}
        if missing := [key for key in wanted.values() if key not in self._kept]:
            await self._soon(missing)
        return {one: self._kept[key] for one, key in wanted.items() if key in self._kept}

    async def stop(self) -> None:
        """Read no further."""
        for task in self._reading:
            task.cancel()

    async def _soon(self, missing: Collection[Place]) -> None:
        """Have excerpts read, and wait for it, but not for long."""
        if len(self._reading) >= AT_ONCE:
            return
        task = asyncio.create_task(self._read(missing))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)
        await asyncio.wait({task}, timeout=WAIT_S)

    async def _read(self, missing: Collection[Place]) -> None:
        by_place = {(partition_of(brand, community), place): key for key in missing for brand, community, _, place in [key]}
        offsets: dict[int, list[int]] = {}
        for partition, place in by_place:
            offsets.setdefault(partition, []).append(place)
        try:
            async for record in single(self._servers, EVENTS.name, offsets):
                key = by_place[record.partition, record.offset]
                line = line_of(record, key[0], key[1], None, key[2])
                self._keep(key, "" if line is None else excerpt(line.text or f"[{', '.join(line.media)}]"))
        except Retryable as error:
            log.warning("a list shows no excerpts: %s", error)

    def _keep(self, key: tuple[str, str, str, int], text: str) -> None:
        self._kept[key] = text
        if len(self._kept) > KEPT_MAX:
            del self._kept[next(iter(self._kept))]


def partition_of(brand: str, community: str) -> int:
    """Return in which partition the events of a community stand."""
    return partition_for(f"{brand}/{community}".encode(), PARTITIONS)


def excerpt(text: str) -> str:
    """Return how a text begins, in one line."""
    line = " ".join(text[: 4 * CHARS_MAX].split())
    return line if len(line) <= CHARS_MAX else f"{line[: CHARS_MAX - 1]}…"
