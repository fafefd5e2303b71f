"""What stands against a member, and the end of a sanction before its time."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from services.moderation.api.desk import Desk
from services.moderation.api.second_looks import struck
from services.moderation.rules.commands import Lift
from services.moderation.rules.sanctions import Sanction, Standing, faded, sanctions
from services.moderation.rules.strikes import Strike
from services.moderation.store.members import Members
from shared.directory import Principal, Scope
from shared.documents.discipline import Strikes
from shared.documents.shape import Spec
from shared.http.auth import brand_of, needs, part_of
from shared.http.awaiting import awaited
from shared.http.body import limited_body
from shared.http.problems import Problem

BODY_BYTES_MAX = 10_000

Reader = Annotated[Principal, Depends(needs(Scope.DECISIONS_READ))]
Writer = Annotated[Principal, Depends(needs(Scope.DECISIONS_WRITE))]


class LiftRequest(Spec, frozen=True, kw_only=True):
    """End a sanction."""

    sanction: str
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


class Records:
    """What stands against members, under the policies of each strike's time."""

    def __init__(self, members: Members, desk: Desk) -> None:
        self.members, self.desk = members, desk

    def terms(self, strike: Strike) -> Strikes:
        """Return the part of the policy by which a strike is judged."""
        return self.desk.policies.at(strike.brand, strike.community, strike.recorded).spec.strikes

    def seen(self, standing: Standing, principal: Principal) -> tuple[Sequence[Strike], Sequence[Sanction]]:
        """Return strikes and sanctions of the communities that somebody may see."""
        may = principal.communities
        strikes = [one for one in standing.strikes if may is None or one.community in may]
        found = [one for one in sanctions(standing, self.terms) if may is None or one.strike.community in may]
        return strikes, found

    async def shown(self, standing: Standing, principal: Principal) -> Mapping[str, Any]:
        """Return a member's record as the API tells it, without what a second look must not know."""
        now = self.desk.clock.now()
        strikes, found = await self.desk.second_looks.record(*self.seen(standing, principal), principal)
        return {
            "strikes": [self._strike(one, now) for one in strikes],
            "sanctions": [_sanction(one, standing, now) for one in found],
        }

    def _strike(self, strike: Strike, now: datetime) -> Mapping[str, Any]:
        return {
            "decision": strike.id,
            "community": strike.community,
            "at": strike.at.isoformat(),
            "points": strike.points,
            "points_now": faded(strike, now, self.terms(strike).half_life) / 1000,
        }


def _sanction(one: Sanction, standing: Standing, now: datetime) -> Mapping[str, Any]:
    over = one.id in standing.ended or (one.until is not None and one.until <= now)
    told = {
        "id": one.id,
        "kind": one.kind,
        "community": one.community,
        "decision": one.strike.id,
        "since": one.since.isoformat(),
        "until": None if one.until is None else one.until.isoformat(),
        "points": one.points / 1000,
        "in_force": not over and one.kind != "warn",
    }
    return {name: value for name, value in told.items() if value is not None}


def members(records: Records) -> APIRouter:
    """Return the routes of members."""
    routes = APIRouter()

    @routes.get("/v1/members/{member}/record")
    async def record(member: str, principal: Reader, brand: str | None = None) -> JSONResponse:
        named = part_of(principal, brand, Scope.DECISIONS_READ)
        standing = await records.members.standing(named, member)
        return JSONResponse({"member": member, **await records.shown(standing, principal)})

    @routes.post("/v1/members/{member}/lift")
    async def lift(member: str, request: Request, principal: Writer, brand: str | None = None) -> JSONResponse:
        asked = _asked(await limited_body(dict(request.headers), request.receive, BODY_BYTES_MAX))
        named = part_of(principal, brand, Scope.DECISIONS_WRITE)
        standing = await records.members.standing(named, member)
        one = next((found for found in records.seen(standing, principal)[1] if found.id == asked.sanction), None)
        if one is None:
            raise Problem(404, "there is no such sanction, or it is lifted already")
        brand_of(principal, named, Scope.DECISIONS_WRITE, one.strike.community)
        await records.desk.check_reversal(struck(one.strike), principal)
        followed = await records.desk.orders.given(_command(one, asked, principal, records.desk.clock.now()))
        after = await _lifted(records, named, member, one.id) if followed else None
        return JSONResponse({"member": member, **await records.shown(after or standing, principal)}, 200 if after else 202)

    return routes


def _asked(body: bytes) -> LiftRequest:
    try:
        return msgspec.json.decode(body, type=LiftRequest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(422, f"name the sanction and a reason: {error}") from error


def _command(one: Sanction, asked: LiftRequest, principal: Principal, at: datetime) -> Lift:
    """Return the command: the fold of cases notes it in the audit, and passes it on to that of sanctions."""
    strike = one.strike
    return Lift(
        id=secrets.token_hex(16),
        brand=strike.brand,
        community=strike.community,
        case=strike.content or strike.id,
        at=at,
        by=principal.name,
        member=strike.member,
        sanction=one.id,
        decision=strike.id,
        source=strike.source,
        reason=asked.reason,
    )


async def _lifted(records: Records, brand: str, member: str, sanction: str) -> Standing | None:
    """Wait a moment for the fold; return the standing once the sanction is lifted, or None."""

    async def look() -> Standing | None:
        standing = await records.members.standing(brand, member)
        return standing if sanction in standing.lifted else None

    return await awaited(look)
