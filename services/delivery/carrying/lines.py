"""All connections at work, each as its document and its credential are now."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from services.delivery.carrying.figures import Figures
from services.delivery.carrying.line import Changed, Line
from services.delivery.carrying.tokens import SharedBuckets
from services.delivery.platforms.platform import Kind, Platform
from services.delivery.store.connections import REFRESH_S, Connections, Reached, Unreached
from shared.cancelling import check_cancelled
from shared.errors import Retryable

log = logging.getLogger(__name__)


class Lines:
    """Makes lines as they are needed, and ends those whose connection changed."""

    def __init__(
        self,
        connections: Connections,
        platforms: Mapping[str, Platform],
        apis: Mapping[str, str],
        buckets: SharedBuckets,
        figures: Figures,
    ) -> None:
        """`apis` are addresses of platforms that are not the platform's own."""
        self.connections, self._platforms, self._apis = connections, platforms, apis
        self._buckets, self._figures = buckets, figures
        self._lines: dict[tuple[str, str], Line] = {}
        """By connection and address: a connection may list several forums."""

    async def run(self) -> None:
        """Have the connections up to date again and again, until cancelled."""
        while True:
            try:
                await self.refresh()
            except Retryable as error:
                log.warning("connections wait: %s", error)
            check_cancelled()
            await asyncio.sleep(REFRESH_S)

    async def refresh(self) -> None:
        """Have the connections up to date; end the lines of those that changed. Raises Retryable."""
        await self.connections.refresh()
        now = self.connections.all()
        for key, line in list(self._lines.items()):
            if now.get(key[0]) != line.reached:
                del self._lines[key]
                await line.close()
        self._figures.resting.set(sum(line.breaker.is_open for line in self._lines.values()))

    def through(self, brand: str, community: str, source: str, kind: Kind, changed: Changed) -> Line:
        """Return the line that an act goes through. Raises Unreached where there is none."""
        reached = self.connections.through(brand, community, source, kind)
        platform = self._platforms.get(reached.spec.platform)
        if platform is None:
            raise Unreached(f"acts on {reached.spec.platform} are not known to this release")
        key = reached.name, self._api(reached, platform, community)
        line = self._lines.get(key)
        if line is None:
            line = Line(reached, platform, key[1], self._buckets.of(reached.name), self._figures, changed)
            self._lines[key] = line
        return line

    def _api(self, reached: Reached, platform: Platform, community: str) -> str:
        """Return the platform's address; of a forum that is its own, as its community is named after it."""
        own = self._apis.get(reached.spec.platform) or platform.api
        return (own or f"https://{community.partition(':')[2]}").rstrip("/")

    def of(self, connection: str) -> Sequence[Line]:
        """Return the lines of a connection; none while nothing was carried out through it."""
        return [line for (name, _), line in self._lines.items() if name == connection]

    async def close(self) -> None:
        """End all lines."""
        for line in self._lines.values():
            await line.close()
        self._lines.clear()
