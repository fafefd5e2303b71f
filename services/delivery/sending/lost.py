"""An endpoint that is given up, or taken up again: staff are told of both as of any connection."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from services.delivery.store.endpoints import Endpoints, Health
from shared.bus.publisher import Publisher
from shared.bus.record import Outgoing
from shared.events import encode, event_id
from shared.events.actions import ConnectionLost, ConnectionRestored, Line
from shared.topics import RECEIPTS

log = logging.getLogger(__name__)

PLATFORM = "webhook"
"""In the place of a platform: mail servers and webhooks are none."""


class Lost:
    """Disables and enables endpoints, and tells it on `community.receipts.v1`."""

    def __init__(self, endpoints: Endpoints, publisher: Publisher) -> None:
        self._endpoints, self._publisher = endpoints, publisher

    async def disable(self, health: Health, now: datetime, problem: str) -> None:
        """Have it get nothing any more. It is told first: a second telling has the same id. Raises Retryable."""
        since = health.failing_since or now
        remedy = f"veche delivery enable {health.name} --brand {health.brand}"
        reason = f"{problem}; it gets nothing more until it is enabled: `{remedy}`"
        id_ = event_id("delivery.endpoint.lost", health.id, since.isoformat())
        line = Line(connection=health.name, platform=PLATFORM, reason=reason)
        await self._tell(ConnectionLost(**_about(health, id_, now), data=line))
        await self._endpoints.disable(health.id, now, problem)
        log.error("%s is disabled: %s", health.id, problem)

    async def enable(self, id_: str, now: datetime) -> bool:
        """Have it get everything again; say whether it was disabled. Raises Retryable."""
        health = await self._endpoints.get(id_)
        if health.disabled_at is None:
            return False
        told = event_id("delivery.endpoint.restored", health.id, health.disabled_at.isoformat())
        line = Line(connection=health.name, platform=PLATFORM)
        await self._tell(ConnectionRestored(**_about(health, told, now), data=line))
        await self._endpoints.enable(id_)
        return True

    async def _tell(self, event: ConnectionLost | ConnectionRestored) -> None:
        key = f"{event.brand}/{event.data.connection}".encode()
        await self._publisher.send(RECEIPTS.name, Outgoing(key, encode(event), ()))


def _about(health: Health, id_: str, now: datetime) -> dict[str, Any]:
    return {
        "id": id_,
        "source": f"veche/{health.name}",
        "time": now,
        "recordedtime": now,
        "brand": health.brand,
        "subject": health.name,
    }
