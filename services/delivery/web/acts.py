"""The page of what was done on the platforms: by what decision, through which connection, with which answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.delivery.api import Desk
from services.delivery.pages.answers import answered
from services.delivery.pages.words import KINDS, MODES, OUTCOMES, WORDS
from services.delivery.store.open_acts import Mark
from services.delivery.store.switches import switch_of
from shared.directory import Principal, Scope
from shared.http.auth import brand_of, needs, part_of
from shared.http.pages.page import elsewhere, page
from shared.http.pages.told import Told
from shared.http.problems import Problem
from shared.telemetry.trace_pages import page_of
from shared.times import clock

PAGE = 50
"""Acts of a page."""

FILTERS = ("community", "outcome", "cause")

Reader = Annotated[Principal, Depends(needs(Scope.DECISIONS_READ))]
Switcher = Annotated[Principal, Depends(needs(Scope.POLICIES_WRITE))]


def pages(desk: Desk, trace_ui: str | None = None) -> APIRouter:
    """Return the routes; `trace_ui` is where a person opens traces."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/acts")
    async def listed(request: Request, principal: Reader) -> Response:
        brand = part_of(principal, request.query_params.get("brand"), Scope.DECISIONS_READ)
        filters = {name: request.query_params.get(name, "").strip() or None for name in FILTERS}
        before = _mark(request.query_params.get("before"))
        found = await desk.done(principal, brand, PAGE, before=before, **filters)
        status = await desk.status(principal, brand)
        return page(
            request,
            "acts.html.j2",
            words=WORDS,
            acts=[Told(one) for one in found],
            state=status,
            is_stopped=any(one["what"] == switch_of(brand) for one in status["stopped"]),
            may_switch=Scope.POLICIES_WRITE in principal.scopes and principal.communities is None,
            filters=filters,
            is_filtered=any(filters.values()),
            is_later=before is not None,
            first=_address(filters, None),
            next=_address(filters, f"{found[-1]['at']}/{found[-1]['action']}") if len(found) == PAGE else None,
            kinds=KINDS,
            outcomes=OUTCOMES,
            modes=MODES,
            trace_page=None if trace_ui is None else partial(page_of, trace_ui),
            answered=answered,
            clock=clock,
        )

    @routes.post("/acts/stop")
    async def stop(request: Request, principal: Switcher) -> Response:
        brand = brand_of(principal, request.query_params.get("brand"), Scope.POLICIES_WRITE)
        await desk.switches.stop(brand, principal.name, desk.clock.now())
        return elsewhere(request, "/acts")

    @routes.post("/acts/start")
    async def start(request: Request, principal: Switcher) -> Response:
        brand = brand_of(principal, request.query_params.get("brand"), Scope.POLICIES_WRITE)
        await desk.switches.start(brand)
        return elsewhere(request, "/acts")

    return routes


def _mark(told: str | None) -> Mark | None:
    """Return the last act of the page before, by an address of ours. Raises Problem for anything else."""
    if not told:
        return None
    at, _, id_ = told.partition("/")
    try:
        found = datetime.fromisoformat(at).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Problem(422, "this address of a page is none") from error
    return Mark(found, id_)


def _address(filters: Mapping[str, str | None], before: str | None) -> str:
    fields: Sequence[tuple[str, str]] = [(name, value) for name, value in (*filters.items(), ("before", before)) if value]
    return f"/acts?{urlencode(fields)}"
