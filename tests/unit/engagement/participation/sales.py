"""What tests of the shop share: goods and goals on a stage, and what was asked of members' accounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec

from services.engagement.rules.participation.commands import Settled
from services.engagement.rules.participation.doings import Buy
from services.engagement.rules.participation.goods import Shop
from services.engagement.rules.participation.mechanism import Viewer
from shared.documents.shop import Goods
from shared.events.engagement import OrderChanged
from tests.unit.engagement.participation.stage import AT, Stage

HOUR = timedelta(hours=1)
MEMBER, OTHER = "telegram:1", "telegram:2"
BOT = "telegram:-100"


def shop(**spec: Any) -> Stage:  # noqa: ANN401 - fields of a spec
    return Stage("Goods", **({"price": 20} | spec))


def fund(**spec: Any) -> Stage:  # noqa: ANN401 - fields of a goal
    return Stage("Goods", goal={"target": 100} | spec, until=(AT + HOUR).isoformat(), community=BOT)


def own(stage: Stage, member: str = MEMBER) -> Mapping[str, Any]:
    found: Mapping[str, Any] = shown(stage, member)["own"]
    return found


def shown(stage: Stage, member: str | None = None) -> dict[str, Any]:
    assert stage.state is not None
    spec = msgspec.convert(stage.state.spec, Goods)
    return Shop().shown(spec, stage.inner, Viewer(stage.clock.now(), member=member))


def settle(stage: Stage, spend: Mapping[str, Any], refused: str | None = None) -> None:
    """Have the account answer one of the orders for points."""
    about = stage.about(f"settled:{spend['id']}")
    stage.do(Settled(**about, order=spend["id"], member=spend["member"], refused=refused))


def spends(stage: Stage) -> list[Mapping[str, Any]]:
    return [one for one in stage.commands if one["type"] == "engagement.command.spend"]


def refunds(stage: Stage) -> list[Mapping[str, Any]]:
    return [one for one in stage.commands if one["type"] == "engagement.command.refund"]


def ordered(stage: Stage, member: str = MEMBER, quantity: int = 1) -> str:
    """Have a member order; return the order's id."""
    assert stage.member(member, Buy(quantity=quantity)) == "done"
    id_: str = stage.entries[-1]["order"]
    return id_


def bought(stage: Stage, member: str = MEMBER, quantity: int = 1) -> str:
    id_ = ordered(stage, member, quantity)
    stage.paid()
    return id_


def states(stage: Stage, order: str) -> list[str]:
    """Return the states that an order went through, as the bus and the entries tell them alike."""
    told: list[str] = [one.data.state for one in stage.told if isinstance(one, OrderChanged) and one.data.order == order]
    assert [one["state"] for one in stage.entries if one.get("order") == order] == told
    return told
