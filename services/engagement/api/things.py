"""What can be taken part in, over HTTP: look, take part for a member, do what staff do; the fold decides."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.responses import JSONResponse

from services.engagement.api.asked import asked_of, known_query
from services.engagement.rules.commands import Participate, Prefer
from services.engagement.rules.participation.commands import Order, encoded
from services.engagement.rules.participation.doings import ByMember, ByStaff, Doing, plain
from services.engagement.rules.participation.kinds import MECHANISMS
from services.engagement.rules.participation.mechanism import Viewer
from services.engagement.rules.participation.play import entry_id, said
from services.engagement.rules.participation.shop_state import UNSETTLED
from services.engagement.rules.participation.words import REFUSED
from services.engagement.store.things import Kept, Things
from shared.bus.publisher import Publisher
from shared.bus.record import Outgoing
from shared.clock import Clock
from shared.directory import Principal, Scope
from shared.events.envelope import Name
from shared.http.auth import brand_of, needs, part_of
from shared.http.awaiting import awaited
from shared.http.problems import Problem
from shared.telemetry.traces import carried_on
from shared.topics import ENGAGEMENT_COMMANDS, PARTICIPATION

BODY_BYTES_MAX = 16_384
LIMIT_MAX = 1_000

Reader = Annotated[Principal, Depends(needs(Scope.MEMBERS_READ))]
Writer = Annotated[Principal, Depends(needs(Scope.POINTS_WRITE))]
Kind = Annotated[str, Path(pattern=r"^[a-z]{1,20}\z")]
Named = Annotated[str, Path(pattern=r"^[a-z0-9._-]{1,63}\z")]
Key = Annotated[str | None, Header(alias="idempotency-key", pattern=r"^[A-Za-z0-9._-]{1,200}\z")]
"""The caller's own name for what is done: sent again with the same one, it is done once, and answered alike."""

Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]


class Part(msgspec.Struct, forbid_unknown_fields=True):
    """What a member does."""

    member: Annotated[
        Name,
        msgspec.Meta(
            pattern=r"^[a-z0-9_-]+:[^\x00-\x1f\x7f]+\Z", description="a member is platform:account, such as telegram:12345"
        ),
    ]
    does: ByMember


class Work(msgspec.Struct, forbid_unknown_fields=True):
    """What staff do."""

    does: ByStaff


class Parts:
    """Passes on what is to be done, and looks what became of it."""

    def __init__(self, bus: Publisher, things: Things, clock: Clock) -> None:
        self._bus, self.things, self.clock = bus, things, clock

    async def taken(self, brand: str, thing: str, part: Part, key: str | None) -> JSONResponse:
        """Have a member do something; return what became of it, or 202 where that is not known yet."""
        command = Participate(
            id=f"{part.member}:{key or secrets.token_hex(16)}",
            brand=brand,
            member=part.member,
            at=self.clock.now(),
            thing=thing,
            does=part.does,
        )
        sent = Outgoing(f"{brand}/{part.member}".encode(), msgspec.json.encode(command), carried_on())
        return await self._done(ENGAGEMENT_COMMANDS.name, sent, entry_id(brand, thing, command.id), part.does)

    async def prefers(self, brand: str, member: str, *, quiet: bool) -> None:
        """Have what a member wants be this from now on. Raises Retryable where Kafka is away."""
        command = Prefer(id=secrets.token_hex(16), brand=brand, member=member, at=self.clock.now(), quiet=quiet)
        sent = Outgoing(f"{brand}/{member}".encode(), msgspec.json.encode(command), carried_on())
        await self._bus.send(ENGAGEMENT_COMMANDS.name, sent)

    @staticmethod
    def outcome(answer: JSONResponse) -> str:
        """Return the code of what came of something that was done."""
        told: dict[str, str] = msgspec.json.decode(bytes(answer.body))
        return told.get("code", told["outcome"])

    async def ordered(self, principal: Principal, brand: str, thing: str, work: Work, key: str | None) -> JSONResponse:
        """Have something done that staff do; return what became of it, or 202 where that is not known yet."""
        id_ = f"staff:{key or secrets.token_hex(16)}"
        order = Order(id=id_, brand=brand, thing=thing, at=self.clock.now(), by=principal.name, does=work.does)
        sent = Outgoing(f"{brand}/{thing}".encode(), encoded(order), carried_on())
        return await self._done(PARTICIPATION.name, sent, entry_id(brand, thing, id_), work.does)

    async def _done(self, topic: str, sent: Outgoing, id_: str, does: Doing) -> JSONResponse:
        known = await self.things.entry(id_)
        if known is None:
            await self._bus.send(topic, sent)
            known = await awaited(lambda: self.things.entry(id_))
        if known is None:
            return JSONResponse({"id": id_, "outcome": "pending"}, 202)
        if known["does"] != plain(does):
            raise Problem(409, "this idempotency-key was used for something else: take a new one")
        known = await self._settled(known)
        where = {"location": f"/v1/orders/{known['order']}"} if "order" in known else {}
        if known["outcome"] != "done":
            return JSONResponse(shown_entry(known), 409, where)
        return JSONResponse(shown_entry(known), 202 if known.get("state") in UNSETTLED else 201, where)

    async def _settled(self, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return an order's entry with the state that it has: once it is paid, or nothing comes of it, if that is soon."""
        if entry.get("state") not in UNSETTLED:
            return entry

        async def look() -> Mapping[str, Any] | None:
            last = (await self.things.steps(entry["brand"], entry["order"]))[-1]
            return None if last["state"] in UNSETTLED else last

        now = await awaited(look) or {}
        return {**entry, **{name: now[name] for name in ("state", "outcome", "code") if name in now}}


def things(parts: Parts) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(dependencies=[Depends(known_query)])

    @routes.get("/v1/things")
    async def listed(principal: Reader, brand: str | None = None, kind: str | None = None) -> JSONResponse:
        named = part_of(principal, brand, Scope.MEMBERS_READ)
        if kind is not None and kind not in MECHANISMS:
            raise Problem(422, f"there is no kind {kind}: {', '.join(sorted(MECHANISMS))}")
        found = await parts.things.all(named, kind)
        return JSONResponse([shown(one, Viewer(parts.clock.now())) for one in found if concerns(principal, one)])

    @routes.get("/v1/things/{kind}/{name}")
    async def one(
        kind: Kind, name: Named, principal: Reader, brand: str | None = None, member: str | None = None
    ) -> JSONResponse:
        named = part_of(principal, brand, Scope.MEMBERS_READ)
        return JSONResponse(
            shown(await _found(parts, principal, named, kind, name), Viewer(parts.clock.now(), member=member))
        )

    @routes.get("/v1/things/{kind}/{name}/entries")
    async def entries(
        kind: Kind, name: Named, principal: Reader, brand: str | None = None, limit: Limit = 100
    ) -> JSONResponse:
        named = part_of(principal, brand, Scope.MEMBERS_READ)
        thing = await _found(parts, principal, named, kind, name)
        return JSONResponse([shown_entry(entry) for entry in await parts.things.entries(named, limit, thing=thing.name)])

    @routes.post("/v1/things/{kind}/{name}/parts")
    async def take(
        kind: Kind, name: Named, request: Request, principal: Writer, brand: str | None = None, key: Key = None
    ) -> JSONResponse:
        named = brand_of(principal, brand, Scope.POINTS_WRITE)
        part = await asked_of(request, Part, BODY_BYTES_MAX)
        await _found(parts, principal, named, kind, name, gone=True)
        return await parts.taken(named, f"{kind}/{name}", part, key)

    @routes.post("/v1/things/{kind}/{name}/orders")
    async def order(
        kind: Kind, name: Named, request: Request, principal: Writer, brand: str | None = None, key: Key = None
    ) -> JSONResponse:
        named = brand_of(principal, brand, Scope.POINTS_WRITE)
        work = await asked_of(request, Work, BODY_BYTES_MAX)
        await _found(parts, principal, named, kind, name, gone=True)
        return await parts.ordered(principal, named, f"{kind}/{name}", work, key)

    return routes


async def _found(parts: Parts, principal: Principal, brand: str, kind: str, name: str, *, gone: bool = False) -> Kept:
    """Return a thing. With `gone`, also a deleted one in which something is still under way."""
    mechanism = MECHANISMS.get(kind)
    found = None
    if mechanism is not None:
        found = await parts.things.one(brand, f"{kind}/{name}", gone=gone and mechanism.outlives)
    if found is None or not concerns(principal, found):
        raise Problem(404, f"there is no {kind} {name}; one that was just applied takes a moment")
    return found


def concerns(principal: Principal, thing: Kept) -> bool:
    """Say whether a thing is one of those that a principal looks after."""
    place = thing.spec.community
    return principal.communities is None or place is None or place in principal.communities


def shown(thing: Kept, viewer: Viewer) -> dict[str, Any]:
    """Return a thing as it is told; with what is a member's own, where one is named."""
    spec = thing.spec
    window = {"from": spec.from_, "until": spec.until}
    return {
        "thing": thing.name,
        "title": said(spec.title).by(viewer.language),
        "about": None if spec.about is None else said(spec.about).by(viewer.language),
        "community": spec.community,
        **{name: None if at is None else at.isoformat() for name, at in window.items()},
        **thing.mechanism.shown(spec, thing.state, viewer),
    }


def shown_entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what became of something that was done."""
    told = {name: value for name, value in entry.items() if name not in {"_id", "q", "brand", "at", "step"}}
    why = REFUSED.get(entry.get("code", ""))
    reason = {} if why is None else {"reason": why._asdict()}
    return {"id": entry["_id"], "time": entry["at"].isoformat()} | told | reason
