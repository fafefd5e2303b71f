"""The overview of a brand, and the page of a community: what is looked at each morning."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.reporting.api.asked import Named, Reader, named
from services.reporting.api.reports import Format
from services.reporting.pages import broken, sections
from services.reporting.pages.page_words import PAGE_WORDS
from services.reporting.pages.report import Report
from services.reporting.pages.words import span
from services.reporting.web.shown import Brand, Days, Pages, Shown, choices
from shared.http.pages.page import language_here, page
from shared.platforms import PLATFORMS, platform_of
from shared.said import Language

HEADLINES = (
    "content",
    "active_members",
    "newcomers",
    "newcomers_answered",
    "questions_unanswered",
    "first_response",
    "members_growth",
    "complaints",
    "removals",
    "points_issued",
)


def overview(pages: Pages) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/overview")
    async def of_brand(principal: Reader, request: Request, days: Shown = Days.MONTH, brand: Brand = None) -> Response:
        return await _page(pages, request, named(principal, brand, None), days)

    @routes.get("/communities/{community:path}")
    async def of_community(
        principal: Reader, request: Request, community: str, days: Shown = Days.MONTH, brand: Brand = None
    ) -> Response:
        of, all_ = named(principal, brand, [community]), named(principal, brand, None)
        return await _page(pages, request, of, days, community, (await pages.report(all_, days)).what)

    return routes


async def _page(
    pages: Pages, request: Request, of: Named, days: Days, community: str | None = None, whole: Report | None = None
) -> Response:
    """Return the page; `whole` is the report of all communities that somebody may see, beside which one stands."""
    language, (report, at) = language_here(request), await pages.report(of, days)
    if report is None:
        return page(request, "nothing.html.j2", words=PAGE_WORDS, title=community or of.brand)
    return page(
        request,
        "overview.html.j2",
        words=PAGE_WORDS,
        title=report.title if community is None else _titled(report, community),
        platform=None if community is None else PLATFORMS.get(platform_of(community)),
        community=community,
        report=report,
        span=span(report.frame.since, report.frame.until, language),
        span_before=span(report.frame.before.since, report.frame.before.until, language),
        cards=list(sections.cards(report, language, HEADLINES)),
        charts=await pages.drawn(lambda: list(sections.overview(report, language))),
        places=sections.by_community(report, language, HEADLINES),
        peers=None if whole is None or community is None else broken.beside(whole, community, language),
        span_peers=None if whole is None else span(whole.frame.since, whole.frame.until, language),
        links=[_address(place.community, of, days) for place in report.places],
        details=sections.details(report, language, HEADLINES),
        files=_files(of, report, community, language),
        choices=choices(request, days),
        at=at,
        query=urlencode({"days": days.value, "brand": of.brand}),
    )


def _titled(report: Report, community: str) -> str:
    return next((place.title for place in report.places if place.community == community), community)


def _address(community: str, of: Named, days: Days) -> str:
    return f"/communities/{quote(community)}?{urlencode({'days': days.value, 'brand': of.brand})}"


def _files(of: Named, report: Report, community: str | None, language: Language) -> Sequence[tuple[str, str]]:
    """Return as what the whole report of these days can be had: the format, and its address."""
    asked = {"since": report.frame.since, "until": report.frame.until, "brand": of.brand, "lang": language.value}
    asked |= {} if community is None else {"community": community}
    return [(kind.name, f"/v1/reports?{urlencode(asked | {'format': kind.value})}") for kind in Format]
