"""The register of ideas: read, and decided about by staff. The fold alone writes it; the API tells it what was decided."""

from __future__ import annotations

from typing import Annotated, NamedTuple, Protocol

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from services.reporting.api.answers import PAGE_MAX, Cursor, Limit, answer, page
from services.reporting.api.asked import Communities, Reader, named
from services.reporting.rules.ideas import NOTE_CHARS_MAX, Decide, Status
from services.reporting.store.remarks import Ideas
from shared.bus.record import Outgoing
from shared.clock import Clock
from shared.directory import Principal, Scope
from shared.events import event_id
from shared.events.envelope import NAME_CHARS_MAX
from shared.http.auth import brand_of, needs
from shared.http.awaiting import awaited
from shared.http.problems import Problem
from shared.telemetry.traces import carried_on
from shared.topics import IDEAS

Decider = Annotated[Principal, Depends(needs(Scope.DECISIONS_WRITE))]


class Bus(Protocol):
    """Where commands go."""

    async def send(self, topic: str, record: Outgoing, partition: int | None = None) -> None:
        """Return when the bus has the record. Raises Retryable where it did not say so."""


class Register(NamedTuple):
    """What the routes are made from."""

    ideas: Ideas
    bus: Bus
    clock: Clock


class Decision(BaseModel, extra="forbid"):
    """What staff decide about an idea."""

    community: Annotated[str, Field(max_length=NAME_CHARS_MAX)]
    content: Annotated[str, Field(max_length=NAME_CHARS_MAX)]
    status: Status
    note: Annotated[str | None, Field(max_length=NOTE_CHARS_MAX)] = None
    """Told to the author, in public, in the place of the usual words."""
    brand: str | None = None


def routes(register: Register) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1")

    @router.get("/ideas", response_class=Response)
    async def listed(
        principal: Reader,
        request: Request,
        brand: str | None = None,
        status: Status | None = None,
        community: Communities = None,
        limit: Limit = PAGE_MAX,
        cursor: Cursor = None,
    ) -> Response:
        """Return the ideas, those with most votes first."""
        of = named(principal, brand, community)
        part = page(await register.ideas.listed(of.brand, of.communities, status), limit, cursor)
        return answer(request, {"brand": of.brand, "ideas": part.rows, "next": part.next})

    @router.post("/ideas")
    async def decide(principal: Decider, decision: Decision) -> JSONResponse:
        """Say what becomes of an idea, and have its author told. 202 where it will be there soon."""
        brand = brand_of(principal, decision.brand, Scope.DECISIONS_WRITE, decision.community)
        known = await register.ideas.of(brand, decision.community, decision.content)
        if known is None or known.second is None or known.is_gone or not known.own:
            raise Problem(404, f"no content {decision.content} is known in {decision.community}")
        command = _command(brand, decision, principal, register.clock)
        key = f"{brand}/{decision.community}".encode()
        await register.bus.send(IDEAS.name, Outgoing(key, msgspec.json.encode(command), carried_on()))

        async def done() -> bool | None:
            state = await register.ideas.of(brand, decision.community, decision.content)
            return True if state is not None and state.decided is not None and state.decided[1] == command.id else None

        is_there = await awaited(done)
        body = {"content": decision.content, "status": decision.status, "command": command.id}
        return JSONResponse(body, status_code=200 if is_there else 202)

    return router


def _command(brand: str, decision: Decision, principal: Principal, clock: Clock) -> Decide:
    at = clock.now()
    return Decide(
        id=event_id(brand, decision.community, decision.content, decision.status, principal.name, at.isoformat()),
        brand=brand,
        community=decision.community,
        content=decision.content,
        status=decision.status,
        at=at,
        by=principal.name,
        note=decision.note,
    )
