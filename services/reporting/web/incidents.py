"""The incidents of a brand, and one to look at and to work on."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.reporting.api.incidents import READS, WORK, Reader, Room, Writer, told
from services.reporting.pages.incident_words import SEVERITIES, SIGNALS, WORDS
from services.reporting.pages.page_words import PAGE_WORDS
from services.reporting.pages.post_mortem import parts
from services.reporting.pages.shown_incident import brief
from services.reporting.store.incidents import Status, Wanted
from services.reporting.web.shown import Brand
from shared.directory import Principal, Scope
from shared.http.auth import part_of
from shared.http.forms import asked, form
from shared.http.pages.page import elsewhere, language_here, page
from shared.http.pages.told import told as lenient
from shared.http.problems import Problem
from shared.times import clock

SHOWN = 100
"""Incidents of the list; the API gives out the others."""
CONFLICT = 409
ALL_WORDS = {**PAGE_WORDS, **WORDS}


def incidents(room: Room) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/incidents")
    async def listed(principal: Reader, request: Request, status: Status = "all", brand: Brand = None) -> Response:
        named = part_of(principal, brand, next(scope for scope in READS if scope in principal.scopes))
        found = await room.incidents.listed(Wanted(named, principal.communities, status, None, None, SHOWN))
        return page(
            request,
            "incidents.html.j2",
            words=ALL_WORDS,
            incidents=[brief(one) for one in found],
            severities=SEVERITIES,
            signals=SIGNALS,
            clock=clock,
        )

    @routes.get("/incidents/{id_}")
    async def look(id_: str, principal: Reader, request: Request) -> Response:
        return await _page(request, room, principal, id_)

    @routes.post("/incidents/{id_}/{what}")
    async def work(id_: str, what: str, principal: Writer, request: Request) -> Response:
        if what not in WORK:
            raise Problem(404, "there is nothing of that name to do")
        sent = await form(request)
        crisis = await room.found(id_, principal, Scope.DECISIONS_WRITE)
        try:
            await room.worked(crisis, WORK[what], asked(sent, WORK[what].shape), principal)
        except Problem as problem:
            if problem.status != CONFLICT:
                raise
            return await _page(request, room, principal, id_, problem.detail)
        return elsewhere(request, f"/incidents/{id_}")

    return routes


async def _page(request: Request, room: Room, principal: Principal, id_: str, refused: str | None = None) -> Response:
    crisis = await room.found(id_, principal, *READS)
    return page(
        request,
        "incident.html.j2",
        status=200 if refused is None else CONFLICT,
        words=ALL_WORDS,
        refused=refused,
        may_work=Scope.DECISIONS_WRITE in principal.scopes,
        **parts(lenient(told(crisis, principal)), language_here(request)),
    )
