"""Folding events in memory, as the loop would: for tests of the folds of reporting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import bson

from services.reporting.figures.buckets import total
from services.reporting.figures.buckets.hour import Hour
from services.reporting.figures.buckets.hours import start_of
from services.reporting.figures.buckets.presence import Presence
from services.reporting.figures.buckets.removal import Removal
from services.reporting.figures.buckets.total import Total
from services.reporting.figures.summary import Material, Row
from services.reporting.figures.summary import Presence as Present
from services.reporting.handlers import Figures, Points
from shared.events import Envelope, encode
from tests.fakes import FakeRecord

States = Mapping[str, Any]


def record(event: Envelope, partition: int = 0) -> FakeRecord:
    return FakeRecord("any", partition, 0, 0, b"", encode(event), ())


def folded(events: Iterable[Envelope], fold: Figures | Points | None = None, partition: int = 0) -> States:
    """Fold events into states, each of which goes through its document once."""
    fold, states = fold or Figures(), dict[str, Any]()
    for event in events:
        for item in fold.read(record(event, partition)):
            states[item.key] = fold.evolve(states.get(item.key), item.event).state
    return {key: fold.decode(bson.decode(bson.encode(fold.encode(state)))) for key, state in states.items()}


def material(states: States) -> Material:
    """Return what the store would read of the states."""
    rows, presences = [], []
    for state in states.values():
        match state:
            case Hour():
                rows.append(Row(state.community, start_of(state.hour), state.counts))
            case Presence():
                presences.append(Present(state.community, state.member, state.month, state.bits))
            case Removal() if state.hour is not None and not state.reversed:
                rows.append(Row(state.community, start_of(state.hour), {"removals": 1}))
            case Total():
                rows += [Row(state.community, start_of(h), {"reactions_grown": n}) for h, n in total.growth(state)]
            case _:
                pass  # a removal that was taken back
    return Material(rows, presences)
