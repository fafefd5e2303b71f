"""Final standings over HTTP: a board is kept under a name, for good."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from services.engagement.api.asked import known_query
from services.engagement.api.boards import Limit, Offset, Shown, told
from services.engagement.rules.boards import Board, Metric, Period
from services.engagement.store.standings import PLACES_MAX, Standing, Standings
from shared.directory import Principal, Scope
from shared.events.envelope import Instant, Name
from shared.http.auth import brand_of, needs, part_of
from shared.http.body import limited_body
from shared.http.problems import Problem

BODY_BYTES_MAX = 4_096

Reader = Annotated[Principal, Depends(needs(Scope.MEMBERS_READ))]
Writer = Annotated[Principal, Depends(needs(Scope.POINTS_WRITE))]


class ToKeep(msgspec.Struct, forbid_unknown_fields=True):
    """What is kept, and under which name."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}\Z")]
    period: Period = Period.ALL
    metric: Metric = Metric.POINTS
    community: Name | None = None
    day: date | None = msgspec.field(default=None, name="date")
    as_of: Instant | None = None


def standings(kept: Standings, shown: Shown) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(dependencies=[Depends(known_query)])

    @routes.post("/v1/standings")
    async def keep(request: Request, principal: Writer, brand: str | None = None) -> JSONResponse:
        asked = _read(await limited_body(dict(request.headers), request.receive, BODY_BYTES_MAX))
        named = brand_of(principal, brand, Scope.POINTS_WRITE, asked.community)
        known = await kept.one(named, asked.name)
        if known is not None:
            return _answer(await _same(known, asked, shown), 200)
        board = await shown.board(named, asked.community, asked.period, asked.day, asked.metric)
        now = shown.clock.now()
        at = (asked.as_of or now).astimezone(UTC)
        if at > now:
            raise Problem(422, "as_of is not over yet")
        page = await shown.computed.first(board, _ms(at), PLACES_MAX)
        standing = Standing(asked.name, board, _ms(at), _ms(now), principal.name, page.members, len(page.places))
        found = await kept.keep(standing, page.places)
        return _answer(await _same(found, asked, shown), 201)

    @routes.get("/v1/standings")
    async def list_(principal: Reader, brand: str | None = None) -> JSONResponse:
        named = part_of(principal, brand, Scope.MEMBERS_READ)
        return JSONResponse([_told(one) for one in await kept.all(named, principal.communities)])

    @routes.get("/v1/standings/{name}")
    async def look(
        name: str, principal: Reader, brand: str | None = None, offset: Offset = 0, limit: Limit = 100
    ) -> JSONResponse:
        named = part_of(principal, brand, Scope.MEMBERS_READ)
        found = await kept.one(named, name)
        if found is None or not principal.may(Scope.MEMBERS_READ, named, found.board.community):
            raise Problem(404, f"there are no standings {name} of {named}")
        page = await kept.page(found, offset, limit)
        return JSONResponse(_told(found) | {"places": [place._asdict() for place in page.places]})

    return routes


def _read(body: bytes) -> ToKeep:
    try:
        return msgspec.json.decode(body, type=ToKeep)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(422, f"cannot be read: {error}") from error


async def _same(known: Standing, asked: ToKeep, shown: Shown) -> Standing:
    """Return what is kept. Raises Problem where it is not what is asked for: what has no date or moment asks for any."""
    board = known.board
    meant = await shown.board(board.brand, asked.community, asked.period, asked.day or _day(board), asked.metric)
    if meant != board or (asked.as_of is not None and _ms(asked.as_of) != known.at):
        raise Problem(409, f"the standings {known.name} are of another board or moment; what is kept does not change")
    return known


def _day(board: Board) -> date | None:
    return date.fromordinal(board.first) if board.first else None


def _ms(at: datetime) -> datetime:
    """Return a moment as it is stored, to the millisecond."""
    return at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)


def _answer(standing: Standing, status: int) -> JSONResponse:
    return JSONResponse(_told(standing), status, {"location": f"/v1/standings/{standing.name}"})


def _told(standing: Standing) -> dict[str, Any]:
    times = {"as_of": standing.at.isoformat(), "kept": standing.kept.isoformat()}
    counts = {"members": standing.members, "kept_places": standing.places}
    return {"name": standing.name} | told(standing.board) | times | {"by": standing.by} | counts
