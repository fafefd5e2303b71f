"""What judging costs by itself, in one process: a record decoded, judged and its decision encoded; no bus, no store.

Fifty rules of three conditions against the rate of Osprey's own engine with as many, which was measured on this class of
machine (OSPREY_RATE); and two thousand words with and without a thousand patterns more, side by side in one run. Ends
with 1 where a bar is not reached.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import product
from typing import Any

import typer

from bench import policy, population
from bench.folds import moderator, with_authors
from services.moderation.handlers.judge import Moderation
from shared.events import Envelope, encode
from shared.topics import EVENTS
from tests.fakes import FakeRecord

OSPREY_RATE = 195
"""Events a second and core of Osprey's engine with fifty rules of three conditions."""
TIMES_BAR = 50
COST_BAR = 0.10
"""What a thousand patterns more may cost."""

RECORDS = 20_000
ROUNDS = 5


def patterns() -> list[str]:
    """Return a thousand terms of several words, which stand in the automaton."""
    words = [f"{begin}{end}" for begin, end in product(("kup", "прод", "zara", "ставк", "бонус"), "abcdefghij")]
    return [f"{one} ~ {other}" for one, other in product(words, words)][:1_000]


def rate(fold: Moderation, records: Sequence[FakeRecord]) -> float:
    """Return how many records a second are decoded and judged."""
    states: dict[str, Any] = {}
    began = time.perf_counter()
    for record in records:
        for key, told, _, beside in fold.read(record):
            step = fold.evolve_beside(states.get(key), [states.get(one) for one in beside], told)
            states[key] = step.state
            states.update(zip(beside, step.beside, strict=False))
            for output in step.outputs:
                if isinstance(output.event, Envelope):
                    encode(output.event)
    return len(records) / (time.perf_counter() - began)


def main() -> None:
    """Measure."""
    events = list(with_authors(population.events(population.updates(RECORDS))))
    records = [FakeRecord(EVENTS.name, 0, n, 0, b"", encode(event), ()) for n, event in enumerate(events)]
    spec = policy.spec()
    more = spec | {"phrases": {"terms": patterns()}}
    pairs = [(rate(moderator(spec), records), rate(moderator(more), records)) for _ in range(ROUNDS)]
    best, cost = max(one for one, _ in pairs), 1 - max(other / one for one, other in pairs)
    median = sorted(1 - other / one for one, other in pairs)[ROUNDS // 2]
    times = sorted(one for one, _ in pairs)[ROUNDS // 2] / OSPREY_RATE
    typer.echo(f"50 rules of three conditions, 2,000 words: {times * OSPREY_RATE:,.0f} events/s, best {best:,.0f}")
    typer.echo(f"{times:.0f} times Osprey's {OSPREY_RATE} (bar: {TIMES_BAR})")
    typer.echo(f"1,000 patterns more cost {median:.1%} of it, at least {cost:.1%} (bar: {COST_BAR:.0%})")
    raise typer.Exit(times < TIMES_BAR or median > COST_BAR)


if __name__ == "__main__":
    typer.run(main)
