"""Statements over HTTP: what was issued, taken back, spent and expired in a time, and what is owed now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime

from services.engagement.api.asked import known_query
from services.engagement.store.accounts import Accounts
from services.engagement.store.entries import KINDS, Entries, Sum
from shared.directory import Principal, Scope
from shared.http.auth import brand_of, needs
from shared.http.problems import Problem

Reader = Annotated[Principal, Depends(needs(Scope.MEMBERS_READ))]
Moment = Annotated[AwareDatetime | None, Query()]


def statements(entries: Entries, accounts: Accounts) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(dependencies=[Depends(known_query)])

    @routes.get("/v1/statement")
    async def of_brand(
        principal: Reader, brand: str | None = None, since: Moment = None, until: Moment = None
    ) -> JSONResponse:
        named = brand_of(principal, brand, Scope.MEMBERS_READ)
        _check(since, until)
        owed = await entries.owed(named)
        return JSONResponse(_told(await entries.sums(named, since, until), since, until) | {"owed": owed._asdict()})

    @routes.get("/v1/members/{member}/statement")
    async def of_member(
        member: str, principal: Reader, brand: str | None = None, since: Moment = None, until: Moment = None
    ) -> JSONResponse:
        named = brand_of(principal, brand, Scope.MEMBERS_READ)
        _check(since, until)
        told = _told(await entries.sums(named, since, until, member), since, until)
        account = await accounts.account(named, member)
        return JSONResponse({"member": member} | told | {"balance": account.balance})

    return routes


def _check(since: datetime | None, until: datetime | None) -> None:
    if since is not None and until is not None and until <= since:
        raise Problem(422, "until is not after since")


def _told(sums: Mapping[str, Sum], since: datetime | None, until: datetime | None) -> dict[str, Any]:
    """Return the sums, kinds without entries as 0, and what they come to; a time is left out where none was named."""
    span = {name: at.isoformat() for name, at in (("since", since), ("until", until)) if at is not None}
    named = {kind: sums[kind].points if kind in sums else 0 for kind in KINDS}
    return (
        span
        | named
        | {"net": sum(one.points for one in sums.values()), "entries": sum(one.entries for one in sums.values())}
    )
