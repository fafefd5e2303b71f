"""What the tests of simulations share: topics in memory, and a simulation over them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from services.engagement.cli.simulate import policies
from services.engagement.simulating.report import Report, RuleReport
from services.engagement.simulating.run import Simulation, Task
from shared.bus.partition import partition_of
from shared.bus.record import Record
from shared.candidate import CandidateShelf
from shared.events import Envelope, encode, event_id
from shared.events.engagement import Participated, PointsClawedBack, PointsGranted, PointsRestored
from shared.events.moderation import DecisionMade, DecisionReversed
from shared.fold.retelling import Span
from shared.policy import DEFAULT, Version
from shared.topics import DECISIONS, EVENTS, LEDGER, PARTITIONS
from tests.builders import RECORDED
from tests.fakes import FakeRecord
from tests.unit.engagement.world import FakeShelf, World

BEGIN = datetime.fromtimestamp(1_700_000_000, UTC)
"""When the broker takes its first record; each further one comes a second later."""

Spec = Mapping[str, Any]
Points = PointsGranted | PointsClawedBack | PointsRestored


def version(spec: Spec, number: int = 1, name: str = DEFAULT, since: datetime | None = None) -> Version:
    return Version("RewardsPolicy", "acme", name, number, since or RECORDED - timedelta(days=400), spec)


def told(events: Iterable[Envelope]) -> list[Record]:
    """Return events, decisions and what the ledger posted as records, one a second."""
    found: list[Record] = []
    for place, event in enumerate(events):
        key = f"{event.brand}/{event.community}".encode()
        at = round(BEGIN.timestamp() * 1000) + 1000 * place
        found.append(FakeRecord(_topic(event), partition_of(key, PARTITIONS), place, at, key, encode(event), ()))
    return found


def _topic(event: Envelope) -> str:
    if isinstance(event, Points | Participated):
        return LEDGER.name
    return DECISIONS.name if isinstance(event, DecisionMade | DecisionReversed) else EVENTS.name


def reader(records: Sequence[Record]) -> Any:  # noqa: ANN401 - reads as `past.records` does
    async def read(topic: str, partitions: Collection[int], since_ms: int | None) -> AsyncGenerator[Record]:
        for record in records:
            if record.topic == topic and record.partition in partitions and record.timestamp >= (since_ms or 0):
                yield record

    return read


def span(after_s: int = 0, until_s: int = 10**6) -> Span:
    """Return a time that is told of from so many records on."""
    since = BEGIN + timedelta(seconds=after_s)
    return Span(BEGIN - timedelta(days=7), since, BEGIN + timedelta(seconds=until_s))


def simulation(
    records: Sequence[Record], live: Sequence[Version], specs: Mapping[str, Spec], over: Span | None = None, shown: int = 10
) -> Simulation:
    shelf = FakeShelf(live)
    candidate = policies(CandidateShelf(shelf, "acme", specs, step=0))
    task = Task("acme", tuple(sorted(specs)), over or span(), policies(shelf), candidate, shown)
    return Simulation(task, reader(records))


def tried(
    events: Iterable[Envelope], live: Spec, candidate: Spec, over: Span | None = None, shown: int = 10
) -> tuple[Report, Simulation]:
    """Return what comes of a brand's candidate, and the simulation itself."""
    made = simulation(told(events), [version(live)], {DEFAULT: candidate}, over, shown)
    return asyncio.run(made.run()), made


def rule(report: Report, name: str) -> RuleReport:
    (found,) = [one for one in report.rules if one.rule == name]
    return found


def posted(world: World) -> dict[str, dict[str, int]]:
    """Return what a world's ledger posted, by member and rule."""
    nets: dict[str, dict[str, int]] = {}
    for entry in world.entries.values():
        rules = nets.setdefault(entry["member"], {})
        rules[entry["rule"]] = rules.get(entry["rule"], 0) + entry["applied"]
    return nets


def ledger(world: World) -> list[Any]:
    """Return what a world's ledger told of each grant."""
    entries = [(grant, world.entries[event_id("engagement.entry", grant.id)]) for grant in world.grants]
    return [replace(grant, data=replace(grant.data, applied=entry["applied"])) for grant, entry in entries]
