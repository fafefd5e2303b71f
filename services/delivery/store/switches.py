"""The stop switches: one for each brand, one for all. Whoever pulls one stops all replicas within a moment."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from pymongo.read_concern import ReadConcern

from shared.cancelling import check_cancelled
from shared.errors import Retryable
from shared.fold.mongo import MAJORITY, Client, translated

log = logging.getLogger(__name__)

LOOK_S = 1.0
"""How old a switch may be: an act that is on its way then still arrives."""

ALL = "all"


def switch_of(brand: str | None) -> str:
    """Return the id of a brand's switch; without a brand, that of all."""
    return ALL if brand is None else f"brand/{brand}"


class Switches:
    """Knows what is stopped."""

    def __init__(self, client: Client, database: str) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._switches = named["switches"]
        self._stopped: Mapping[str, str] | None = None
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                await self.refresh()
            except Retryable as error:
                log.warning("switches wait: %s", error)
            check_cancelled()
            await asyncio.sleep(LOOK_S)

    async def refresh(self) -> None:
        """Read the switches."""
        async with translated():
            found = await self._switches.find().to_list()
        stopped = {document["_id"]: document["by"] for document in found}
        if stopped != self._stopped:
            self._stopped = stopped
            self._changed.set()
            self._changed = asyncio.Event()

    def is_stopped(self, brand: str) -> bool:
        """Say whether nothing of a brand is to be carried out; so it is until the switches were read once."""
        return self._stopped is None or ALL in self._stopped or switch_of(brand) in self._stopped

    async def change(self) -> None:
        """Return when a switch was changed, or after a while."""
        changed = self._changed
        try:
            async with asyncio.timeout(60.0):
                await changed.wait()
        except TimeoutError:
            return

    async def stop(self, brand: str | None, by: str, at: datetime) -> None:
        """Stop a brand's acts, or all."""
        async with translated():
            told = {"$setOnInsert": {"by": by, "at": at}}
            await self._switches.update_one({"_id": switch_of(brand)}, told, upsert=True)
        await self.refresh()

    async def start(self, brand: str | None) -> bool:
        """Let them go on; say whether they were stopped."""
        async with translated():
            gone = await self._switches.delete_one({"_id": switch_of(brand)})
        await self.refresh()
        return gone.deleted_count > 0

    async def all(self) -> Sequence[Mapping[str, object]]:
        """Return what is stopped: `_id`, `by`, `at`."""
        async with translated():
            return await self._switches.find().sort("_id", 1).to_list()
