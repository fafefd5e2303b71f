"""Incidents: listed and read, and what people do in them. Each order is a command that the fold follows or refuses."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple, TypeVar

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from services.reporting.api.answers import answer, cursor_of, place_of
from services.reporting.api.orders import Orders
from services.reporting.pages.post_mortem import post_mortem
from services.reporting.pages.shown_incident import brief, shown
from services.reporting.rules.crises import commands
from services.reporting.rules.crises.crisis import Crisis
from services.reporting.store.incidents import IncidentsStore, Place, Status, Wanted
from shared.clock import Clock
from shared.directory import Principal, Role, Scope
from shared.documents.playbook import Signal
from shared.documents.shape import Spec
from shared.events import event_id
from shared.events.envelope import Name
from shared.http.auth import brand_of, needs, part_of
from shared.http.body import limited_body, request_of
from shared.http.problems import Problem
from shared.said import Language

LIMIT_MAX = 200
BODY_BYTES_MAX = 100_000
NOTE_CHARS_MAX = 5_000

READS = (Scope.FIGURES_READ, Scope.DECISIONS_READ)
"""Whoever reads figures may, and whoever has steps to do."""

RANKS: Mapping[Role, int] = MappingProxyType({Role.MODERATOR: 1, Role.COMMUNITY_MANAGER: 2, Role.OWNER: 3})
"""Who may more may do what others may; keys and analysts are nobody's role in an incident."""

Reader = Annotated[Principal, Depends(needs(*READS))]
Writer = Annotated[Principal, Depends(needs(Scope.DECISIONS_WRITE))]
Key = Annotated[str | None, Header(alias="idempotency-key", pattern=r"^[A-Za-z0-9._-]{1,200}\z")]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=NOTE_CHARS_MAX)]


class Seen(Spec, frozen=True, kw_only=True):
    """What every change may say: which version its author saw."""

    version: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | None = None


class AssignRequest(Seen, frozen=True, kw_only=True):
    """Have somebody look after it."""

    to: Annotated[Name, msgspec.Meta(min_length=1)]


class NoteRequest(Seen, frozen=True, kw_only=True):
    """Write something down."""

    text: Words


class FinishRequest(Seen, frozen=True, kw_only=True):
    """A step is done."""

    step: Name
    text: Words | None = None


class ApproveRequest(Seen, frozen=True, kw_only=True):
    """Have a statement published."""

    statement: Name


class CloseRequest(Seen, frozen=True, kw_only=True):
    """End it."""

    reason: Words | None = None


Check = Callable[[Crisis, Any, Principal], None]


class Work(NamedTuple):
    """What can be done: what is sent, the command that it becomes, and who may."""

    shape: type[Seen]
    make: Callable[..., commands.Asked]
    check: Check


def _anybody(_: Crisis, __: Seen, ___: Principal) -> None:
    """Let everybody who may decide."""


def _manager(_: Crisis, __: Seen, principal: Principal) -> None:
    _need(principal, Role.COMMUNITY_MANAGER, "a community manager assigns and closes incidents")


def _step(crisis: Crisis, asked: FinishRequest, principal: Principal) -> None:
    role = next((step.role for step in crisis.steps if step.id == asked.step), None)
    if role is None:
        raise Problem(422, f"there is no step {asked.step}: {', '.join(step.id for step in crisis.steps) or 'it has none'}")
    _need(principal, Role(role), f"{asked.step} is for a person who is {role}, or more")


def _statement(crisis: Crisis, asked: ApproveRequest, principal: Principal) -> None:
    found = next((draft for draft in crisis.statements if draft.id == asked.statement), None)
    if found is None:
        known = ", ".join(draft.id for draft in crisis.statements) or "it has none"
        raise Problem(422, f"there is no statement {asked.statement}: {known}")
    _need(principal, Role(found.approval), f"{asked.statement} is approved by a person who is {found.approval}, or more")


def _need(principal: Principal, role: Role, why: str) -> None:
    if RANKS.get(principal.role, 0) < RANKS[role]:
        raise Problem(403, why)


WORK: Mapping[str, Work] = MappingProxyType(
    {
        "acknowledgement": Work(Seen, commands.Acknowledge, _anybody),
        "assignment": Work(AssignRequest, commands.Assign, _manager),
        "notes": Work(NoteRequest, commands.Note, _anybody),
        "steps": Work(FinishRequest, commands.Finish, _step),
        "approval": Work(ApproveRequest, commands.Approve, _statement),
        "closing": Work(CloseRequest, commands.Close, _manager),
    }
)
"""By the last part of the address."""

R = TypeVar("R")


class Room(NamedTuple):
    """What the routes work with."""

    incidents: IncidentsStore
    orders: Orders
    clock: Clock

    async def found(self, id_: str, principal: Principal, *scopes: Scope) -> Crisis:
        """Return an incident; one of another brand, or of a community that is none of theirs, is not there."""
        crisis = await self.incidents.one(id_)
        if crisis is None or not any(principal.may(scope, crisis.brand, crisis.community or None) for scope in scopes):
            raise Problem(404, "there is no such incident")
        return crisis

    async def worked(self, crisis: Crisis, work: Work, sent: Seen, principal: Principal, key: str | None = None) -> bool:
        """Give an order; return whether it is known to be followed. Raises Problem where it may not be, or was refused."""
        work.check(crisis, sent, principal)
        return await self.orders.given(_order(crisis, work, sent, principal, key, self.clock.now()))


def routes(room: Room) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1")
    _add_reading(router, room)
    for name, work in WORK.items():
        router.post(f"/incidents/{{id_}}/{name}", name=f"incident {name}")(_route(room, work))
    return router


def _add_reading(router: APIRouter, room: Room) -> None:
    @router.get("/incidents", response_class=Response)
    async def listed(
        principal: Reader,
        request: Request,
        brand: str | None = None,
        community: str | None = None,
        status: Status = "all",
        signal: Signal | None = None,
        limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> Response:
        """Return incidents, the newest first; more than `limit` follow with the cursor `next`.

        Those of the whole brand are shown to who may look at all of it.
        """
        scope = next(scope for scope in READS if scope in principal.scopes)
        named = part_of(principal, brand, scope)
        if community is not None:
            brand_of(principal, named, scope, community)
        among = principal.communities if community is None else {community}
        after = None if cursor is None else Place(*place_of(cursor))
        found = await room.incidents.listed(Wanted(named, among, status, signal, after, limit + 1))
        page = found[:limit]
        more = cursor_of(page[-1].opened_ms, page[-1].id) if len(found) > limit else None
        return answer(request, {"brand": named, "incidents": [brief(one) for one in page], "next": more})

    @router.get("/incidents/{id_}", response_class=Response)
    async def one(id_: str, principal: Reader, request: Request) -> Response:
        """Return an incident with its evidence and all that was done."""
        return answer(request, told(await room.found(id_, principal, *READS), principal))

    @router.get("/incidents/{id_}/post-mortem", response_class=HTMLResponse)
    async def page(id_: str, principal: Reader, lang: Language = Language.EN) -> HTMLResponse:
        """Return what happened and what was done, as one page that needs nothing but itself."""
        crisis = await room.found(id_, principal, *READS)
        headers = {
            "Content-Disposition": f'inline; filename="post-mortem-{crisis.id}.html"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-cache",
        }
        return HTMLResponse(post_mortem(told(crisis, principal), lang), headers=headers)


def told(crisis: Crisis, principal: Principal) -> dict[str, Any]:
    """Return an incident as somebody may see it."""
    return shown(crisis, texts=Scope.DECISIONS_READ in principal.scopes)


def _route(room: Room, work: Work) -> Callable[..., Awaitable[JSONResponse]]:
    async def route(id_: str, request: Request, principal: Writer, key: Key = None) -> JSONResponse:
        sent = request_of(await limited_body(dict(request.headers), request.receive, BODY_BYTES_MAX), work.shape)
        crisis = await room.found(id_, principal, Scope.DECISIONS_WRITE)
        followed = await room.worked(crisis, work, sent, principal, key)
        after = await room.incidents.one(id_) or crisis
        where = {} if followed else {"Location": f"/v1/incidents/{id_}"}
        return JSONResponse(told(after, principal), 200 if followed else 202, headers=where)

    return route


def _order(crisis: Crisis, work: Work, sent: Seen, principal: Principal, key: str | None, at: datetime) -> commands.Asked:
    own = secrets.token_hex(16) if key is None else event_id("reporting.order", crisis.id, principal.name, key)
    fields = {name: getattr(sent, name) for name in sent.__struct_fields__}
    named = {"brand": crisis.brand, "community": crisis.community, "incident": crisis.id}
    return work.make(id=own, at=at, by=principal.name, **named, **fields)
