"""The list of cases, by urgency."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.moderation.api.cases import place_of
from services.moderation.api.desk import Desk
from services.moderation.api.shown import shown_case, with_excerpt
from services.moderation.cases.case import Case, milliseconds, moment
from services.moderation.pages import names
from services.moderation.pages.queue_words import WORDS
from services.moderation.pages.told import rules_of
from services.moderation.store.cases import COUNTED_MAX, Asked
from shared.directory import Principal, Scope
from shared.http.auth import brand_of, needs, part_of
from shared.http.pages.page import elsewhere, page
from shared.http.pages.told import Told, told
from shared.times import age, clock

PAGE = 50
"""Cases of a page: as many as somebody looks through, and half of what may be decided at once."""

TEXTS = ("community", "severity", "why", "member")
SWITCHES = ("mine", "assigned", "escalated")
RULINGS = {ruling: names.VERDICTS[ruling] for ruling in ("allow", "keep", "hide", "remove", "warn", "mute", "ban")}
"""What a person may decide."""

SHARED: dict[str, Any] = {
    "named": names.named,
    "rules_of": rules_of,
    "clock": clock,
    "severities": names.SEVERITIES,
    "verdicts": names.VERDICTS,
    "kinds": names.KINDS,
    "names": names.WHY,
    "durations": names.DURATIONS,
    "rulings": RULINGS,
}
"""What the templates of cases call things by."""

Reader = Annotated[Principal, Depends(needs(Scope.DECISIONS_READ))]


def queue(desk: Desk) -> APIRouter:
    """Return the route of the list."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/cases")
    async def listed(request: Request, principal: Reader) -> Response:
        filters = _filters(request)
        asked = _asked(filters, principal, request.query_params.get("brand"), request.query_params.get("after"))
        found = await desk.cases.listed(asked)
        others = await desk.cases.open_of(asked, {case.member for case in found.cases if case.member is not None})
        begin = await desk.excerpts(asked.brand, found.cases)
        now = desk.clock.now()
        return page(
            request,
            "cases.html.j2",
            words=WORDS,
            cases=[_row(case, principal, others, begin, now) for case in found.cases],
            total=found.total,
            is_more=found.total >= COUNTED_MAX,
            filters=filters,
            is_filtered=filters != _filters(None),
            is_later=asked.after is not None,
            first=_address(filters, None),
            next=None if found.next is None else _address(filters, f"{found.next[0]}.{found.next[1]}"),
            may_decide=Scope.DECISIONS_WRITE in principal.scopes,
            statuses=names.STATUSES,
            **SHARED,
        )

    @routes.get("/cases/next")
    async def following(request: Request, principal: Reader) -> Response:
        """Lead to the most urgent case that nobody else works on; to the list where there is none."""
        found = await desk.cases.listed(_asked(_filters(None), principal, request.query_params.get("brand"), None))
        now = desk.clock.now()
        free = [case for case in found.cases if not is_claimed(case, now) or _has(principal, case)]
        return elsewhere(request, f"/cases/{shown_case(free[0], principal)['key']}" if free else "/cases")

    return routes


def _has(principal: Principal, case: Case) -> bool:
    return case.claim is not None and case.claim.by == principal.name


def _filters(request: Request | None) -> dict[str, Any]:
    """Return what the form of the list says; what is left empty asks for nothing."""
    query: Mapping[str, str] = {} if request is None else request.query_params
    found: dict[str, Any] = {name: query.get(name, "").strip() or None for name in TEXTS}
    status = query.get("status", "open")
    found["status"] = status if status in names.STATUSES else "open"
    return found | {name: query.get(name) == "yes" for name in SWITCHES}


def _asked(filters: Mapping[str, Any], principal: Principal, brand: str | None, after: str | None) -> Asked:
    named = part_of(principal, brand, Scope.DECISIONS_READ)
    if filters["community"] is not None:
        brand_of(principal, named, Scope.DECISIONS_READ, filters["community"])
    return Asked(
        named,
        filters["community"],
        principal.communities,
        status=None if filters["status"] == "all" else filters["status"],
        member=filters["member"],
        why=filters["why"],
        severity=filters["severity"],
        claimed=principal.name if filters["mine"] else None,
        assigned=principal.name if filters["assigned"] else None,
        escalated=True if filters["escalated"] else None,
        after=place_of(after),
        limit=PAGE,
    )


def _address(filters: Mapping[str, Any], after: str | None) -> str:
    """Return where a page of the list is."""
    fields = {name: "yes" if value is True else value for name, value in filters.items() if value}
    return f"/cases?{urlencode(fields | ({} if after is None else {'after': after}))}"


def _row(
    case: Case, reader: Principal, others: Mapping[str, int], begin: Mapping[str, str], now: datetime
) -> Mapping[str, Any]:
    """Return a case as the list shows it."""
    mine = case.status == "open"
    count = 0 if case.member is None else others.get(case.member, 0) - mine
    more = {"age": age(moment(case.opened_ms), now), "others": count, "is_claimed": is_claimed(case, now)}
    return Told(told(with_excerpt(shown_case(case, reader), begin)) | more)


def is_claimed(case: Case, now: datetime) -> bool:
    """Say whether it is somebody's: a claim that has run out is nobody's."""
    return case.claim is not None and milliseconds(now) < case.claim.until_ms
