"""The demo's promise: on 20 fresh seeds, what moderation removes as spam is what was planted."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from bench.folds import moderator
from demo.__main__ import NOT_SPAM
from demo.simulation import Simulation
from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Payload
from shared.events import decode, encode
from shared.events.moderation import DecisionMade
from shared.topics import EVENTS
from tests.fakes import FakeRecord

SEEDS = 20
END = datetime(2026, 5, 4, 12, tzinfo=UTC)
BAR = 0.95


def removed_as_spam(updates: Iterable[bytes]) -> set[str]:
    """Return the contents that the moderation fold has removed, the updates decoded and judged in order."""
    fold, states, removed = moderator(), dict[str, Any](), set[str]()
    for body in updates:
        payload = Payload(body=body, brand="harbour", connection="demo", recordedtime=END)
        for event in CONNECTORS["telegram"].decode(payload).events:
            for key, told, _, (place,) in fold.read(FakeRecord(EVENTS.name, 0, 0, 0, b"", encode(event), ())):
                step = fold.evolve_beside(states.get(key), [states.get(place)], told)
                states[key], (states[place],) = step.state, step.beside
                removed |= {content for output in step.outputs if (content := spam_in(output.event))}
    return removed


def spam_in(output: Any) -> str | None:  # noqa: ANN401 - an event or its bytes
    event = decode(output) if isinstance(output, bytes) else output
    if not isinstance(event, DecisionMade) or not event.data.takes_away:
        return None
    rules = {finding.rule for finding in event.data.findings}
    return None if rules <= NOT_SPAM else event.data.content_id


@pytest.mark.timeout(180)
async def test_planted_spam_is_found_and_little_else_on_twenty_fresh_seeds(capsys: pytest.CaptureFixture[str]) -> None:
    seeds = [secrets.randbelow(10**9) for _ in range(SEEDS)]

    worst = (1.0, 1.0)
    for seed in seeds:
        simulation = Simulation(seed, END)
        found = removed_as_spam(simulation.updates())
        right = len(found & simulation.plan.spam)
        precision, recall = right / len(found), right / len(simulation.plan.spam)
        worst = min(worst[0], precision), min(worst[1], recall)
        assert precision >= BAR, f"seed {seed}: precision {precision:.3f}"
        assert recall >= BAR, f"seed {seed}: recall {recall:.3f}"

    with capsys.disabled():
        sys.stdout.write(f"\nspam on {SEEDS} fresh seeds: worst precision {worst[0]:.3f}, worst recall {worst[1]:.3f}\n")
