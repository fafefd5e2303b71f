"""The page of a figure: what it means, what it is made of, and how that can be proved."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.reporting.api.asked import Reader, named
from services.reporting.figures import figure_of
from services.reporting.pages import broken, sections
from services.reporting.pages.page_words import PAGE_WORDS
from services.reporting.pages.words import span
from services.reporting.web.shown import Brand, Days, Pages, Shown, choices
from shared.http.pages.page import language_here, page
from shared.http.problems import Problem
from shared.platforms import PLATFORMS


def figure(pages: Pages) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/figures/{figure}")
    async def of_figure(
        principal: Reader, request: Request, figure: str, days: Shown = Days.MONTH, brand: Brand = None
    ) -> Response:
        of, found = named(principal, brand, None), figure_of(figure)
        if found is None:
            raise Problem(404, f"there is no figure {figure}: `veche reporting define` names them")
        language, (report, at) = language_here(request), await pages.report(of, days)
        if report is None or found.id not in report.total:
            return page(request, "nothing.html.j2", words=PAGE_WORDS, title=found.name.by(language))
        offsets = await pages.source.figures.offsets(found.group)
        return page(
            request,
            "figure.html.j2",
            words=PAGE_WORDS,
            brand=of.brand,
            figure=found,
            untold=[platform.name for id_, platform in PLATFORMS.items() if not found.is_told_by(id_)],
            sources=[(topic, q, offset) for topic in found.topics for q, offset in sorted(offsets.get(topic, {}).items())],
            span=span(report.frame.since, report.frame.until, language),
            cards=list(sections.cards(report, language, [found.id])),
            chart=await pages.drawn(lambda: sections.of_one(report, found, language)),
            places=sections.by_community(report, language, [found.id]),
            parts=list(broken.parts(report, found.id, language)),
            choices=choices(request, days),
            at=at,
            query=urlencode({"days": days.value, "brand": of.brand}),
        )

    return routes
