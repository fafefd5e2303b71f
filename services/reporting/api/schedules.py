"""Scheduled reports over HTTP: which there are, when the next is due, what was made, and having one made now."""

from __future__ import annotations

import secrets
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse, Response

from services.reporting.api.answers import Cursor, answer, cursor_of, place_of
from services.reporting.api.asked import Reader
from services.reporting.api.due_reports import DueReports, Live, Schedules
from services.reporting.documents import allow, allow_giving, may_see
from services.reporting.rules.schedules.due import Period, due_at, following, latest, named, over_at
from services.reporting.rules.schedules.runs import Run, asked, timed
from services.reporting.store.runs import Place, Runs, Wanted, due_ms
from shared.directory import Principal, Scope
from shared.documents.shape import Spec, plain
from shared.http.auth import needs, part_of
from shared.http.body import limited_body, request_of
from shared.http.problems import Problem

LIMIT_MAX = 200
BODY_BYTES_MAX = 2_000

Writer = Annotated[Principal, Depends(needs(Scope.POLICIES_WRITE))]
Key = Annotated[str | None, Header(alias="idempotency-key", pattern=r"^[A-Za-z0-9._-]{1,200}\z")]
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]


class RunRequest(Spec, frozen=True, kw_only=True):
    """Have the report of a period made and told now."""

    period: str | None = None
    """Its name; absent: the last one that is over."""


class Desk(NamedTuple):
    """What the routes work with."""

    schedules: Schedules
    runs: Runs
    due: DueReports

    async def of(self, principal: Principal, brand: str, name: str | None = None) -> list[Live]:
        """Return the schedules of a brand that somebody may see."""
        found = await self.schedules.live(brand, name)
        return [one for one in found if may_see(principal, plain(one.spec))]

    async def period(self, live: Live, name: str | None) -> Period:
        """Return the period that is asked for. Raises Problem where there is none of that name, or it is not over."""
        zone, now = await self.schedules.source.zone(live.brand), self.schedules.clock.now()
        if name is None:
            period = latest(live.spec, zone, now, self.schedules.grace)
        else:
            try:
                period = named(live.spec.every, name)
            except ValueError as error:
                raise Problem(422, str(error)) from error
        if over_at(period, zone) > now:
            raise Problem(422, f"{period.name} is not over yet")
        return period

    async def shown(self, principal: Principal, live: Live) -> dict[str, Any]:
        """Return a schedule with its next report and the last one that they may see. Raises Problem where it has no zone."""
        zone, now = await self.schedules.source.zone(live.brand), self.schedules.clock.now()
        period = following(live.spec, zone, now, self.schedules.grace)
        due = due_at(live.spec, period, zone, self.schedules.grace)
        last = await self.runs.listed(Wanted(live.brand, principal.communities, live.name, None, 1))
        return {
            "name": live.name,
            "version": live.version.version,
            **dict(live.version.spec),
            "timezone": zone.key,
            "next": {"period": period.name, "due": due.isoformat()},
            "last": shown(last[0]) if last else None,
        }


def routes(desk: Desk) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1")

    @router.get("/report-schedules", response_class=Response)
    async def schedules(principal: Reader, request: Request, brand: str | None = None) -> Response:
        """Return the schedules of a brand, with the next report of each, and the last one."""
        found = await desk.of(principal, part_of(principal, brand, Scope.FIGURES_READ))
        return answer(request, {"schedules": [await desk.shown(principal, one) for one in found]})

    @router.get("/report-runs", response_class=Response)
    async def listed(
        principal: Reader,
        request: Request,
        brand: str | None = None,
        schedule: str | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        """Return what was made or is to be, the newest first; more than `limit` follow with the cursor `next`."""
        of = part_of(principal, brand, Scope.FIGURES_READ)
        after = None if cursor is None else Place(*place_of(cursor))
        found = await desk.runs.listed(Wanted(of, principal.communities, schedule, after, limit + 1))
        page = found[:limit]
        more = cursor_of(due_ms(page[-1]), page[-1].id) if len(found) > limit else None
        return answer(request, {"brand": of, "runs": [shown(one) for one in page], "next": more})

    @router.post("/report-schedules/{name}/runs", status_code=202)
    async def run(name: str, principal: Writer, request: Request, brand: str | None = None, key: Key = None) -> JSONResponse:
        """Have one made and told now, also where it was before; asked again with the same key it is one."""
        allow_giving(principal)
        sent = request_of(await limited_body(dict(request.headers), request.receive, BODY_BYTES_MAX), RunRequest)
        of = part_of(principal, brand, Scope.POLICIES_WRITE)
        found = await desk.of(principal, of, name)
        if not found:
            raise Problem(404, f"there is no schedule {name}: `veche reporting schedules list` names them")
        live = found[0]
        allow(principal, of, live.spec.communities)
        now = desk.schedules.clock.now()
        wanted = timed(live.life, await desk.period(live, sent.period), live.spec.communities, now)
        entered = await desk.runs.enter(asked(wanted, principal.name, key or secrets.token_hex(16), now))
        desk.due.nudge()
        return JSONResponse(shown(entered), 202)

    return router


def shown(run: Run) -> dict[str, Any]:
    """Return what became of one."""
    days = run.days
    return {
        "id": run.id,
        "schedule": run.schedule,
        "every": run.every,
        "period": run.period,
        "since": days.since.isoformat(),
        "until": days.until.isoformat(),
        "communities": list(run.communities),
        "due": run.due.isoformat(),
        "by": run.by,
        "status": run.status,
        "tries": run.tries,
        "problem": run.problem,
        "remark": run.remark,
        "files": list(run.files),
        "link": run.link,
        "ended": None if run.ended is None else run.ended.isoformat(),
    }
