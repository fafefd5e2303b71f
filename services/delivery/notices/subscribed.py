"""How subscriptions are, over HTTP; and sending them again from a date on."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime

from services.delivery.store.endpoints import Endpoints
from services.delivery.store.places import Places
from services.delivery.store.subscriptions import Declared, Subscriptions
from shared.clock import Clock
from shared.directory import Principal, Scope
from shared.http.auth import brand_of, needs
from shared.http.problems import Problem

ASIDE_MAX = 100
"""Of one answer."""

Reader = Annotated[Principal, Depends(needs(Scope.DIRECTORY_READ))]
Owner = Annotated[Principal, Depends(needs(Scope.DIRECTORY_WRITE))]


class Ledge(NamedTuple):
    """What knows of subscriptions."""

    subscriptions: Subscriptions
    places: Places
    endpoints: Endpoints
    clock: Clock


def subscribed(ledge: Ledge) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/v1/subscriptions")
    async def listed(principal: Reader, brand: str | None = None) -> JSONResponse:
        named = brand_of(principal, brand, Scope.DIRECTORY_READ)
        return JSONResponse([await _told(ledge, one) for one in await ledge.subscriptions.all(named)])

    @routes.get("/v1/subscriptions/{name}/aside")
    async def aside(name: str, principal: Reader, brand: str | None = None) -> JSONResponse:
        """Return what was put aside: where it stands and why, never what it says."""
        declared = await _declared(ledge, brand_of(principal, brand, Scope.DIRECTORY_READ), name)
        found = await ledge.places.aside(_id(declared), ASIDE_MAX)
        return JSONResponse([{**one, "at": one["at"].isoformat()} for one in found])

    @routes.post("/v1/subscriptions/{name}/replay")
    async def replay(name: str, principal: Owner, since: AwareDatetime, brand: str | None = None) -> JSONResponse:
        """Have everything sent again that was published since, as far as the topics still hold it."""
        declared = await _declared(ledge, brand_of(principal, brand, Scope.DIRECTORY_WRITE), name)
        if since > ledge.clock.now():
            raise Problem(422, f"{since.isoformat()} has not come yet: name a time from which on there is something to send")
        await ledge.places.replay(_id(declared), since)
        return JSONResponse({"subscription": name, "since": since.isoformat()})

    return routes


async def _declared(ledge: Ledge, brand: str, name: str) -> Declared:
    found = await ledge.subscriptions.get(brand, name)
    if found is None:
        raise Problem(404, f"there is no Subscription {name}")
    return found


def _id(declared: Declared) -> str:
    return f"{declared.brand}/{declared.name}"


async def _told(ledge: Ledge, declared: Declared) -> dict[str, Any]:
    health, status = await ledge.endpoints.get(declared.endpoint), await ledge.places.status(_id(declared))
    times = {name: getattr(health, name) for name in ("ok_at", "failing_since", "disabled_at")} | {
        "read_at": status["read_at"]
    }
    told = {name: None if at is None else at.isoformat() for name, at in times.items()}
    counted = {name: status[name] for name in ("lag", "gone", "aside")}
    return {"name": declared.name, "topics": list(declared.spec.topics), "problem": health.problem, **counted, **told}
