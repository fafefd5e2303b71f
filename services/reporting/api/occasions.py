"""Which contest or activity a report is asked of, and what is known of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, NamedTuple

from fastapi import Query

from services.reporting.api.asked import Named, Source
from services.reporting.figures.occasions import Occasion, around, days_beside, occasion
from services.reporting.figures.periods import DAY
from services.reporting.figures.tables.table import Row
from services.reporting.store.parts import Parts
from shared.directory import Principal, Scope
from shared.http.auth import brand_of
from shared.http.problems import Problem

ThingName = Annotated[str | None, Query(max_length=100)]
"""What its document is called; `contest/spring` names it as well."""


class Occasions(NamedTuple):
    """What they are read from."""

    source: Source
    parts: Parts

    async def found(self, principal: Principal, brand: str, contest: str | None, activity: str | None) -> Occasion | None:
        """Return the one that is named; None where none is. Raises Problem where it is not known, or not theirs to see.

        Who takes part in it does so for the brand, not in a community: who is limited to some may not see it.
        """
        if contest is None and activity is None:
            return None
        if contest is not None and activity is not None:
            raise Problem(422, "a report is of a contest or of an activity: name one of the two")
        brand_of(principal, brand, Scope.FIGURES_READ)
        kind, name = ("contest", contest) if contest is not None else ("activity", activity)
        thing = f"{kind}/{(name or '').removeprefix(f'{kind}/')}"
        parts, ending = await self.parts.of(brand, thing)
        found = await asyncio.to_thread(occasion, thing, parts, ending, await self.source.zone(brand))
        if found is None:
            told = "nobody has entered it" if kind == "contest" else "nobody was checked in at it"
            raise Problem(404, f"{told} as far as was told: {thing}; `veche engagement things --kind {kind}` lists all")
        return found

    async def beside(self, of: Named, one: Occasion) -> Sequence[Row]:
        """Return the days of an activity beside ordinary ones; none of a contest."""
        if one.kind != "activity":
            return ()
        (zone, first), latest = await self.source.known(of), await self.source.latest(of, 1)
        frame = around(one, first or one.since, one.until if latest is None else latest.until - DAY, zone)
        return await asyncio.to_thread(days_beside, one, await self.source.read(of, frame), frame)
