"""The code by which members check in at an activity, for those who tell it there."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import JSONResponse

from services.engagement.rules.participation.guests import code_of
from services.engagement.store.things import Things
from shared.directory import Principal, Scope
from shared.http.auth import needs, part_of
from shared.http.problems import Problem

Writer = Annotated[Principal, Depends(needs(Scope.POINTS_WRITE))]
"""Whoever has the code can have points given, so reading is not enough."""

Named = Annotated[str, Path(pattern=r"^[a-z0-9._-]{1,63}\z")]


def check_in(things: Things, draw_key: bytes) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/v1/things/activity/{name}/code")
    async def code(name: Named, principal: Writer, brand: str | None = None) -> JSONResponse:
        named = part_of(principal, brand, Scope.POINTS_WRITE)
        found = await things.one(named, f"activity/{name}")
        places = principal.communities
        if found is None or (places is not None and found.spec.community not in places):
            raise Problem(404, f"there is no activity {name}")
        told = code_of(draw_key, named, name)
        if told is None:
            raise Problem(409, "codes are made from VECHE_DRAW_KEY, which is not set: staff check members in")
        return JSONResponse({"code": told}, headers={"cache-control": "no-store"})

    return routes
