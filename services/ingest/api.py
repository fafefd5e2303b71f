"""The API: events in, keys made; documents.py has brands and connections, people.py what lets people in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from services.ingest import batches
from services.ingest.connectors.raw import key_of
from services.ingest.connectors.urgency import Urgency
from services.ingest.examples import request_body
from services.ingest.people import check_given
from services.ingest.rules import pressure
from services.ingest.store import Connections, Intake, Sender
from services.ingest.taken import Taken
from shared.bus.backlog import Waiting
from shared.directory import Directory, Principal, Role, Scope
from shared.documents.shape import Slug, Spec
from shared.http.auth import brand_of, check_brand, needs
from shared.http.body import limited_body
from shared.http.limits import Limits
from shared.http.problems import Problem
from shared.meant import hint
from shared.topics import RAW

KEY_BYTES_MAX = 10_000
LAG_MAX = timedelta(seconds=15)
"""Imports yield: while the normaliser is further behind in their own partitions, they are asked to wait."""

EventsWriter = Annotated[Principal, Depends(needs(Scope.EVENTS_WRITE))]
KeysWriter = Annotated[Principal, Depends(needs(Scope.KEYS_WRITE))]


def events(intake: Intake, taken: Taken, connections: Connections, limits: Limits) -> APIRouter:
    """Return the route for events of the contract."""
    routes = APIRouter()

    @routes.post("/v1/events", status_code=202, openapi_extra={"requestBody": request_body()})
    async def take(
        request: Request,
        principal: EventsWriter,
        brand: str | None = None,
        *,
        imported: bool = False,
        backfill_points: bool = False,
    ) -> JSONResponse:
        named = brand_of(principal, brand, Scope.EVENTS_WRITE)
        if backfill_points and not imported:
            raise Problem(422, "backfill_points is for imported events; what happens now earns points anyway")
        body = await limited_body(request.headers, request.receive, limits.bytes_max)
        raws = batches.split(body)
        await _check_rate(limits, f"events/{named}/{principal.name}", len(raws))
        await connections.all()  # so that they are known as they are now
        batch = batches.checked(body, raws, named, intake.now(), imported=imported)
        if intake.fill > pressure.EASE:
            _check_room(intake.fill, Urgency.LOWEST if imported else batch.urgency)
        told: dict[str, int] = {"accepted": len(batch.raws)}
        if imported:
            waiting = await _yielded(taken, {key_of(named, place or principal.name) for place in batch.communities})
            known = await taken.known(batch.identities)
            told |= batches.counted(batch.identities, known) | {"waiting": waiting.records}
        sender = Sender(named, principal.name, connections.standings(named))
        await intake.events(sender, batch, imported=imported, backfill_points=backfill_points)
        return JSONResponse(told, 202)

    return routes


async def _check_rate(limits: Limits, key: str, cost: int) -> None:
    """Raise Problem 429 where the key sends more events than its limit."""
    later_s = await limits.taken(key, cost)
    if later_s:
        raise Problem(429, "this key sends more events than its limit (VECHE_EVENTS_RATE)", retry_after_s=later_s)


def _check_room(fill: float, urgency: Urgency) -> None:
    """Raise Problem where others go first: 503, but 429 for history: by that an import knows that nothing was taken."""
    later_s = pressure.wait_s(fill, urgency)
    if later_s:
        status = 429 if urgency is Urgency.LOWEST else 503
        raise Problem(status, "more comes in than Kafka takes; what is urgent goes first", retry_after_s=later_s)


async def _yielded(taken: Taken, keys: Collection[str]) -> Waiting:
    """Return what waits for the normaliser before these keys. Raises Problem 429 where it waits for too long already."""
    waiting = await taken.waiting(LAG_MAX, keys)
    if waiting.late:
        where = f"partition {', '.join(map(str, waiting.late))} of {RAW.name}"
        raise Problem(
            429, f"the normaliser is more than {LAG_MAX.seconds} s behind in {where}; imports wait for live events"
        )
    return waiting


class KeyRequest(Spec, frozen=True, kw_only=True):
    """A service key to be made."""

    name: Slug
    brand: Slug | None = None
    scopes: tuple[Scope, ...]


def keys(directory: Directory, now: Any) -> APIRouter:  # noqa: ANN401 - a callable that returns the present instant
    """Return the routes for service keys. Each is shown once."""
    routes = APIRouter()

    @routes.post("/v1/keys", status_code=201)
    async def make(request: Request, principal: KeysWriter) -> JSONResponse:
        asked = _asked(await limited_body(dict(request.headers), request.receive, KEY_BYTES_MAX))
        brand = brand_of(principal, asked.brand, Scope.KEYS_WRITE)
        await check_brand(request, brand)
        check_given(principal, brand, asked.scopes)
        key = Principal(asked.name, Role.KEY, brand, frozenset(asked.scopes))
        replaced = await directory.granted(f"key/{asked.name}", brand)
        token = await directory.grant(key, now(), f"key/{asked.name}")
        return JSONResponse({"name": asked.name, "brand": brand, "token": token, "replaced": replaced}, 201)

    @routes.delete("/v1/keys/{name}", status_code=204)
    async def revoke(name: str, principal: KeysWriter, brand: str | None = None) -> Response:
        if not await directory.revoke(f"key/{name}", brand_of(principal, brand, Scope.KEYS_WRITE)):
            raise Problem(404, "there is no such key")
        return Response(status_code=204)

    return routes


def _asked(body: bytes) -> KeyRequest:
    try:
        return msgspec.json.decode(body, type=KeyRequest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message, _, path = str(error).partition(" - at ")
        meant = hint(message, KeyRequest, path.strip("`").removeprefix("$"))
        raise Problem(422, f"name a key and its scopes: {error}{meant}") from error
