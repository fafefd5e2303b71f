"""Folding events into remarks in memory, as the loop would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import bson
import msgspec

from services.reporting.figures import remarks
from services.reporting.figures.buckets.remark import Remark
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


def taken(told: Iterable[Envelope | Decide]) -> tuple[dict[str, Remark], list[Output]]:
    """Fold events and commands; each state goes through its document after each."""
    states: dict[str, Remark] = {}
    outputs: list[Output] = []
    for one in told:
        topic, raw = (IDEAS.name, msgspec.json.encode(one)) if isinstance(one, Decide) else (EVENTS.name, encode(one))
        for item in FOLD.read(FakeRecord(topic, 0, 0, 0, b"", raw, ())):
            step = FOLD.evolve(states.get(item.key), item.event)
            outputs += step.outputs
            if step.state is not None:
                states[item.key] = FOLD.decode(bson.decode(bson.encode(FOLD.encode(step.state))))
    return states, outputs


def counts(states: Mapping[str, Remark]) -> dict[str, int]:
    """Return what they count for, all hours together: of those that have an hour."""
    found: dict[str, int] = {}
    for state in states.values():
        if FOLD.encode(state)["at"] is not None:
            for name in remarks.counts(state.label, state.feedback, state.names):
                found[name] = found.get(name, 0) + 1
    return found
