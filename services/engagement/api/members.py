"""Points over HTTP: the best of a brand, the history of a member with a reason for each entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from services.engagement.api.asked import known_query
from services.engagement.rules.histories import thing_of
from services.engagement.rules.reasons import in_words
from services.engagement.store.accounts import Accounts
from shared.directory import Principal, Scope
from shared.http.auth import brand_of, needs, part_of

LIMIT_MAX = 1_000
"""Of one answer: about 400 kB of entries."""

Reader = Annotated[Principal, Depends(needs(Scope.MEMBERS_READ))]
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]


def members(accounts: Accounts) -> APIRouter:
    """Return the routes of members' points."""
    routes = APIRouter(dependencies=[Depends(known_query)])

    @routes.get("/v1/members/top")
    async def top(principal: Reader, brand: str | None = None, limit: Limit = 10) -> JSONResponse:
        named = brand_of(principal, brand, Scope.MEMBERS_READ)
        found = await accounts.top(named, limit)
        places = [{"place": place, "member": s.member, "balance": s.balance} for place, s in enumerate(found, 1)]
        return JSONResponse(places)

    @routes.get("/v1/members/{member}")
    async def account(member: str, principal: Reader, brand: str | None = None) -> JSONResponse:
        named = brand_of(principal, brand, Scope.MEMBERS_READ)
        found = await accounts.account(named, member)
        return JSONResponse({"member": member, "balance": found.balance, "reached": found.is_reached})

    @routes.get("/v1/members/{member}/history")
    async def history(member: str, principal: Reader, brand: str | None = None, limit: Limit = 50) -> JSONResponse:
        named = part_of(principal, brand, Scope.MEMBERS_READ)
        entries = await accounts.history(named, member, limit, principal.communities)
        return JSONResponse([shown(entry) for entry in entries])

    return routes


def shown(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry as the API tells it."""
    names = ("community", "content", "cause", "rule", "version", "day", "uncapped", "applied", "karma", "balance", "trace")
    more, thing = ("note", "other", "refused"), thing_of(entry)
    told = {name: entry[name] for name in (*names, *more) if name in entry} | ({} if thing is None else {"thing": thing})
    return {"id": entry["_id"], "time": entry["at"].isoformat(), **told, "reason": dict(in_words(entry.get("reason")))}
