"""Folding events into remarks in memory, as the loop would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import bson
import msgspec

from services.reporting.figures.buckets.remark import Remark
from services.reporting.figures.buckets.said import Said
from services.reporting.handlers.listening import Listening
from services.reporting.listening.queries import Queries, built
from services.reporting.rules.ideas import Decide
from shared.events import Envelope, encode
from shared.fold.definition import Output
from shared.topics import EVENTS, IDEAS
from tests.fakes import FakeRecord

SPEC: Mapping[str, Any] = {
    "queries": [
        {"id": "acme", "about": "brand", "words": ["acme", "акме"]},
        {"id": "glue", "about": "product", "words": ["клей+"], "without": ["обойный+"]},
        {"id": "bolt", "about": "competitor", "words": ["болткорп*", "boltcorp"]},
    ]
}


class Fixed:
    """The same queries always."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries

    async def refresh(self) -> None:
        """Do nothing."""

    def at(self, brand: str, community: str | None, moment: datetime) -> Queries:
        """Return them."""
        del brand, community, moment
        return self._queries


FOLD = Listening(Fixed(built(1, SPEC)))


def taken(told: Iterable[Envelope | Decide]) -> tuple[dict[str, Any], list[Output]]:
    """Fold events and commands, and at last what the fold tells itself; each state goes through its document after each.

    Return contents and hours by key, and what others are told.
    """
    states: dict[str, Any] = {}
    outputs: list[Output] = []
    for one in told:
        topic, raw = (IDEAS.name, msgspec.json.encode(one)) if isinstance(one, Decide) else (EVENTS.name, encode(one))
        outputs += _folded(states, topic, raw)
    for output in outputs:
        if output.topic == IDEAS.name:
            assert isinstance(output.event, bytes)
            assert _folded(states, IDEAS.name, output.event) == []
    return states, [output for output in outputs if output.topic != IDEAS.name]


def _folded(states: dict[str, Any], topic: str, raw: bytes) -> list[Output]:
    outputs: list[Output] = []
    for item in FOLD.read(FakeRecord(topic, 0, 0, 0, b"", raw, ())):
        state, beside = states.get(item.key), [states.get(key) for key in item.beside]
        step = FOLD.evolve_beside(state, beside, item.event) if beside else FOLD.evolve(state, item.event)
        outputs += step.outputs
        changed = dict(zip(item.beside, step.beside, strict=True)) if step.beside else {}
        for key, after in (changed | {item.key: step.state}).items():
            if after is not None:
                states[key] = FOLD.decode(bson.decode(bson.encode(FOLD.encode(after))))
    return outputs


def contents(states: Mapping[str, Any]) -> list[Remark]:
    """Return the states of contents."""
    return [state for state in states.values() if isinstance(state, Remark)]


def hours(states: Mapping[str, Any]) -> list[Said]:
    """Return the states of hours that count something."""
    return [state for state in states.values() if isinstance(state, Said) and state.counts]


def counts(states: Mapping[str, Any]) -> dict[str, int]:
    """Return what all hours count together."""
    return dict(sum((Counter(hour.counts) for hour in hours(states)), Counter()))
