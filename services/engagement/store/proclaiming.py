"""Telling the bus what things are: each version of their documents, once stored, and again when a process begins."""

from __future__ import annotations

import asyncio
import contextlib

from services.engagement.rules.participation.commands import Define, encoded
from services.engagement.rules.participation.kinds import DOCUMENTS
from shared.bus.publisher import Publisher
from shared.bus.record import Outgoing
from shared.cancelling import check_cancelled
from shared.errors import Retryable
from shared.policy import Version
from shared.shelf import MongoShelf
from shared.telemetry.traces import carried_on
from shared.topics import PARTICIPATION

LOOK_S = 30.0
"""How soon a version is told that was stored by a process which died before it told it."""


class Proclaimer:
    """Tells versions. The fold takes each in once, however often it is told."""

    def __init__(self, shelf: MongoShelf, bus: Publisher) -> None:
        self._shelf, self._bus = shelf, bus
        self._told = set[tuple[str, str, str, int]]()

    async def tell(self, version: Version) -> None:
        """Tell a version. Raises Retryable where Kafka is away."""
        thing = f"{DOCUMENTS[version.kind]}/{version.name}"
        define = Define(
            id=f"define:{version.version}",
            brand=version.brand,
            thing=thing,
            at=version.effective,
            version=version.version,
            spec=None if version.deleted else dict(version.spec),
        )
        await self._bus.send(
            PARTICIPATION.name, Outgoing(f"{version.brand}/{thing}".encode(), encoded(define), carried_on())
        )
        self._told.add(_key(version))

    async def run(self) -> None:
        """Tell what this process has not told yet, now and then, until cancelled."""
        while True:
            with contextlib.suppress(Retryable):
                await self._tell_all()
            check_cancelled()
            await asyncio.sleep(LOOK_S)

    async def _tell_all(self) -> None:
        for kind in DOCUMENTS:
            newest = {(one.brand, one.name): one for one in sorted(await self._shelf.all(kind), key=lambda one: one.version)}
            for version in newest.values():
                if _key(version) not in self._told:
                    await self.tell(version)


def _key(version: Version) -> tuple[str, str, str, int]:
    return version.kind, version.brand, version.name, version.version
