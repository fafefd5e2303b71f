"""The page of a brand's goals: how far each has come, and where it will probably end."""

from __future__ import annotations

import asyncio
from functools import partial
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.reporting.api import answers
from services.reporting.api.answers import Cursor
from services.reporting.api.asked import Reader
from services.reporting.api.goals import Goals, Seen
from services.reporting.pages.page_words import PAGE_WORDS
from services.reporting.pages.shown_goal import WORDS, Shown, shown
from services.reporting.web.kept import Kept
from services.reporting.web.shown import Brand, Pages
from shared.http.pages.page import language_here, page
from shared.policy import Version
from shared.said import Language

SHOWN = 10
"""Goals of one page: each is made from figures of a year."""


def goals(pages: Pages, looking: Goals) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(include_in_schema=False)
    kept = Kept[Seen](looking.clock)

    async def seen(version: Version) -> Seen:
        return (await kept.get((version.brand, version.name, version.version), partial(looking.seen, version))).what

    @routes.get("/goals")
    async def listed(principal: Reader, request: Request, brand: Brand = None, cursor: Cursor = None) -> Response:
        part = answers.page(await looking.of(principal, brand), SHOWN, cursor)
        found = await asyncio.gather(*map(seen, part.rows))
        language, about = language_here(request), {} if brand is None else {"brand": brand}
        return page(
            request,
            "goals.html.j2",
            words={**PAGE_WORDS, **WORDS},
            goals=await pages.drawn(lambda: [_shown(one, language) for one in found]),
            part=part,
            is_later=cursor is not None,
            first=urlencode(about),
            following=urlencode(about | {"cursor": part.next or ""}),
        )

    return routes


def _shown(seen: Seen, language: Language) -> Shown:
    return shown(seen.name, seen.spec, seen.figure, seen.progress, language)
