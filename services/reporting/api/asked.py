"""What a request asks for: whose figures, of which communities, of which days."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import Depends, Query

from services.reporting import store
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame
from services.reporting.pages.report import Names
from services.reporting.store import FiguresStore
from shared.directory import Directory, Principal, Scope
from shared.http.auth import brand_of, needs, part_of
from shared.http.problems import Problem

DAYS_MAX = 10_000
"""27 years: a history may be as old as its forum, and its first live message comes today."""
HOURLY_DAYS_MAX = 62
"""Two months by the hour are 1,500 rows."""
YEARS = range(1990, 2200)
"""No community is older; far ends of the calendar have no days before."""

Reader = Annotated[Principal, Depends(needs(Scope.FIGURES_READ))]
Communities = Annotated[list[str] | None, Query(max_length=100)]


class Named(NamedTuple):
    """A brand, and the communities among which to look; None: all of the brand's own."""

    brand: str
    communities: Collection[str] | None

    def sees(self, community: str) -> bool:
        """Say whether a community is among them."""
        return self.communities is None or community in self.communities


class Source(NamedTuple):
    """What answers are made from."""

    figures: FiguresStore
    directory: Directory

    async def read(self, named: Named, frame: Frame, since: datetime | None = None, *, by_hour: bool = False) -> Material:
        """Return what was stored of the frame, from an earlier instant on where one is named."""
        purposes = await self._purposes(named.brand)
        partners = {one for one, purpose in purposes.items() if purpose == "partner" and named.sees(one)}
        first = frame.first if since is None else since
        query = store.Query(named.brand, first, frame.end, frame.zone, by_hour, named.communities, set(purposes), partners)
        return await self.figures.read(query)

    async def frame(self, named: Named, since: date | None, until: date | None, days_max: int = DAYS_MAX) -> Frame:
        """Return the days; without them the first and the last are those on which anything was counted.

        Raises Problem where they are no days that can be asked for.
        """
        zone = await self.zone(named.brand)
        if since is None or until is None:
            first, end = await self._span(named, zone)
            since, until = since or first, until or end
        _check(since, until, days_max)
        return Frame(since, until, zone)

    async def latest(self, named: Named, days: int) -> Frame | None:
        """Return the last days on which anything was counted, so many; None where nothing was yet."""
        zone = await self.zone(named.brand)
        found = await self.figures.span(named.brand, named.communities, await self._others(named.brand))
        if found is None:
            return None
        until = found[1].astimezone(zone).date() + timedelta(days=1)
        return Frame(until - timedelta(days=days), until, zone)

    async def known(self, named: Named) -> tuple[ZoneInfo, date | None]:
        """Return the brand's zone, and the first day on which anything was counted; None where nothing was yet."""
        zone = await self.zone(named.brand)
        found = await self.figures.span(named.brand, named.communities, await self._others(named.brand))
        return zone, None if found is None else found[0].astimezone(zone).date()

    async def names(self, brand: str) -> Names:
        """Return what the brand's documents call it and its communities."""
        spec = await self.directory.get("Brand", brand, brand) or {}
        connections = await self.directory.all("Connection", brand)
        listed = (one for connection in connections for one in connection["spec"].get("communities", ()))
        return Names(str(spec.get("title") or brand), {one["id"]: one["title"] for one in listed if one.get("title")})

    async def _span(self, named: Named, zone: ZoneInfo) -> tuple[date, date]:
        """Return the first day on which anything was counted, and the day after the last one."""
        found = await self.figures.span(named.brand, named.communities, await self._others(named.brand))
        if found is None:
            raise Problem(404, f"nothing was counted for {named.brand} yet")
        first, last = (instant.astimezone(zone).date() for instant in found)
        return first, last + timedelta(days=1)

    async def _others(self, brand: str) -> Collection[str]:
        """Return the communities that the brand lists as not its own: partners', watched ones, competitors'."""
        return set(await self._purposes(brand))

    async def _purposes(self, brand: str) -> Mapping[str, str]:
        """Return what those communities are to the brand."""
        specs = [found["spec"] for found in await self.directory.all("Connection", brand)]
        listed = ((spec, community) for spec in specs for community in spec.get("communities", ()))
        told = ((one["id"], one.get("purpose") or spec.get("purpose", "owned")) for spec, one in listed)
        return {community: purpose for community, purpose in told if purpose != "owned"}

    async def zone(self, brand: str) -> ZoneInfo:
        """Return the time zone of a brand. Raises Problem where its document names one that there is not."""
        spec = await self.directory.get("Brand", brand, brand) or {}
        name = str(spec.get("timezone") or "UTC")
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise Problem(422, f"the time zone of {brand} is not known: {name}; correct it in its Brand document") from error


def named(principal: Principal, brand: str | None, communities: list[str] | None) -> Named:
    """Return the brand, and the communities among which to look: those named, else all that the token may see."""
    found = part_of(principal, brand, Scope.FIGURES_READ)
    for community in communities or ():
        brand_of(principal, found, Scope.FIGURES_READ, community)
    return Named(found, communities or principal.communities)


def _check(since: date, until: date, days_max: int) -> None:
    if since >= until:
        raise Problem(422, f"since ({since}) must be before until ({until}), which is not included")
    if since.year not in YEARS or until.year not in YEARS:
        raise Problem(422, f"since and until must lie in the years {YEARS[0]} to {YEARS[-1]}")
    if (until - since).days > days_max:
        raise Problem(422, f"{since} to {until} are {(until - since).days} days; at most {days_max} are given at once")
