"""Orders over HTTP: points are spent, given back, adjusted by hand and given to others; the ledger's consumer decides."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse

from services.engagement.rules.bookings import ADJUSTED, OVER_LIMIT, SENT, SPENT, TOO_FEW, entry_id, refund_id
from services.engagement.rules.commands import Adjust, Amount, Note, Ordered, Refund, Spend, Transfer
from services.engagement.rules.reasons import in_words
from services.engagement.rules.rewards import Rewards
from services.engagement.store.entries import Entries
from shared.bus.publisher import Publisher
from shared.bus.record import Outgoing
from shared.clock import Clock
from shared.directory import Principal, Scope
from shared.events.codec import reason
from shared.events.envelope import Name
from shared.http.auth import brand_of, needs
from shared.http.awaiting import awaited
from shared.http.body import limited_body
from shared.http.problems import Problem
from shared.policy import InForce
from shared.telemetry.traces import carried_on
from shared.topics import ENGAGEMENT_COMMANDS

BODY_BYTES_MAX = 4_096
KEY_CHARS_MAX = 200

Writer = Annotated[Principal, Depends(needs(Scope.POINTS_WRITE))]
Reader = Annotated[Principal, Depends(needs(Scope.MEMBERS_READ))]
Key = Annotated[str | None, Header(alias="idempotency-key", min_length=1, max_length=KEY_CHARS_MAX)]
"""The caller's own name for the order: sent again with the same one, it is done once, and answered alike."""

REFUSALS = {
    TOO_FEW: "the member does not have so many points to spend; some may still be held",
    OVER_LIMIT: "the policy does not let so many points be given away on one day",
}
"""By the code of the entry."""


class ToSpend(msgspec.Struct, forbid_unknown_fields=True):
    """What is spent, and for what: the member reads it."""

    amount: Amount
    note: Note


class ToAdjust(msgspec.Struct, forbid_unknown_fields=True):
    """What is given, or taken where it is negative, and why: the member reads it."""

    amount: int
    note: Note


class ToGive(msgspec.Struct, forbid_unknown_fields=True):
    """What is given to whom."""

    to: Name
    amount: Amount
    note: Note | None = None


class ToRefund(msgspec.Struct, forbid_unknown_fields=True):
    """Why it is given back: the member reads it."""

    note: Note


Asked = TypeVar("Asked", ToSpend, ToAdjust, ToGive, ToRefund)


class Desk:
    """Takes orders, passes them to the ledger, and looks what became of them."""

    def __init__(self, bus: Publisher, entries: Entries, policies: InForce[Rewards], clock: Clock) -> None:
        self._bus, self.entries, self._policies, self.clock = bus, entries, policies, clock

    async def transfer(self, brand: str, amount: int) -> int:
        """Return how many points a member may give away on one day. Raises Problem where the policy does not let them."""
        await self._policies.refresh()
        terms = self._policies.at(brand, None, self.clock.now()).spec.transfers
        if terms is None:
            raise Problem(409, "members cannot give points to each other: the brand's RewardsPolicy has no `transfers`")
        if amount < terms.least:
            raise Problem(422, f"at least {terms.least} points are given at once")
        return terms.per_day

    async def done(self, order: Ordered) -> JSONResponse:
        """Have an order done; return what became of it, or 202 where that is not known yet."""
        id_ = entry_id(order.brand, order.id)
        known = await self.entries.one(id_)
        if known is None:
            key = f"{order.brand}/{order.member}".encode()
            await self._bus.send(ENGAGEMENT_COMMANDS.name, Outgoing(key, msgspec.json.encode(order), carried_on()))
            known = await awaited(lambda: self.entries.one(id_))
        where = {"location": f"/v1/orders/{order.id}"}
        if known is None:
            return JSONResponse({"id": order.id, "state": "pending"}, 202, where)
        _check_same(known, order)
        if known.get("refused") is not None:
            raise Problem(409, REFUSALS.get(known["refused"], known["refused"]))
        return JSONResponse(shown(known), 201, where)


def _check_same(known: Mapping[str, Any], order: Ordered) -> None:
    """Raise Problem where a key was used for something else before."""
    amount = getattr(order, "amount", 0)
    if known["member"] != order.member or abs(known["uncapped"]) != abs(amount):
        raise Problem(409, "this idempotency-key was used for another order: take a new one")


def shown(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an order as the API tells it."""
    names = {"cause": "id", "member": "member", "applied": "points", "balance": "balance", "note": "note", "other": "other"}
    told = {new: entry[name] for name, new in names.items() if name in entry}
    refused = entry.get("refused")
    state = {"state": "done"} if refused is None else {"state": "refused", "refused": REFUSALS.get(refused, refused)}
    return told | state | {"time": entry["at"].isoformat(), "reason": dict(in_words(entry["reason"]))}


def orders(desk: Desk) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    def about(principal: Principal, brand: str | None, member: str, key: str | None) -> dict[str, Any]:
        named = brand_of(principal, brand, Scope.POINTS_WRITE)
        at = desk.clock.now().astimezone(UTC)
        return {"id": key or secrets.token_hex(16), "brand": named, "member": member, "at": at, "by": principal.name}

    @routes.post("/v1/members/{member}/spend")
    async def spend(
        member: str, request: Request, principal: Writer, brand: str | None = None, key: Key = None
    ) -> JSONResponse:
        asked = await _asked(request, ToSpend)
        order = Spend(**about(principal, brand, member, key), amount=asked.amount, note=asked.note)
        return await desk.done(order)

    @routes.post("/v1/members/{member}/adjust")
    async def adjust(
        member: str, request: Request, principal: Writer, brand: str | None = None, key: Key = None
    ) -> JSONResponse:
        asked = await _asked(request, ToAdjust)
        order = _checked(Adjust(**about(principal, brand, member, key), amount=asked.amount, note=asked.note))
        return await desk.done(order)

    @routes.post("/v1/members/{member}/transfers")
    async def give(
        member: str, request: Request, principal: Writer, brand: str | None = None, key: Key = None
    ) -> JSONResponse:
        asked, told = await _asked(request, ToGive), about(principal, brand, member, key)
        if asked.to == member:
            raise Problem(422, "nobody gives points to themselves")
        per_day = await desk.transfer(told["brand"], asked.amount)
        order = Transfer(**told, to=asked.to, amount=asked.amount, per_day=per_day, note=asked.note)
        return await desk.done(order)

    @routes.post("/v1/orders/{order}/refund")
    async def refund(order: str, request: Request, principal: Writer, brand: str | None = None) -> JSONResponse:
        asked, told = await _asked(request, ToRefund), about(principal, brand, "", None)
        spent = await desk.entries.one(entry_id(told["brand"], order))
        if spent is None or spent["rule"] != SPENT or spent.get("refused") is not None:
            raise Problem(404, f"there is no order {order} that spent points")
        told |= {"id": refund_id(told["brand"], order), "member": spent["member"]}
        return await desk.done(Refund(**told, spend=order, amount=-spent["applied"], note=asked.note))

    @routes.get("/v1/orders/{order}")
    async def look(order: str, principal: Reader, brand: str | None = None) -> JSONResponse:
        named = brand_of(principal, brand, Scope.MEMBERS_READ)
        found = await desk.entries.one(entry_id(named, order))
        if found is None or found["rule"] not in {SPENT, SENT, ADJUSTED}:
            raise Problem(404, f"there is no order {order}; one that was just sent takes a moment")
        return JSONResponse(shown(found))

    return routes


def _checked(order: Adjust) -> Adjust:
    try:
        return msgspec.json.decode(msgspec.json.encode(order), type=Adjust)
    except msgspec.ValidationError as error:
        raise Problem(422, reason(error)) from error


async def _asked(request: Request, shape: type[Asked]) -> Asked:
    body = await limited_body(dict(request.headers), request.receive, BODY_BYTES_MAX)
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(422, f"cannot be read: {error}") from error
