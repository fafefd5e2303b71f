"""Recommendations: listed, and accepted or dismissed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from services.reporting.api.advisor import Advisor, Wish
from services.reporting.api.answers import answer
from services.reporting.api.asked import Communities, Reader, named
from services.reporting.pages.shown_advice import advice_told, decided_told
from services.reporting.rules.advice import BY_ID
from services.reporting.rules.advice.advice import Decision
from shared.directory import Principal, Scope
from shared.http.auth import check_brand, needs
from shared.said import Language

NOTE_CHARS_MAX = 1_000

Decider = Annotated[Principal, Depends(needs(Scope.DECISIONS_WRITE))]


class Deciding(BaseModel, extra="forbid"):
    """What somebody decides about a recommendation."""

    decision: Decision
    note: Annotated[str, Field(max_length=NOTE_CHARS_MAX)] = ""
    version: Annotated[int, Field(ge=0)] = 0
    """Which one they saw; 0: nothing was decided."""
    brand: str | None = None


def routes(advisor: Advisor) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1")

    @router.get("/recommendations", response_class=Response)
    async def listed(
        principal: Reader,
        request: Request,
        brand: str | None = None,
        until: date | None = None,
        community: Communities = None,
        lang: Language = Language.EN,
    ) -> Response:
        """Return what is recommended by the last four whole weeks, or by those before `until`, and what was decided.

        What concerns the whole brand is told to who may see all of it. `followed` tells the figure before and after, once
        the days of its rule are over.
        """
        of = named(principal, brand, community)
        frame = await advisor.frame(of, until)
        found = [] if frame is None else await advisor.found(of, frame)
        decided = await advisor.decided(of)
        body: dict[str, Any] = {
            "brand": of.brand,
            "since": None if frame is None else frame.since,
            "until": None if frame is None else frame.until,
            "open": [advice_told(one, lang) for one in await advisor.still_open(of, found)],
            "decided": [decided_told(one, BY_ID.get(one.rule), await advisor.followed(one), lang) for one in decided],
        }
        return answer(request, body)

    @router.post("/recommendations/{id_}")
    async def decide(
        id_: str, principal: Decider, request: Request, asked: Deciding, lang: Language = Language.EN
    ) -> Response:
        """Accept or dismiss a recommendation, or think again. 409 where somebody else decided meanwhile.

        Needs `figures:read` as well: the answer holds figures.
        """
        brand = named(principal, asked.brand, None).brand
        await check_brand(request, brand)
        decided = await advisor.decide(principal, brand, id_, Wish(asked.decision, asked.note, asked.version))
        told = decided_told(decided, BY_ID.get(decided.rule), await advisor.followed(decided), lang)
        return JSONResponse(told | {"until": decided.until.isoformat(), "at": decided.at.isoformat()})

    return router
