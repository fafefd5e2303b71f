"""Reports as pages or tables."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from enum import StrEnum

from fastapi import APIRouter
from fastapi.responses import Response

from services.reporting.api.asked import Communities, Reader, Source, named
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame
from services.reporting.pages.page import as_html
from services.reporting.pages.report import Names, Report, compose, is_short
from services.reporting.pages.table import as_csv
from shared.said import Language

RENDERS_MAX = 2
"""Pages drawn at once: each takes a core, and the folds need theirs."""


class Format(StrEnum):
    """What a report is handed out as."""

    HTML = "html"
    CSV = "csv"


def routes(source: Source, renders: asyncio.Semaphore) -> APIRouter:
    """Return the routes; `renders` is of RENDERS_MAX."""
    router = APIRouter(prefix="/v1")

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
        of = named(principal, brand, community)
        frame = await source.frame(of, since, until)
        names = await source.names(of.brand)
        async with renders:
            material = await source.read(of, frame, frame.before.first, by_hour=is_short(frame))
            return await asyncio.to_thread(_response, names, frame, material, format, lang)

    return router


_WRITERS: dict[Format, tuple[str, Callable[[Report, Language], str]]] = {
    Format.HTML: ("text/html; charset=utf-8", as_html),
    Format.CSV: ("text/csv; charset=utf-8", as_csv),
}


def _response(names: Names, frame: Frame, material: Material, format_: Format, language: Language) -> Response:
    media_type, write = _WRITERS[format_]
    name = f"report-{frame.since}-{frame.until}.{format_.value}"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(write(compose(names, frame, material), language), media_type=media_type, headers=headers)
