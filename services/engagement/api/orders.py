"""Orders over HTTP: points are spent, given back, adjusted by hand and given to others; the ledger's consumer decides."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC
from types import MappingProxyType
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse
from msgspec.structs import replace

from services.engagement.api.asked import asked_of
from services.engagement.api.named import Member
from services.engagement.rules.bookings import ADJUSTED, OVER_LIMIT, REFUNDED, SENT, SPENT, TOO_FEW, entry_id, refund_id
from services.engagement.rules.commands import Adjust, Amount, Note, Refund, Spend, Transfer, decoded
from services.engagement.rules.participation.shop_state import FULFILLED, order_of, spend_id
from services.engagement.rules.reasons import in_words
from services.engagement.rules.rewards import Rewards
from services.engagement.store.entries import Entries
from services.engagement.store.things import Things
from shared.bus.publisher import Publisher
from shared.bus.record import Outgoing
from shared.clock import Clock
from shared.directory import Principal, Scope
from shared.errors import Unprocessable
from shared.events.envelope import Name
from shared.http.auth import brand_of, needs
from shared.http.awaiting import awaited
from shared.http.problems import Problem
from shared.policy import InForce
from shared.telemetry.traces import carried_on
from shared.topics import ENGAGEMENT_COMMANDS

BODY_BYTES_MAX = 4_096

Writer = Annotated[Principal, Depends(needs(Scope.POINTS_WRITE))]
Reader = Annotated[Principal, Depends(needs(Scope.MEMBERS_READ))]
Key = Annotated[str | None, Header(alias="idempotency-key", pattern=r"^[A-Za-z0-9._-]{1,200}\z")]
"""The caller's own name for the member's order: sent again with the same one, it is done once, and answered alike."""

REFUSALS = {
    TOO_FEW: "the member does not have so many points to spend; some may still be held",
    OVER_LIMIT: "the policy does not let so many points be given away on one day",
}
"""By the code of the entry."""

STAYS_REFUSED = "order {key} stays refused: once that has changed, try again with a new idempotency-key"

NO_MORE: Mapping[str, object] = MappingProxyType({})

UNHEARD = "nothing was heard of {member} before; if that is a slip, adjust by {back}: the points are with nobody"


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


Placed = Spend | Refund | Adjust | Transfer
"""What can be ordered here."""


class Desk:
    """Takes orders, passes them to the ledger, and looks what became of them."""

    def __init__(self, bus: Publisher, entries: Entries, policies: InForce[Rewards], clock: Clock) -> None:
        self._bus, self.entries, self._policies, self.clock = bus, entries, policies, clock

    async def limit(self, brand: str, to: str, amount: int) -> int:
        """Return how many points a member may give away on one day. Raises Problem where the policy does not let them."""
        await self._policies.refresh()
        terms = self._policies.at(brand, None, self.clock.now()).spec.transfers
        if terms is None:
            raise Problem(409, "members cannot give points to each other: the brand's RewardsPolicy has no `transfers`")
        if amount < terms.least:
            raise Problem(422, f"at least {terms.least} points are given at once")
        if not await self.entries.knows(brand, to):
            raise Problem(404, f"{to} never had an account: points that are sent there would be lost")
        return terms.per_day

    async def known(self, order: Placed) -> Mapping[str, Any] | None:
        """Return the entry that the order became before; None where it is new."""
        return await self.entries.one(entry_id(order.brand, order.member, order.id))

    async def done(self, order: Placed, more: Mapping[str, object] = NO_MORE) -> JSONResponse:
        """Have an order done; return what became of it, and `more`, or 202 where that is not known yet."""
        known = await self.known(order)
        if known is None:
            key = f"{order.brand}/{order.member}".encode()
            await self._bus.send(ENGAGEMENT_COMMANDS.name, Outgoing(key, _encoded(order), carried_on()))
            known = await awaited(lambda: self.known(order))
        where = {"location": f"/v1/members/{quote(order.member, safe='')}/orders/{quote(order.id, safe='')}"}
        if known is None:
            return JSONResponse({"id": order.id, "member": order.member, "state": "pending", **more}, 202, where)
        if _told(known) != _meant(order):
            raise Problem(409, "this idempotency-key was used for another order of the member: take a new one")
        if known.get("refused") is not None:
            raise Problem(409, f"{REFUSALS.get(known['refused'], known['refused'])}; {STAYS_REFUSED.format(key=order.id)}")
        return JSONResponse({**shown(known), **more}, 201, where)


def _encoded(order: Placed) -> bytes:
    """Return a command. Raises Problem where the ledger could not read it."""
    encoded = msgspec.json.encode(order)
    try:
        decoded(encoded)
    except Unprocessable as error:
        raise Problem(422, str(error)) from error
    return encoded


def _told(entry: Mapping[str, Any]) -> tuple[object, ...]:
    return entry["rule"], entry["uncapped"], entry.get("other"), entry.get("note")


def _meant(order: Placed) -> tuple[object, ...]:
    """Return what the entry of an order says, be it refused or not: the same key for something else is a mistake."""
    match order:
        case Spend():
            return SPENT, -order.amount, None, order.note
        case Adjust():
            return ADJUSTED, order.amount, None, order.note
        case Transfer():
            return SENT, -order.amount, order.to, order.note
        case Refund():
            return REFUNDED, order.amount, None, order.note


def shown(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an order as the API tells it."""
    names = {"cause": "id", "member": "member", "applied": "points", "balance": "balance", "note": "note", "other": "other"}
    told = {new: entry[name] for name, new in names.items() if name in entry}
    refused = entry.get("refused")
    state = {"state": "done"} if refused is None else {"state": "refused", "refused": REFUSALS.get(refused, refused)}
    return told | state | {"time": entry["at"].isoformat(), "reason": dict(in_words(entry["reason"]))}


def _about(desk: Desk, principal: Principal, brand: str | None, member: str, key: str | None) -> dict[str, Any]:
    named = brand_of(principal, brand, Scope.POINTS_WRITE)
    at = desk.clock.now().astimezone(UTC)
    return {"id": key or secrets.token_hex(16), "brand": named, "member": member, "at": at, "by": principal.name}


def orders(desk: Desk) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.post("/v1/members/{member}/spend")
    async def spend(
        member: Member, request: Request, principal: Writer, brand: str | None = None, key: Key = None
    ) -> JSONResponse:
        asked = await asked_of(request, ToSpend, BODY_BYTES_MAX)
        return await desk.done(Spend(**_about(desk, principal, brand, member, key), amount=asked.amount, note=asked.note))

    @routes.post("/v1/members/{member}/adjust")
    async def adjust(
        member: Member, request: Request, principal: Writer, brand: str | None = None, key: Key = None
    ) -> JSONResponse:
        asked = await asked_of(request, ToAdjust, BODY_BYTES_MAX)
        if asked.amount == 0:
            raise Problem(422, "0 points change nothing")
        order = Adjust(**_about(desk, principal, brand, member, key), amount=asked.amount, note=asked.note)
        if await desk.entries.knows(order.brand, member):
            return await desk.done(order)
        return await desk.done(order, {"warnings": [UNHEARD.format(member=member, back=-asked.amount)]})

    @routes.post("/v1/members/{member}/transfers")
    async def give(
        member: Member, request: Request, principal: Writer, brand: str | None = None, key: Key = None
    ) -> JSONResponse:
        asked = await asked_of(request, ToGive, BODY_BYTES_MAX)
        if asked.to == member:
            raise Problem(422, "nobody gives points to themselves")
        told = _about(desk, principal, brand, member, key)
        order = Transfer(**told, to=asked.to, amount=asked.amount, per_day=asked.amount, note=asked.note)
        if await desk.known(order) is None:
            order = replace(order, per_day=await desk.limit(order.brand, asked.to, asked.amount))
        return await desk.done(order)

    return routes


def orders_placed(desk: Desk, things: Things) -> APIRouter:
    """Return the routes of orders that were placed before: to look at, and to give back."""
    routes = APIRouter()

    @routes.post("/v1/members/{member}/orders/{order}/refund")
    async def refund(
        member: Member, order: str, request: Request, principal: Writer, brand: str | None = None
    ) -> JSONResponse:
        asked, told = (
            await asked_of(request, ToRefund, BODY_BYTES_MAX),
            _about(desk, principal, brand, member, refund_id(order)),
        )
        spent = await desk.entries.one(entry_id(told["brand"], member, order))
        if spent is None or spent["rule"] != SPENT or spent.get("refused") is not None:
            raise Problem(404, f"there is no order {order} of {member} that spent points")
        steps = await things.steps(told["brand"], order_of(order))
        if steps and order == spend_id(steps[0]["thing"], order_of(order)):
            _check_of_shop(order_of(order), steps)
        meant = Refund(**told, spend=order, amount=-spent["applied"], note=asked.note)
        known = await desk.known(meant)
        if known is None:
            return await desk.done(meant)
        return await desk.done(replace(meant, note=known["note"]), {"again": True})

    @routes.get("/v1/members/{member}/orders/{order}")
    async def look(member: Member, order: str, principal: Reader, brand: str | None = None) -> JSONResponse:
        named = brand_of(principal, brand, Scope.MEMBERS_READ)
        found = await desk.entries.one(entry_id(named, member, order))
        if found is None:
            raise Problem(404, f"there is no order {order} of {member}; one that was just sent takes a moment")
        return JSONResponse(shown(found))

    return routes


def _check_of_shop(order: str, steps: Sequence[Mapping[str, Any]]) -> None:
    """Hold an order of the shop to be one that it is done with, and no donation. Raises Problem."""
    if steps[-1]["step"] < FULFILLED:
        raise Problem(409, f"order {order} of the shop is open: give it back there, and its goods go into the stock")
    if steps[0]["quantity"] == 0:
        comes_back = "it comes back with all others where the goal is missed and gives back"
        raise Problem(409, f"order {order} is a donation: {comes_back}; to give other points, adjust the member's account")
