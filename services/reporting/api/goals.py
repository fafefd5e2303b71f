"""Goals: how far each has come, and where it will probably end, from what is stored now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.reporting.api.answers import Cursor, Limit, answer, page
from services.reporting.api.asked import Named, Reader, Source
from services.reporting.documents import may_see
from services.reporting.figures import figure_of
from services.reporting.figures.figure import Figure
from services.reporting.figures.material import Material
from services.reporting.figures.periods import DAY, Frame
from services.reporting.rules.goals.declared import KIND, built, over_of
from services.reporting.rules.goals.progress import Progress, progress, since_of
from shared.clock import Clock
from shared.directory import Principal, Scope
from shared.documents.goals import Goal
from shared.http.auth import part_of
from shared.http.documents import latest_of
from shared.http.problems import Problem
from shared.policy import Version
from shared.shelf import MongoShelf

PAGE = 20
"""Goals of one answer, where nobody says how many: each is made from figures of a year."""


class Seen(NamedTuple):
    """A goal, and what is known of it when a day begins."""

    name: str
    version: int
    spec: Goal
    figure: Figure
    today: date
    progress: Progress


class Goals:
    """Looks at goals."""

    def __init__(self, source: Source, shelf: MongoShelf, clock: Clock, renders: asyncio.Semaphore) -> None:
        """`renders` bounds how many are looked at, and pages drawn, at once."""
        self._source, self._shelf, self.clock, self._renders = source, shelf, clock, renders

    async def everywhere(self) -> Sequence[Version]:
        """Return the goals of all brands."""
        found = list(await self._shelf.all(KIND))
        brands = sorted({one.brand for one in found})
        return [one for brand in brands for one in latest_of(found, brand).values() if not one.deleted]

    async def of(self, principal: Principal, brand: str | None) -> Sequence[Version]:
        """Return the goals of a brand that somebody may see, in the order of their names."""
        named = part_of(principal, brand, Scope.FIGURES_READ)
        found = latest_of(await self._shelf.all(KIND), named).values()
        return sorted((one for one in found if not one.deleted and may_see(principal, one.spec)), key=lambda one: one.name)

    async def seen(self, version: Version) -> Seen:
        """Return what is known of a goal now. Raises Problem where the brand's zone is not known."""
        async with self._renders:
            return await self._seen(version)

    async def _seen(self, version: Version) -> Seen:
        spec = built(version.version, version.spec)
        of = Named(version.brand, spec.communities or None)
        zone, first = await self._source.known(of)
        today = self.clock.now().astimezone(zone).date()
        figure, until = figure_of(spec.figure), min(today, spec.due + DAY)
        assert figure is not None, "it was checked when it was stored"
        since, material = until, Material()
        if first is not None and first < until:
            since = max(first, since_of(spec, today))
            material = await self._source.read(of, Frame(since, until, zone))
        if spec.platform is not None:
            material = material.by_platform().get(spec.platform, Material())
            begun = min((row.at for row in material.rows), default=None)  # days before are not known to be empty
            since = since if begun is None else max(since, begun.astimezone(zone).date())
        told = await asyncio.to_thread(progress, spec, material, zone, since, today)
        return Seen(version.name, version.version, spec, figure, today, told)


def routes(goals: Goals) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1")

    @router.get("/goals", response_class=Response)
    async def listed(
        principal: Reader, request: Request, brand: str | None = None, limit: Limit = PAGE, cursor: Cursor = None
    ) -> Response:
        """Return goals by name, as of the begin of this day; more than `limit` follow with the cursor `next`."""
        part = page(await goals.of(principal, brand), limit, cursor)
        return answer(request, {"goals": [shown(await goals.seen(one)) for one in part.rows], "next": part.next})

    @router.get("/goals/{name}", response_class=Response)
    async def one(principal: Reader, request: Request, name: str, brand: str | None = None) -> Response:
        """Return a goal with the line of what was and the band of what is expected."""
        found = next((one for one in await goals.of(principal, brand) if one.name == name), None)
        if found is None:
            raise Problem(404, f"there is no goal {name}: `veche reporting goals` names them")
        return answer(request, shown(await goals.seen(found), whole=True))

    return router


def shown(seen: Seen, *, whole: bool = False) -> dict[str, Any]:
    """Return a goal as it is told; `whole` with its line and band."""
    spec, told = seen.spec, msgspec.to_builtins(seen.progress)
    if not whole:
        del told["path"], told["history"]
    return {
        "name": seen.name,
        "version": seen.version,
        "title": {"en": spec.title.en, "ru": spec.title.ru},
        "figure": seen.figure.id,
        "communities": list(spec.communities),
        "platform": spec.platform,
        "over": over_of(spec, seen.figure),
        "from": spec.from_.isoformat(),
        "due": spec.due.isoformat(),
        "owner": spec.owner,
        "as_of": seen.today.isoformat(),
        **told,
    }
