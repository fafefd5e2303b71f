"""In which communities what is planned to be published waits, as the fold of acts keeps it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from pymongo.read_concern import ReadConcern

from services.delivery.rules.states import GROUP, HELD
from shared.cancelling import check_cancelled
from shared.clock import Clock
from shared.errors import Retryable
from shared.fold.mongo import Client, translated

log = logging.getLogger(__name__)

LOOK_S = 1.0
"""How old it may be: a post that is on its way then still arrives."""

KEPT = timedelta(days=1)
"""What is over since then is not read any more."""


class Holds:
    """Knows what waits where, looked up again and again."""

    def __init__(self, client: Client, database: str, clock: Clock) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"))
        self._states, self._clock = named[f"{GROUP}.states"], clock
        self._until: Mapping[tuple[str, str], datetime] | None = None

    async def prepare(self) -> None:
        """Make the index; idempotent."""
        async with translated():
            await self._states.create_index(HELD, partialFilterExpression={HELD: {"$exists": True}})

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                await self.refresh()
            except Retryable as error:
                log.warning("what is held waits: %s", error)
            check_cancelled()
            await asyncio.sleep(LOOK_S)

    async def refresh(self) -> None:
        """Read who holds what."""
        async with translated():
            found = await self._states.find({HELD: {"$gt": self._clock.now() - KEPT}}).to_list()
        self._until = {(one["brand"], one["community"]): one[HELD] for one in found}

    def is_held(self, brand: str, community: str) -> bool:
        """Say whether what is planned waits there; so it does until it was looked up once."""
        if self._until is None:
            return True
        until = self._until.get((brand, community))
        return until is not None and self._clock.now() < until
