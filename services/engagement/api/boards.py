"""Leaderboards over HTTP: a page by rank, a member's place with those around, now or as of a past moment."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime

from services.engagement.api.asked import known_query
from services.engagement.rules.boards import Board, Metric, Page, Period, first_of, is_kept, span_of
from services.engagement.rules.rewards import Rewards
from services.engagement.store.computed import Computed
from services.engagement.store.live_boards import LiveBoards
from shared.clock import Clock
from shared.directory import Principal, Scope
from shared.errors import Retryable
from shared.events.envelope import NAME_CHARS_MAX
from shared.http.auth import brand_of, needs
from shared.http.problems import Problem
from shared.policy import InForce

log = logging.getLogger(__name__)

LIMIT_MAX = 1_000
AROUND_MAX = 50
OFFSET_MAX = 1_000_000_000
YEARS = range(1970, 9_000)

Reader = Annotated[Principal, Depends(needs(Scope.MEMBERS_READ))]
Community = Annotated[str | None, Query(max_length=NAME_CHARS_MAX)]
Day = Annotated[date | None, Query(alias="date")]
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]
Offset = Annotated[int, Query(ge=0, le=OFFSET_MAX)]
Moment = Annotated[AwareDatetime | None, Query()]
Member = Annotated[str, Path(max_length=NAME_CHARS_MAX)]


class Shown:
    """Answers from Redis; from the ledger where a past moment is asked for, or Redis cannot answer."""

    def __init__(self, live: LiveBoards, computed: Computed, policies: InForce[Rewards], clock: Clock) -> None:
        self._live, self.computed, self._policies, self.clock = live, computed, policies, clock

    async def board(self, brand: str, community: str | None, period: Period, day: date | None, metric: Metric) -> Board:
        """Return the board of a day; without one that of today, in the zone of the policy in force."""
        if period is Period.ALL:
            return Board(brand, community, period, 0, metric)
        if day is None:
            now = self.clock.now()
            await self._policies.refresh()
            day = now.astimezone(self._policies.at(brand, community, now).zone or UTC).date()
        if day.year not in YEARS:
            raise Problem(422, f"a date is of the years {YEARS[0]} to {YEARS[-1]}")
        return Board(brand, community, period, first_of(period, day.toordinal()), metric)

    async def page(self, board: Board, at: datetime | None, offset: int, limit: int) -> tuple[Page, bool]:
        """Return some places, and whether they are the live board's."""
        found = None if self._is_past(board, at) else await self._tried(self._live.page(board, offset, limit))
        return (await self.computed.page(board, at, offset, limit), False) if found is None else (found, True)

    async def around(self, board: Board, at: datetime | None, member: str, others: int) -> tuple[Page, bool]:
        """Return a member's place with others around, and whether that is the live board's."""
        found = None if self._is_past(board, at) else await self._tried(self._live.around(board, member, others))
        return (await self.computed.around(board, at, member, others), False) if found is None else (found, True)

    def _is_past(self, board: Board, at: datetime | None) -> bool:
        return at is not None or not is_kept(board.period, board.first, self.clock.now().toordinal())

    async def _tried(self, asked: Awaitable[Page | None]) -> Page | None:
        try:
            return await asked
        except Retryable as error:
            log.info("answered from the ledger: %s", error)
            return None


def boards(shown: Shown) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(dependencies=[Depends(known_query)])

    @routes.get("/v1/boards")
    async def page(
        principal: Reader,
        brand: str | None = None,
        community: Community = None,
        period: Period = Period.ALL,
        day: Day = None,
        metric: Metric = Metric.POINTS,
        as_of: Moment = None,
        offset: Offset = 0,
        limit: Limit = 10,
    ) -> JSONResponse:
        named = brand_of(principal, brand, Scope.MEMBERS_READ, community)
        board = await shown.board(named, community, period, day, metric)
        found, is_live = await shown.page(board, as_of, offset, limit)
        places = [place._asdict() for place in found.places]
        return JSONResponse(told(board) | _source(as_of, is_live=is_live) | {"members": found.members, "places": places})

    @routes.get("/v1/boards/members/{member}")
    async def place(
        member: Member,
        principal: Reader,
        brand: str | None = None,
        community: Community = None,
        period: Period = Period.ALL,
        day: Day = None,
        metric: Metric = Metric.POINTS,
        as_of: Moment = None,
        around: Annotated[int, Query(ge=0, le=AROUND_MAX)] = 0,
    ) -> JSONResponse:
        named = brand_of(principal, brand, Scope.MEMBERS_READ, community)
        board = await shown.board(named, community, period, day, metric)
        found, is_live = await shown.around(board, as_of, member, around)
        own = next((one for one in found.places if one.member == member), None)
        mine = {"member": member, "place": own and own.place, "value": own.value if own else 0}
        others = {"members": found.members, "places": [one._asdict() for one in found.places]}
        return JSONResponse(told(board) | _source(as_of, is_live=is_live) | mine | others)

    return routes


def told(board: Board) -> dict[str, Any]:
    """Return what a board is, as the API tells it."""
    span = span_of(board)
    ends = {"from": span.first, "until": span.until}
    days = {name: day.isoformat() for name, day in ends.items() if day is not None}
    where = {} if board.community is None else {"community": board.community}
    return {"brand": board.brand, **where, "period": board.period.value, **days, "metric": board.metric.value}


def _source(at: datetime | None, *, is_live: bool) -> dict[str, str]:
    past = {} if at is None else {"as_of": at.isoformat()}
    return past | {"source": "live" if is_live else "ledger"}
