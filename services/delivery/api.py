"""Over HTTP: how connections do, what is open, what was done, and the stop switches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from services.delivery.carrying.lines import Lines
from services.delivery.platforms.platform import Ending
from services.delivery.store.connections import Connections, Reached
from services.delivery.store.open_acts import Mark, OpenActs
from services.delivery.store.switches import ALL, Switches, switch_of
from shared.clock import Clock
from shared.directory import Principal, Scope
from shared.http.auth import brand_of, needs, part_of
from shared.http.problems import Problem

PAGE_MAX = 500
"""Acts of one answer."""

LATELY = timedelta(hours=24)
"""What the status counts."""

OUTCOMES: tuple[str, ...] = ("done", *get_args(Ending))

Reader = Annotated[Principal, Depends(needs(Scope.DECISIONS_READ))]
Switcher = Annotated[Principal, Depends(needs(Scope.POLICIES_WRITE))]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]


@dataclass(frozen=True)
class Desk:
    """What answers are made of."""

    open_acts: OpenActs
    switches: Switches
    connections: Connections
    lines: Lines
    clock: Clock

    async def done(
        self,
        principal: Principal,
        brand: str,
        limit: int,
        *,
        community: str | None = None,
        outcome: str | None = None,
        cause: str | None = None,
        before: Mark | None = None,
    ) -> Sequence[Mapping[str, Any]]:
        """Return what was done, newest first, in the communities that this person may look into."""
        query: dict[str, Any] = {"brand": brand}
        if community is not None:
            brand_of(principal, brand, Scope.DECISIONS_READ, community)
            query["community"] = community
        elif principal.communities is not None:
            query["community"] = {"$in": sorted(principal.communities)}
        if outcome is not None:
            check_outcome(outcome)
            query["code"] = {"$exists": False} if outcome == "done" else outcome
        if cause is not None:
            query["cause"] = cause
        return [shown(one) for one in await self.open_acts.history(query, limit, before)]

    async def status(self, principal: Principal, brand: str) -> Mapping[str, Any]:
        """Return how a brand's connections do, and what waits in the communities that this person may look into."""
        await self.connections.refresh()
        waiting = await self.open_acts.waiting(brand, principal.communities)
        counts = await self.open_acts.counted(brand, self.clock.now() - LATELY, principal.communities)
        stopped = {str(one["_id"]): one for one in await self.switches.all()}
        some = [reached for reached in self.connections.all().values() if reached.brand == brand]
        return {
            "brand": brand,
            "stopped": [_stop(stopped[name]) for name in (ALL, switch_of(brand)) if name in stopped],
            "open": waiting.acts,
            "oldest": None if waiting.since is None else waiting.since.isoformat(),
            "connections": [self._connection(one, counts.get(one.name, {})) for one in sorted(some, key=lambda o: o.name)],
            "without_connection": dict(counts.get("", {})),
        }

    def _connection(self, one: Reached, counts: Mapping[str, int]) -> Mapping[str, Any]:
        lines = self.lines.of(one.name)
        problem = one.problem or next((line.breaker.why for line in lines if line.breaker.why), None)
        return {
            "connection": one.name,
            "platform": one.spec.platform,
            "acts": one.spec.acts,
            "problem": problem,
            "waiting": sum(len(line.gate) for line in lines),
            "done": counts.get("done", 0),
            "dry_run": counts.get("dry_run", 0),
            "failed": {code: number for code, number in sorted(counts.items()) if code not in {"done", "dry_run"}},
        }


def check_outcome(outcome: str) -> None:
    """Raise Problem for an outcome that no act has."""
    if outcome not in OUTCOMES:
        raise Problem(422, f"unknown outcome `{outcome}`; it is one of {', '.join(OUTCOMES)}")


def _stop(switch: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"what": switch["_id"], "by": switch["by"], "at": switch["at"].isoformat()}


def shown(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an entry as it is told."""
    told = {name: value for name, value in entry.items() if name not in {"_id", "q"}}
    times = {name: entry[name].isoformat() for name in ("asked", "at") if name in entry}
    return {"action": entry["_id"], **told, **times}


def acts(desk: Desk) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/v1/delivery/status")
    async def status(principal: Reader, brand: str | None = None) -> JSONResponse:
        return JSONResponse(await desk.status(principal, part_of(principal, brand, Scope.DECISIONS_READ)))

    @routes.get("/v1/delivery/acts")
    async def done(
        principal: Reader,
        brand: str | None = None,
        community: str | None = None,
        outcome: str | None = None,
        cause: str | None = None,
        limit: Limit = 50,
    ) -> JSONResponse:
        named = part_of(principal, brand, Scope.DECISIONS_READ)
        found = await desk.done(principal, named, limit, community=community, outcome=outcome, cause=cause)
        return JSONResponse(found)

    @routes.put("/v1/delivery/stop")
    async def stop(principal: Switcher, brand: str | None = None, everything: bool = False) -> JSONResponse:  # noqa: FBT001, FBT002 - a query's flag
        named = _switched(principal, brand, everything=everything)
        await desk.switches.stop(named, principal.name, desk.clock.now())
        return JSONResponse({"stopped": switch_of(named)})

    @routes.delete("/v1/delivery/stop")
    async def start(principal: Switcher, brand: str | None = None, everything: bool = False) -> JSONResponse:  # noqa: FBT001, FBT002 - a query's flag
        named = _switched(principal, brand, everything=everything)
        if not await desk.switches.start(named):
            raise Problem(404, f"nothing is stopped by the switch {switch_of(named)}")
        return JSONResponse({"started": switch_of(named)})

    return routes


def _switched(principal: Principal, brand: str | None, *, everything: bool) -> str | None:
    """Return the brand whose switch is meant, None for that of all. Raises Problem where this person may not."""
    if not everything:
        return brand_of(principal, brand, Scope.POLICIES_WRITE)
    if principal.brand is not None:
        raise Problem(403, "only the installation's own token stops and starts all brands")
    return None
