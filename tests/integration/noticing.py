"""Delivery's telling of staff and others as a service of its own: in the test's process, or in one that can be killed.

`python -m tests.integration.noticing SETTINGS` runs the sender and whatever else works beside the folds.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import datetime, timedelta
from typing import Any

from services.delivery.notices import add_notices
from shared.bus.publisher import Publisher
from shared.clock import Clock, SystemClock
from shared.runtime import Service, new_service
from shared.settings import Settings

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Moved:
    """A clock that is put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return SystemClock().now() + self.ahead


def built(settings: Settings, clock: Clock | None = None) -> Service:
    """Return the service."""
    service = new_service("delivery", settings, clock)
    publisher = Publisher(settings.kafka, "veche-delivery")
    add_notices(service, publisher)
    service.workers.append(publisher.run)
    service.stopping.append(publisher.stop)
    return service


async def main(told: dict[str, Any]) -> None:
    service = built(Settings(**told))
    await asyncio.gather(*(work() for work in service.workers))


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
