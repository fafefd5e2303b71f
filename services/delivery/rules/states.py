"""The states of the fold, and how they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from services.delivery.rules.holds import HoldState
from services.delivery.rules.works import Target

GROUP = "delivery"
"""The consumer group; its collections are named after it."""


class LineState(msgspec.Struct, frozen=True):
    """Whether a connection is lost, as far as staff were told."""

    brand: str
    connection: str
    lost: bool


State = Target | LineState | HoldState

HELD = "held_until"
"""The field by which a state is one of holds."""

_packer = msgspec.msgpack.Encoder()
_target = msgspec.msgpack.Decoder(Target)


def encoded(state: State) -> Mapping[str, Any]:
    """Return a state as a document: what is looked for stands open, the rest is packed."""
    if isinstance(state, LineState):
        return {"brand": state.brand, "connection": state.connection, "lost": state.lost}
    if isinstance(state, HoldState):
        holds = [[cause, until] for cause, until in sorted(state.holds.items())]
        return {"brand": state.brand, "community": state.community, HELD: state.until, "holds": holds}
    return {
        "brand": state.brand,
        "community": state.community,
        "open": len(state.works),
        "since": min((work.asked for work in state.works), default=None),
        "target": _packer.encode(state),
    }


def decoded(document: Mapping[str, Any]) -> State:
    """Return the state of a document."""
    if "connection" in document:
        return LineState(document["brand"], document["connection"], document["lost"])
    if HELD in document:
        return HoldState(document["brand"], document["community"], dict(document["holds"]))
    return target_in(document)


def target_in(document: Mapping[str, Any]) -> Target:
    """Return the target of a stored state."""
    return _target.decode(document["target"])
