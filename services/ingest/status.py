"""How each connection is: what came, what was refused, what is wrong, and what to do next."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import httpx
from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from services.ingest.counts import KEPT, Counts
from services.ingest.rules import health
from services.ingest.rules.health import Seen, Trouble
from services.ingest.sources import SUBSCRIBED, telegram_webhook
from services.ingest.sources.leases import Leases, account_of
from services.ingest.store import Connected, Connections
from shared.clock import Clock
from shared.directory import Directory, Principal, Scope
from shared.http.auth import needs, part_of

ASKED_S = 30.0
"""How old what a platform said may be: people look again and again, and platforms count requests."""

ASK_S = 3.0
"""How long a platform may take: somebody waits at a screen."""

Reader = Annotated[Principal, Depends(needs(Scope.DIRECTORY_READ))]


class Parts(NamedTuple):
    """What knows of connections."""

    directory: Directory
    connections: Connections
    counts: Counts
    leases: Leases
    http: httpx.AsyncClient
    apis: Mapping[str, str]
    clock: Clock


class Statuses:
    """Tells how connections are."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._asked: dict[str, tuple[float, tuple[Trouble, ...]]] = {}

    async def all(self, brand: str | None) -> list[dict[str, Any]]:
        """Return the status of every connection, of one brand where one is named. Raises Retryable."""
        parts, now = self._parts, self._parts.clock.now()
        documents = await parts.directory.all("Connection", brand)
        known = {connected.name: connected for connected in await parts.connections.all()}
        hours = await parts.counts.since(now - KEPT, brand)
        pollers = await parts.leases.notes([account_of(one) for one in known.values() if _is_noted(one)])
        return [
            await self._one(
                document, known.get(document["name"]), health.seen(hours.get(document["name"], ()), now), pollers
            )
            for document in documents
        ]

    async def _one(
        self, document: Mapping[str, Any], connected: Connected | None, found: Seen, pollers: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, Any]:
        name, spec = document["name"], document["spec"]
        poller = None if connected is None else pollers.get(account_of(connected))
        troubles = [
            *health.of_credentials(self._parts.connections.problems(name)),
            *health.of_refusals(found),
            *(await self._platform_s(connected, poller) if connected is not None else ()),
        ]
        return {
            "name": name,
            "brand": document["brand"],
            "platform": spec.get("platform"),
            "mode": spec.get("mode", "webhook"),
            "communities": list(found.communities),
            "last_event_at": None if found.last_at is None else found.last_at.isoformat(),
            "per_minute": round(found.per_minute, 1),
            "refused": dict(found.refused),
            "asked_at": None if poller is None or not poller.get("asked_at") else health.utc(poller["asked_at"]).isoformat(),
            "problems": [trouble._asdict() for trouble in troubles],
        }

    async def _platform_s(self, connected: Connected, poller: Mapping[str, Any] | None) -> Sequence[Trouble]:
        """Return what is wrong between the platform and us."""
        if connected.spec.mode != "webhook":
            return list(health.of_poller(connected.spec.mode, poller, self._parts.clock.now()))
        if connected.spec.platform in SUBSCRIBED:
            return list(health.of_subscriber(poller))
        if connected.spec.platform != "telegram" or not connected.token:
            return ()
        key, parts = account_of(connected), self._parts
        at, troubles = self._asked.get(key, (float("-inf"), ()))
        if time.monotonic() - at > ASKED_S:
            troubles = await telegram_webhook.troubles(parts.http, parts.apis.get("telegram"), connected, parts.clock.now())
            self._asked[key] = (time.monotonic(), troubles)
        return troubles


def _is_noted(connected: Connected) -> bool:
    """Return whether somebody of ours asks the platform for this connection."""
    return connected.spec.mode != "webhook" or connected.spec.platform in SUBSCRIBED


def routes(statuses: Statuses) -> APIRouter:
    """Return the route for the status of connections."""
    made = APIRouter()

    @made.get("/v1/connections/status")
    async def status(principal: Reader, brand: str | None = None) -> JSONResponse:
        named = None if principal.brand is None and brand is None else part_of(principal, brand, Scope.DIRECTORY_READ)
        return JSONResponse([_for(principal, one) for one in await statuses.all(named)])

    return made


def _for(principal: Principal, status: dict[str, Any]) -> dict[str, Any]:
    """Leave out the communities that the principal has nothing to do with."""
    if principal.communities is None:
        return status
    return status | {"communities": [one for one in status["communities"] if one in principal.communities]}
