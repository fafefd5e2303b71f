"""Orders of the shop, to look at: of a member, of all goods that staff have to hand over, and one with all its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import JSONResponse

from services.engagement.api.asked import known_query
from services.engagement.api.named import Member
from services.engagement.api.things import Limit, Reader, concerns, shown_entry
from services.engagement.rules.participation.goods import Shop
from services.engagement.rules.participation.play import said
from services.engagement.rules.participation.shop_looks import open_order
from services.engagement.rules.participation.words import REFUSED
from services.engagement.store.things import Kept, Things
from shared.directory import Principal, Scope
from shared.http.auth import part_of
from shared.http.problems import Problem
from shared.said import Language

Number = Annotated[str, Path(pattern=r"^[0-9a-f]{16}\z")]
State = Annotated[Literal["waiting", "reserved", "cancelling", "paid"] | None, Query()]
Thing = Annotated[str | None, Query(pattern=r"^goods/[a-z0-9._-]{1,63}\z")]


def shop(things: Things) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(dependencies=[Depends(known_query)])

    @routes.get("/v1/members/{member}/orders")
    async def mine(member: Member, principal: Reader, brand: str | None = None, limit: Limit = 100) -> JSONResponse:
        named = part_of(principal, brand, Scope.MEMBERS_READ)
        goods = await _goods(things, principal, named)
        found = await things.orders(named, member, limit)
        return JSONResponse([shown_order(one, goods[one["thing"]]) for one in found if one["thing"] in goods])

    @routes.get("/v1/orders")
    async def waiting(
        principal: Reader, brand: str | None = None, thing: Thing = None, state: State = None, limit: Limit = 100
    ) -> JSONResponse:
        named = part_of(principal, brand, Scope.MEMBERS_READ)
        goods = await _goods(things, principal, named, thing)
        found = [one for kept in goods.values() for one in _open(kept) if state in {None, one["state"]}]
        return JSONResponse(sorted(found, key=lambda one: (one["time"], one["order"]))[:limit])

    @routes.get("/v1/orders/{order}")
    async def one(order: Number, principal: Reader, brand: str | None = None) -> JSONResponse:
        named = part_of(principal, brand, Scope.MEMBERS_READ)
        steps = await things.steps(named, order)
        goods = await things.one(named, steps[0]["thing"], gone=True) if steps else None
        if goods is None or not concerns(principal, goods):
            raise Problem(404, f"there is no order {order}; one that was just made takes a moment")
        first, last = steps[0], steps[-1]
        told = {name: first[name] for name in ("order", "member", "thing", "quantity", "amount")}
        shown = told | {"state": last["state"], "steps": [_shown_step(step) for step in steps]}
        return JSONResponse(shown)

    return routes


async def _goods(things: Things, principal: Principal, brand: str, thing: str | None = None) -> Mapping[str, Kept]:
    """Return the goods of a brand that a principal looks after, deleted ones as well; of all, or the one that is named."""
    if thing is None:
        found = await things.all(brand, Shop.kind, gone=True)
    else:
        named = await things.one(brand, thing, gone=True)
        found = () if named is None else (named,)
    return {one.name: one for one in found if concerns(principal, one)}


def _open(kept: Kept) -> Sequence[dict[str, Any]]:
    """Return the orders of goods that are not done with."""
    orders = {**kept.state.orders, **kept.state.line}
    return [
        {
            "order": id_,
            "member": order.member,
            "thing": kept.name,
            "time": datetime.fromtimestamp(order.at, UTC).isoformat(),
            **open_order(kept.state, id_, order),
        }
        for id_, order in orders.items()
    ]


def shown_order(order: Mapping[str, Any], goods: Kept) -> dict[str, Any]:
    """Return an order of a member as it is told: what, how it stands, since when, and what staff noted."""
    times = {"time": order["at"].isoformat(), "changed": order["changed"].isoformat()}
    titles = {language.value: said(goods.spec.title).by(language) for language in Language}
    told = {name: order[name] for name in ("thing", "state", "quantity", "amount")}
    more = {name: order[name] for name in ("note", "code") if order.get(name) is not None}
    why = REFUSED.get(order.get("code") or "")
    return {"order": order["_id"], "title": titles, **told, **times, **more} | (
        {} if why is None else {"reason": why._asdict()}
    )


def _shown_step(step: Mapping[str, Any]) -> dict[str, Any]:
    known = {"order", "member", "thing", "quantity", "amount"}
    return {name: value for name, value in shown_entry(step).items() if name not in known}
