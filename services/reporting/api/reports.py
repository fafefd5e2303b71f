"""Reports as pages, tables and workbooks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from enum import StrEnum

from fastapi import APIRouter
from fastapi.responses import Response

from services.reporting.api.asked import Communities, Reader, Source, named
from services.reporting.api.occasions import Occasions, ThingName
from services.reporting.api.printing import as_pdf
from services.reporting.pages.occasion import about
from services.reporting.pages.page import as_html
from services.reporting.pages.parquet import as_parquet
from services.reporting.pages.report import Report, compose, is_short, read_from
from services.reporting.pages.table import as_csv
from services.reporting.pages.workbook import as_xlsx
from shared.said import Language

RENDERS_MAX = 2
"""Pages drawn at once: each takes a core, and the folds need theirs."""


class Format(StrEnum):
    """What a report is handed out as."""

    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"
    PARQUET = "parquet"


def routes(source: Source, occasions: Occasions, renders: asyncio.Semaphore) -> APIRouter:
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
        contest: ThingName = None,
        activity: ThingName = None,
    ) -> Response:
        """Return a report over the days, compared with as many before; `until` is not included.

        Without them the first and the last day are those of the contest or the activity, where one is named, else those on
        which anything was counted.
        """
        of = named(principal, brand, community)
        one = await occasions.found(principal, of.brand, contest, activity)
        if one is not None:
            since, until = since or one.since, until or one.until
        frame = await source.frame(of, since, until)
        names = await source.names(of.brand)
        async with renders:
            material = await source.read(of, frame, read_from(frame), by_hour=is_short(frame))
            made = await asyncio.to_thread(compose, names, frame, material)
            if one is not None:
                made = about(made, one, await occasions.beside(of, one))
            if format is not Format.PDF:
                return await written(made, format, lang)
        return await written(made, format, lang)  # another process prints it: nobody has to wait for that

    return router


async def _html(report: Report, language: Language) -> bytes:
    return (await asyncio.to_thread(as_html, report, language)).encode()


async def _csv(report: Report, language: Language) -> bytes:
    return (await asyncio.to_thread(as_csv, report, language)).encode()


async def _xlsx(report: Report, language: Language) -> bytes:
    return await asyncio.to_thread(as_xlsx, report, language)


async def _parquet(report: Report, language: Language) -> bytes:
    return await asyncio.to_thread(as_parquet, report, language)


async def _pdf(report: Report, language: Language) -> bytes:
    return await as_pdf(await asyncio.to_thread(as_html, report, language))


_WRITERS: dict[Format, tuple[str, Callable[[Report, Language], Awaitable[bytes]]]] = {
    Format.HTML: ("text/html; charset=utf-8", _html),
    Format.PDF: ("application/pdf", _pdf),
    Format.XLSX: ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
    Format.CSV: ("text/csv; charset=utf-8", _csv),
    Format.PARQUET: ("application/vnd.apache.parquet", _parquet),
}


async def content(report: Report, format_: Format, language: Language) -> bytes:
    """Return a report as the bytes of a file. Raises Problem where it cannot be printed."""
    return await _WRITERS[format_][1](report, language)


async def written(report: Report, format_: Format, language: Language) -> Response:
    """Return a report as a file of a format."""
    frame = report.frame
    name = f"report-{frame.since}-{frame.until}.{format_.value}"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    media_type, _ = _WRITERS[format_]
    return Response(await content(report, format_, language), media_type=media_type, headers=headers)
