"""What all pages of reporting show: the last days, compared with as many before."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from enum import IntEnum
from functools import partial
from typing import Annotated, TypeVar

from fastapi import Query, Request

from services.reporting.api.asked import Named, Source
from services.reporting.pages.report import Report, compose
from services.reporting.web.kept import RENEW_S, Kept, Made
from shared.clock import Clock
from shared.errors import Retryable
from shared.runtime import patiently

T = TypeVar("T")
log = logging.getLogger(__name__)


WARM_MAX = 20
"""Brands whose overview is made when the service starts."""


class Days(IntEnum):
    """How many days a page shows."""

    WEEK = 7
    MONTH = 30
    QUARTER = 90


Shown = Annotated[Days, Query()]
Brand = Annotated[str | None, Query(max_length=100)]


class Pages:
    """What pages are made from."""

    def __init__(self, source: Source, renders: asyncio.Semaphore, clock: Clock) -> None:
        """`renders` bounds how many are made at once."""
        self.source, self.renders, self._reports = source, renders, Kept[Report | None](clock)

    async def report(self, of: Named, days: Days) -> Made[Report | None]:
        """Return the figures of the last days on which anything was counted, and as of when; None where nothing was yet."""
        communities = None if of.communities is None else tuple(sorted(of.communities))
        return await self._reports.get((of.brand, communities, days), partial(self._composed, of, days))

    async def keep_warm(self) -> None:
        """Have at hand the overviews that were looked at lately, at the start those of some brands; never ends."""
        await patiently(self._warm, lambda _: None)
        while True:
            await asyncio.sleep(RENEW_S)
            await self._reports.renew()

    async def _warm(self) -> None:
        for brand in sorted(one["brand"] for one in await self.source.directory.all("Brand"))[:WARM_MAX]:
            try:
                await self.report(Named(brand, None), Days.MONTH)
            except Retryable:
                raise
            except Exception:  # one that cannot be shown stops no other, and not the folds
                log.exception("the overview of %s could not be made", brand)

    async def _composed(self, of: Named, days: Days) -> Report | None:
        frame = await self.source.latest(of, days)
        if frame is None:
            return None
        names = await self.source.names(of.brand)
        async with self.renders:
            material = await self.source.read(of, frame, frame.before.first)
            return await asyncio.to_thread(compose, names, frame, material, ())

    async def drawn(self, draw: Callable[[], T]) -> T:
        """Return what is drawn, beside the loop."""
        async with self.renders:
            return await asyncio.to_thread(draw)


def choices(request: Request, days: Days) -> Sequence[tuple[int, str, bool]]:
    """Return how many days may be shown: the number, the address of that page, and whether it is this one."""
    return [
        (choice.value, f"?{request.url.include_query_params(days=choice.value).query}", choice is days) for choice in Days
    ]
