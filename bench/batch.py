"""`POST /v1/events`, with a real Kafka behind it, as a share of an endpoint that decodes and validates them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bench import load, population, webhook
from shared.events import encode

BATCH = 500
"""Half of what a request may hold."""
BATCHES = 400
CONNECTIONS = 8
"""As many as keep the edge busy while Kafka answers."""
BAR = 0.25


def row(parts: Mapping[str, str], state: Path, runs: int) -> tuple[str, ...]:
    """Measure both in turn; return the row of the table."""
    events = [encode(event) for event in population.events(population.updates(BATCH * 10))]
    bodies = [b"[" + b",".join(events[at : at + BATCH]) + b"]" for at in range(0, BATCH * 10, BATCH)]
    with webhook.edge(parts, state) as served, webhook.bare(served.env) as bare_port:
        headers = {"authorization": f"Bearer {served.token}", "content-type": "application/json"}
        made = load.requests("/v1/events?brand=bench", headers, load.repeated(bodies, BATCHES))
        pairs = [(_rate(bare_port, made), _rate(served.port, made)) for _ in range(runs)]
        memory = webhook.resident(served.pid)
    return webhook.told("events", BATCH * BATCHES, pairs, BAR, memory, "1/5 record")


def _rate(port: int, made: list[bytes]) -> float:
    """Return events a second."""
    return webhook.one(port, made, CONNECTIONS) * BATCH
