"""The API of reporting: figures as rows, reports as pages or tables."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.reporting import store
from services.reporting.figures import FIGURES
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame, Grain
from services.reporting.figures.summary import figures_by, untold_by
from services.reporting.pages.page import as_html
from services.reporting.pages.report import Names, Report, compose, is_short
from services.reporting.pages.table import as_csv
from services.reporting.store import FiguresStore
from shared.directory import Directory, Principal, Scope
from shared.http.auth import brand_of, needs, part_of
from shared.http.problems import Problem
from shared.said import Language

DAYS_MAX = 10_000
"""27 years: a history may be as old as its forum, and its first live message comes today."""
HOURLY_DAYS_MAX = 62
"""Two months by the hour are 1,500 rows."""
YEARS = range(1990, 2200)
"""No community is older; far ends of the calendar have no days before."""
RENDERS_MAX = 2
"""Pages drawn at once: each takes a core, and the folds need theirs."""


class Format(StrEnum):
    """What a report is handed out as."""

    HTML = "html"
    CSV = "csv"


Reader = Annotated[Principal, Depends(needs(Scope.FIGURES_READ))]
Communities = Annotated[list[str] | None, Query(max_length=100)]


def routes(figures: FiguresStore, directory: Directory) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1")
    _add_figures(router, figures, directory)
    _add_reports(router, figures, directory)
    return router


def _add_figures(router: APIRouter, figures: FiguresStore, directory: Directory) -> None:
    @router.get("/figures")
    async def rows(
        principal: Reader,
        since: date,
        until: date,
        brand: str | None = None,
        by: Grain = Grain.DAY,
        community: Communities = None,
    ) -> dict[str, Any]:
        """Return the figures by period. Days are those of the brand's zone; `until` is not included."""
        named, among = _asked(principal, brand, community)
        frame = await _frame(directory, named, since, until, HOURLY_DAYS_MAX if by is Grain.HOUR else DAYS_MAX)
        by_hour = by is Grain.HOUR
        others = await _others(directory, named)
        material = await figures.read(store.Query(named, frame.first, frame.end, frame.zone, by_hour, among, others))
        return await asyncio.to_thread(_rows, named, material, frame, by)

    @router.get("/definitions")
    async def definitions(principal: Reader) -> list[dict[str, Any]]:
        """Return every figure's names, definitions and units."""
        del principal
        words = ("name", "definition", "unit")
        return [{"id": f.id, **{word: getattr(f, word)._asdict() for word in words}} for f in FIGURES]


def _add_reports(router: APIRouter, figures: FiguresStore, directory: Directory) -> None:
    renders = asyncio.Semaphore(RENDERS_MAX)

    @router.get("/reports", response_class=Response)
    async def report(
        principal: Reader,
        since: date | None = None,
        until: date | None = None,
        brand: str | None = None,
        format: Format = Format.HTML,  # noqa: A002 - the parameter's name in the address
        lang: Language = Language.EN,
        community: Communities = None,
    ) -> Response:
        """Return a report over the days, compared with as many before; `until` is not included.

        Without them the first and the last day are those on which anything was counted.
        """
        named, among = _asked(principal, brand, community)
        others = await _others(directory, named)
        if since is None or until is None:
            first, end = await _span(figures, directory, named, among, others)
            since, until = since or first, until or end
        frame = await _frame(directory, named, since, until, DAYS_MAX)
        query = store.Query(named, frame.before.first, frame.end, frame.zone, is_short(frame), among, others)
        names = await _names(directory, named)
        async with renders:
            material = await figures.read(query)
            return await asyncio.to_thread(_response, names, frame, material, format, lang)


def _asked(principal: Principal, brand: str | None, communities: list[str] | None) -> tuple[str, Collection[str] | None]:
    """Return the brand, and the communities among which to look: those named, else all that the token may see."""
    named = part_of(principal, brand, Scope.FIGURES_READ)
    for community in communities or ():
        brand_of(principal, named, Scope.FIGURES_READ, community)
    return named, communities or principal.communities


async def _frame(directory: Directory, brand: str, since: date, until: date, days_max: int) -> Frame:
    if since >= until:
        raise Problem(422, f"since ({since}) must be before until ({until}), which is not included")
    if since.year not in YEARS or until.year not in YEARS:
        raise Problem(422, f"since and until must lie in the years {YEARS[0]} to {YEARS[-1]}")
    if (until - since).days > days_max:
        raise Problem(422, f"{since} to {until} are {(until - since).days} days; at most {days_max} are given at once")
    return Frame(since, until, await _zone(directory, brand))


async def _others(directory: Directory, brand: str) -> Collection[str]:
    """Return the communities that the brand lists as not its own: partners', watched ones, competitors'."""
    specs = [found["spec"] for found in await directory.all("Connection", brand)]
    listed = ((spec, community) for spec in specs for community in spec.get("communities", ()))
    return {
        community["id"]
        for spec, community in listed
        if (community.get("purpose") or spec.get("purpose", "owned")) != "owned"
    }


async def _span(
    figures: FiguresStore,
    directory: Directory,
    brand: str,
    communities: Collection[str] | None,
    others: Collection[str],
) -> tuple[date, date]:
    """Return the first day on which anything was counted, and the day after the last one."""
    found = await figures.span(brand, communities, others)
    if found is None:
        raise Problem(404, f"nothing was counted for {brand} yet")
    zone = await _zone(directory, brand)
    first, last = (instant.astimezone(zone).date() for instant in found)
    return first, last + timedelta(days=1)


async def _zone(directory: Directory, brand: str) -> ZoneInfo:
    spec = await directory.get("Brand", brand, brand) or {}
    name = str(spec.get("timezone") or "UTC")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Problem(422, f"the time zone of {brand} is not known: {name}; correct it in its Brand document") from error


def _rows(brand: str, material: Material, frame: Frame, by: Grain) -> dict[str, Any]:
    (periods,) = figures_by(material, frame, by)
    return {
        "brand": brand,
        "timezone": frame.zone.key,
        "by": by.value,
        "since": frame.since,
        "until": frame.until,
        "communities": material.communities,
        "untold": untold_by(material),
        "rows": [{"start": period.start, "figures": period.values} for period in periods],
    }


_WRITERS: dict[Format, tuple[str, Callable[[Report, Language], str]]] = {
    Format.HTML: ("text/html; charset=utf-8", as_html),
    Format.CSV: ("text/csv; charset=utf-8", as_csv),
}


async def _names(directory: Directory, brand: str) -> Names:
    """Return what the brand's documents call it and its communities."""
    spec = await directory.get("Brand", brand, brand) or {}
    connections = await directory.all("Connection", brand)
    listed = (one for connection in connections for one in connection["spec"].get("communities", ()))
    return Names(str(spec.get("title") or brand), {one["id"]: one["title"] for one in listed if one.get("title")})


def _response(names: Names, frame: Frame, material: Material, format_: Format, language: Language) -> Response:
    media_type, write = _WRITERS[format_]
    name = f"report-{frame.since}-{frame.until}.{format_.value}"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(write(compose(names, frame, material), language), media_type=media_type, headers=headers)
