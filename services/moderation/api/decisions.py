"""Decisions to read, and to take back. A reversal is a command: the fold, which alone writes decisions, decides."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse

from services.moderation.api.desk import Desk
from services.moderation.api.second_looks import case_of
from services.moderation.api.shown import HISTORY
from services.moderation.cases.states import url_key
from services.moderation.rules.commands import Reverse
from services.moderation.rules.outcome import DECISION, SHADOW
from services.moderation.store.decisions import Wanted
from shared.directory import Principal, Scope
from shared.documents.shape import Spec
from shared.http.auth import brand_of, needs, part_of
from shared.http.body import limited_body
from shared.http.problems import Problem

LIMIT_MAX = 500
"""Decisions of one answer: about 300 kB."""
BODY_BYTES_MAX = 10_000

Reader = Annotated[Principal, Depends(needs(Scope.DECISIONS_READ))]
Writer = Annotated[Principal, Depends(needs(Scope.DECISIONS_WRITE))]
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]
Since = Annotated[datetime | None, Query()]


class ReversalRequest(Spec, frozen=True, kw_only=True):
    """Why a decision is taken back."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


def decisions(desk: Desk) -> APIRouter:
    """Return the routes of decisions."""
    routes, store = APIRouter(), desk.decisions

    @routes.get("/v1/decisions")
    async def listed(
        principal: Reader,
        brand: str | None = None,
        community: str | None = None,
        member: str | None = None,
        since: Since = None,
        limit: Limit = 50,
        *,
        shadow: bool = False,
    ) -> JSONResponse:
        named = part_of(principal, brand, Scope.DECISIONS_READ)
        if community is not None:
            brand_of(principal, named, Scope.DECISIONS_READ, community)
        if since is not None and since.tzinfo is None:
            raise Problem(422, "since needs a zone, for example 2026-03-02T09:00:00Z")
        kind = SHADOW if shadow else DECISION
        wanted = Wanted(named, community, principal.communities, member, since, limit, kind)
        found = await desk.second_looks.decisions(await store.listed(wanted), principal)
        return JSONResponse([shown(decision) for decision in found])

    @routes.get("/v1/decisions/{decision}")
    async def one(decision: str, principal: Reader) -> JSONResponse:
        return JSONResponse(shown(await _found(desk, decision, principal, Scope.DECISIONS_READ)))

    _reversing(routes, desk)
    return routes


def _reversing(routes: APIRouter, desk: Desk) -> None:
    @routes.post("/v1/decisions/{decision}/reversal")
    async def reverse(decision: str, request: Request, principal: Writer) -> JSONResponse:
        asked = _asked(await limited_body(dict(request.headers), request.receive, BODY_BYTES_MAX))
        found = await _found(desk, decision, principal, Scope.DECISIONS_WRITE)
        was_reversed = found["reversal"] is not None
        if not was_reversed:
            await desk.check_reversal(url_key(found["brand"], found["community"], case_of(found)), principal)
            await desk.orders.given(reversal(found, asked.reason, principal, desk.clock.now()))
            found = await desk.decisions.one(decision) or found
        if found["reversal"] is None:
            return JSONResponse(shown(found), 202, headers={"Location": f"/v1/decisions/{decision}"})
        return JSONResponse(shown(found) | ({"already": True} if was_reversed else {}))


def _asked(body: bytes) -> ReversalRequest:
    try:
        return msgspec.json.decode(body, type=ReversalRequest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(422, f"name a reason: {error}") from error


async def _found(desk: Desk, decision: str, principal: Principal, scope: Scope) -> Mapping[str, Any]:
    """Return a decision as this person may know it; one of another brand is not there."""
    found = await desk.decisions.one(decision)
    if found is None or not principal.may(scope, found["brand"], found["community"]):
        raise Problem(404, "there is no such decision")
    told = await desk.second_looks.decisions([found], principal)
    if not told:
        raise Problem(404, "there is no such decision")
    return told[0]


def reversal(found: Mapping[str, Any], reason: str, principal: Principal, at: datetime) -> Reverse:
    """Return the command that takes a decision back. Each request has its own: one that was refused may be asked again."""
    return Reverse(
        id=secrets.token_hex(16),
        brand=found["brand"],
        community=found["community"],
        case=case_of(found),
        decision=found["_id"],
        content=found.get("content"),
        member=found.get("member"),
        at=at,
        by=principal.name,
        reason=reason,
    )


SHOWN = (
    *("community", "channel", "member", "content", "cause", "verdict", "rules", "version", "findings", "skipped"),
    *("reason", "trace", "by", "severity", "parked", "until", "label"),
)
"""Fields of an entry that the API tells as they are."""


def shown(decision: Mapping[str, Any]) -> dict[str, Any]:
    """Return a decision as the API tells it."""
    told = {"id": decision["_id"], "brand": decision["brand"], "time": decision["at"].isoformat()}
    told |= {name: decision[name] for name in SHOWN if name in decision} | {"imported": decision["imported"]}
    if "until" in told:
        told["until"] = told["until"].isoformat()
    reversal = decision.get("reversal")
    if reversal is not None:
        told["reversal"] = {
            name: reversal[name] for name in ("by", "reason", "cause", "trace", "replaced_by") if name in reversal
        }
        told["reversal"]["time"] = reversal["at"].isoformat()
    if decision["imported"] and ("by" in decision or reversal is not None):
        told["remark"] = HISTORY
    return told
