"""What was told to staff and what became of it, over HTTP; endpoints that were given up, enabled again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NamedTuple

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime

from services.delivery.sending.lost import Lost
from services.delivery.store.endpoints import Endpoints, Health
from services.delivery.store.outgoing import Outgoing
from shared.clock import Clock
from shared.directory import Principal, Scope
from shared.http.auth import brand_of, needs
from shared.http.problems import Problem

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

LIMIT_MAX = 500
"""Of one answer."""

Reader = Annotated[Principal, Depends(needs(Scope.POLICIES_READ))]
Writer = Annotated[Principal, Depends(needs(Scope.POLICIES_WRITE))]
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]
Status = Literal["waiting", "sent", "failed"]


class Desk(NamedTuple):
    """What knows of notices."""

    outgoing: Outgoing
    endpoints: Endpoints
    lost: Lost
    clock: Clock


def notices(desk: Desk) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/v1/notices")
    async def listed(
        principal: Reader, brand: str | None = None, status: Status | None = None, limit: Limit = 50
    ) -> JSONResponse:
        named = brand_of(principal, brand, Scope.POLICIES_READ)
        disabled = {health.id: health for health in await desk.endpoints.of(named) if health.disabled_at is not None}
        return JSONResponse([_notice(entry, disabled) for entry in await desk.outgoing.latest(named, limit, status)])

    @routes.post("/v1/notices/retry")
    async def retry(
        principal: Writer, brand: str | None = None, since: AwareDatetime = EPOCH, notice: str | None = None
    ) -> JSONResponse:
        """Have what was put aside sent again."""
        named = brand_of(principal, brand, Scope.POLICIES_WRITE)
        return JSONResponse({"notices": await desk.outgoing.again(named, desk.clock.now(), since, notice)})

    @routes.get("/v1/endpoints")
    async def endpoints(principal: Reader, brand: str | None = None) -> JSONResponse:
        named = brand_of(principal, brand, Scope.POLICIES_READ)
        waiting = await desk.outgoing.waiting(named)
        return JSONResponse([_endpoint(health, waiting) for health in await desk.endpoints.of(named)])

    @routes.post("/v1/endpoints/{name:path}/enable")
    async def enable(name: str, principal: Writer, brand: str | None = None) -> JSONResponse:
        named = brand_of(principal, brand, Scope.POLICIES_WRITE)
        if not await desk.lost.enable(f"{named}/{name}", desk.clock.now()):
            raise Problem(404, f"no endpoint {name} is disabled")
        return JSONResponse({"enabled": name})

    return routes


def _notice(entry: Mapping[str, Any], disabled: Mapping[str, Health]) -> dict[str, Any]:
    told = {name: entry.get(name) for name in ("community", "route", "title", "status", "tries", "problem")}
    if entry["status"] == "waiting" and entry["endpoint"] in disabled:
        told["problem"] = f"endpoint disabled: {disabled[entry['endpoint']].problem or 'it took nothing'}"
    return {"id": entry["_id"], "at": entry["at"].isoformat(), **told}


def _endpoint(health: Health, waiting: Mapping[str, int]) -> dict[str, Any]:
    times = {name: getattr(health, name) for name in ("ok_at", "failing_since", "disabled_at")}
    told = {name: None if at is None else at.isoformat() for name, at in times.items()}
    return {"name": health.name, "problem": health.problem, "waiting": waiting.get(health.id, 0), **told}
