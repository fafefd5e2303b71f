"""Figures and tables as rows, what each means, and where it comes from."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.reporting.api.answers import PAGE_MAX, Cursor, Limit, answer, page
from services.reporting.api.asked import DAYS_MAX, HOURLY_DAYS_MAX, Communities, Reader, Source, named
from services.reporting.figures import FIGURES, figure_of
from services.reporting.figures.defining import defined, tabled
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame, Grain
from services.reporting.figures.summary import figures_by, untold_by
from services.reporting.figures.tables import BY_ID, TABLES
from shared.http.problems import Problem
from shared.said import Said


class Per(StrEnum):
    """What rows are told apart by beside their periods."""

    BRAND = "brand"
    PLATFORM = "platform"
    COMMUNITY = "community"


def routes(source: Source) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1")
    _add_rows(router, source)
    _add_tables(router, source)
    _add_definitions(router, source)
    return router


def _add_rows(router: APIRouter, source: Source) -> None:
    @router.get("/figures", response_class=Response)
    async def rows(
        principal: Reader,
        request: Request,
        since: date,
        until: date,
        brand: str | None = None,
        by: Grain = Grain.DAY,
        per: Per = Per.BRAND,
        community: Communities = None,
        limit: Limit = PAGE_MAX,
        cursor: Cursor = None,
    ) -> Response:
        """Return the figures by period, in all or of each platform or community.

        Days are those of the brand's zone; `until` is not included. More rows than `limit` follow with the cursor `next`.
        """
        of = named(principal, brand, community)
        frame = await source.frame(of, since, until, HOURLY_DAYS_MAX if by is Grain.HOUR else DAYS_MAX)
        material = await source.read(of, frame, by_hour=by is Grain.HOUR)
        found = await asyncio.to_thread(_rows, material, frame, by, per)
        part = page(found, limit, cursor)
        return answer(
            request, _about(of.brand, frame, material) | {"by": by, "per": per, "rows": part.rows, "next": part.next}
        )


def _add_tables(router: APIRouter, source: Source) -> None:
    @router.get("/tables/{table}", response_class=Response)
    async def table(
        principal: Reader,
        request: Request,
        table: str,
        since: date,
        until: date,
        brand: str | None = None,
        community: Communities = None,
        limit: Limit = PAGE_MAX,
        cursor: Cursor = None,
    ) -> Response:
        """Return a table: its columns, and its rows in their order."""
        found = BY_ID.get(table)
        if found is None:
            raise Problem(404, f"there is no table {table}: there are {', '.join(BY_ID)}")
        of = named(principal, brand, community)
        frame = await source.frame(of, since, until)
        material = await source.read(of, frame, found.since(frame))
        part = page(await asyncio.to_thread(found.rows, material, frame), limit, cursor)
        body = _about(of.brand, frame, material) | tabled(found)
        told = [[cell._asdict() if isinstance(cell, Said) else cell for cell in row] for row in part.rows]
        return answer(request, body | {"rows": told, "next": part.next})


def _add_definitions(router: APIRouter, source: Source) -> None:
    @router.get("/definitions")
    async def definitions(principal: Reader) -> list[dict[str, Any]]:
        """Return every figure: its names, definition and unit, where it comes from, which platforms do not tell it."""
        del principal
        return [defined(figure) for figure in FIGURES]

    @router.get("/definitions/tables")
    async def tables(principal: Reader) -> list[dict[str, Any]]:
        """Return every table: its names, definition and columns."""
        del principal
        return [tabled(table) for table in TABLES]

    @router.get("/definitions/{figure}")
    async def definition(principal: Reader, figure: str) -> dict[str, Any]:
        """Return one figure, and up to where its topics have been counted: the next offset of each partition."""
        del principal
        found = figure_of(figure)
        if found is None:
            raise Problem(404, f"there is no figure {figure}: GET /v1/definitions names them")
        offsets = await source.figures.offsets(found.group)
        return defined(found) | {"offsets": {topic: offsets.get(topic, {}) for topic in found.topics}}


def _about(brand: str, frame: Frame, material: Material) -> dict[str, Any]:
    return {
        "brand": brand,
        "timezone": frame.zone.key,
        "since": frame.since,
        "until": frame.until,
        "communities": material.communities,
        "untold": untold_by(material),
    }


def _rows(material: Material, frame: Frame, by: Grain, per: Per) -> Sequence[dict[str, Any]]:
    if per is Per.BRAND:
        return list(_periods(material, frame, by, {}))
    parts = material.by_platform() if per is Per.PLATFORM else material.by_community()
    return [row for name, part in parts.items() for row in _periods(part, frame, by, {per.value: name})]


def _periods(material: Material, frame: Frame, by: Grain, of: Mapping[str, str]) -> Sequence[dict[str, Any]]:
    (periods,) = figures_by(material, frame, by)
    return [{**of, "start": period.start, "figures": period.values} for period in periods]
