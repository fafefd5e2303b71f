"""Cases to list, to read, and to work on."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Literal, TypeVar

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse

from services.moderation.api.desk import Desk, Make
from services.moderation.api.requests import (
    AssignRequest,
    BulkRequest,
    ClaimRequest,
    DecisionRequest,
    DisputeRequest,
    EscalateRequest,
    NoteRequest,
    Seen,
    SettleRequest,
    StatementRequest,
)
from services.moderation.api.shown import shown_case, with_excerpt
from services.moderation.cases.case import Case, Dispute
from services.moderation.rules import commands
from services.moderation.store.cases import Asked
from shared.directory import Principal, Scope
from shared.events.moderation import Severity
from shared.http.auth import brand_of, needs, part_of
from shared.http.body import limited_body, request_of
from shared.http.problems import Problem

LIMIT_MAX = 200
BODY_BYTES_MAX = 100_000

Reader = Annotated[Principal, Depends(needs(Scope.DECISIONS_READ))]
Writer = Annotated[Principal, Depends(needs(Scope.DECISIONS_WRITE))]
R = TypeVar("R", bound=msgspec.Struct)


async def _posted(request: Request, shape: type[R]) -> R:
    return request_of(await limited_body(dict(request.headers), request.receive, BODY_BYTES_MAX), shape)


def cases(desk: Desk) -> APIRouter:
    """Return the routes of cases."""
    routes = APIRouter()
    _reading(routes, desk)
    _working(routes, desk)
    _deciding(routes, desk)
    _disputes(routes, desk)
    return routes


def _reading(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/v1/cases")
    async def listed(
        principal: Reader,
        brand: str | None = None,
        community: str | None = None,
        status: Literal["open", "closed", "all"] = "open",
        member: str | None = None,
        why: str | None = None,
        severity: Severity | None = None,
        claimed: str | None = None,
        assigned: str | None = None,
        kind: str | None = None,
        after: str | None = None,
        limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
        *,
        escalated: bool | None = None,
        excerpts: bool = False,
    ) -> JSONResponse:
        named = part_of(principal, brand, Scope.DECISIONS_READ)
        if community is not None:
            brand_of(principal, named, Scope.DECISIONS_READ, community)
        state = None if status == "all" else status
        asked = Asked(
            named, community, principal.communities, state, member, why, severity, claimed, assigned, escalated, kind,
            place_of(after), limit,
        )  # fmt: skip
        found = await desk.cases.listed(asked)
        begin = await desk.excerpts(named, found.cases) if excerpts else {}
        shown = [shown_case(case, principal) for case in found.cases]
        told = {"cases": [with_excerpt(case, begin) for case in shown], "total": found.total}
        return JSONResponse(told | ({} if found.next is None else {"next": f"{found.next[0]}.{found.next[1]}"}))

    @routes.get("/v1/cases/{key}")
    async def one(key: str, principal: Reader) -> JSONResponse:
        return JSONResponse(await desk.whole(await desk.found(key, principal), principal))


def place_of(after: str | None) -> tuple[int, str] | None:
    """Return the place that the `next` of a page names. Raises Problem 422."""
    if after is None:
        return None
    due, _, key = after.partition(".")
    try:
        return int(due), key
    except ValueError as error:
        raise Problem(422, "after is the `next` of the page before") from error


def _answered(case: Case | None, principal: Principal, *, followed: bool) -> JSONResponse:
    assert case is not None, "a case that was found stays"
    told = shown_case(case, principal)
    return JSONResponse(
        told, 200 if followed else 202, headers=None if followed else {"Location": f"/v1/cases/{told['key']}"}
    )


WORK: Mapping[str, tuple[type[Seen], Make]] = MappingProxyType(
    {
        "claim": (ClaimRequest, commands.Claim),
        "release": (Seen, commands.Release),
        "assignment": (AssignRequest, commands.Assign),
        "escalation": (EscalateRequest, commands.Escalate),
        "notes": (NoteRequest, commands.Note),
        "statements": (StatementRequest, commands.Statement),
        "settlement": (SettleRequest, commands.Settle),
        "decision": (DecisionRequest, commands.Decide),
    }
)
"""By the last part of the address: what is sent, and the command that it becomes."""


def _working(routes: APIRouter, desk: Desk) -> None:
    for name, (shape, make) in WORK.items():
        routes.post(f"/v1/cases/{{key}}/{name}", name=name)(_route(desk, shape, make))


def _route(desk: Desk, shape: type[Seen], make: Make) -> Callable[..., Awaitable[JSONResponse]]:
    async def route(key: str, request: Request, principal: Writer) -> JSONResponse:
        asked = await _posted(request, shape)
        case = await desk.found(key, principal, Scope.DECISIONS_WRITE)
        followed = await desk.worked(case, principal, make, asked)
        return _answered(await desk.cases.one(key), principal, followed=followed)

    return route


def _deciding(routes: APIRouter, desk: Desk) -> None:
    @routes.post("/v1/cases/decisions")
    async def bulk(request: Request, principal: Writer) -> JSONResponse:
        return JSONResponse({"cases": await desk.together(await _posted(request, BulkRequest), principal)})


def _disputes(routes: APIRouter, desk: Desk) -> None:
    @routes.post("/v1/disputes")
    async def dispute(request: Request, principal: Writer) -> JSONResponse:
        asked = await _posted(request, DisputeRequest)
        brand = brand_of(principal, asked.brand, Scope.DECISIONS_WRITE, asked.community)
        about = Dispute(members=asked.members, about=asked.about)
        new = f"dispute:{secrets.token_hex(8)}"
        fresh = Case(id=new, brand=brand, community=asked.community, kind="dispute", status="open", dispute=about)
        command = commands.Dispute(**desk.about(fresh, principal, None), members=asked.members, about=asked.about)
        followed = await desk.orders.given(command)
        told = shown_case(fresh, principal)
        case = await desk.cases.one(told["key"])
        where = {"Location": f"/v1/cases/{told['key']}"}
        shown = told if case is None else shown_case(case, principal)
        return JSONResponse(shown, 201 if followed else 202, headers=where)
