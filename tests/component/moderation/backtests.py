"""What the tests of backtests share: a backtest over the topics of a world, and a day of mixed events."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import bson

from services.moderation.backtest.candidate import InPlace
from services.moderation.backtest.memory import Memory
from services.moderation.backtest.report import Report, RuleReport
from services.moderation.backtest.run import Backtest, Task
from services.moderation.cases.truth import truth
from services.moderation.cli.backtest import book
from services.moderation.handlers.judge import Moderation
from shared.bus.record import Record
from shared.candidate import CandidateShelf
from shared.documents.moderation import ModerationPolicy
from shared.documents.shape import whole
from shared.events import Envelope, encode
from shared.fold.retelling import Span, ordered
from shared.policy import DEFAULT, Version
from shared.topics import LEDGER
from tests.builders import AT, PLACE, RECORDED, content_created, content_edited, member_joined
from tests.fakes import FakeBroker
from tests.unit.moderation.world import FakeShelf, World

KIND = "ModerationPolicy"
BEGIN = datetime.fromtimestamp(1_700_000_000, UTC)
"""When the fake broker takes its first record; each further one comes a millisecond later."""

Specs = Mapping[str, Mapping[str, Any]]


def version(spec: Mapping[str, Any], number: int = 1, name: str = DEFAULT, since: datetime | None = None) -> Version:
    return Version(KIND, "acme", name, number, since or RECORDED - timedelta(days=400), spec)


def stored(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a spec of a brand as the service stores it: whole."""
    return whole(ModerationPolicy()) | dict(spec)


def reader(broker: FakeBroker) -> Any:  # noqa: ANN401 - reads as `past.records` does
    async def read(topic: str, partitions: Collection[int], since_ms: int | None) -> AsyncGenerator[Record]:
        for (name, q), log in list(broker.logs.items()):
            for record in log if name == topic and q in partitions else ():
                if record.timestamp >= (since_ms or 0):
                    yield record

    return read


def span(after_ms: int = 0) -> Span:
    """Return a time that is told of from so many records on."""
    since = BEGIN + timedelta(milliseconds=after_ms)
    return Span(BEGIN - timedelta(days=7), since, BEGIN + timedelta(days=1_000))


def task(world: World, live: Sequence[Version], specs: Specs, **changed: Any) -> Task:  # noqa: ANN401 - a task's fields
    shelf = FakeShelf(live)
    policies = book(shelf)
    candidate = InPlace(book(CandidateShelf(shelf, "acme", specs)), policies)
    told = Task("acme", tuple(sorted(specs)), span(), policies, candidate, truth(world.entries()))
    return told._replace(**changed)


async def tried(world: World, live: Sequence[Version], specs: Specs, **changed: Any) -> Report:  # noqa: ANN401
    return await Backtest(task(world, live, specs, **changed), reader(world.broker)).run()


async def forecast(told: Task, broker: FakeBroker) -> set[tuple[Any, ...]]:
    """Return what the candidate decides of each event."""
    await told.candidate.refresh()
    fold, found = Moderation(told.candidate), set()
    memory = Memory(fold)
    async for record in ordered(reader(broker), "acme", 0, told.span):
        decision = memory.take(fold.read(record)).decision
        if decision is not None:
            found.add(decided(decision))
    return found


def decided(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what a decision says, without the number of the policy's version."""
    entry = bson.decode(bson.encode(entry))
    findings = tuple(str(sorted((one | {"version": 0}).items())) for one in entry["findings"])
    return entry["cause"], entry["verdict"], entry.get("parked"), entry.get("until"), findings


def rule(report: Report, name: str) -> RuleReport:
    (found,) = [one for one in report.rules if one.rule == name]
    return found


def post(broker: FakeBroker, *events: Envelope) -> None:
    """Have the ledger tell of points."""
    broker.logs.setdefault((LEDGER.name, 0), [])
    for event in events:
        broker.append(LEDGER.name, 0, f"acme/{event.subject}".encode(), encode(event))


TEXTS = (
    "Online casino, 200 free spins for everyone https://spin.example/x",
    "good morning to all of you, how was the week",
    "SELL SELL SELL EVERYTHING NOW OR REGRET IT LATER",
    "write to me in private, easy money from home, 500 a day",
    "look https://shop.example/a and https://shop.example/b",
    "thanks",
    "сука, когда уже будет доставка",
)


def day(seed: int, events: int = 60) -> Sequence[Envelope]:
    """Return joins, messages and edits of a few members in two communities, the same for the same seed."""
    chance, told = random.Random(seed), list[Envelope]()
    for number in range(events):
        at = AT + timedelta(seconds=7 * number)
        place = chance.choice((PLACE, f"{PLACE}0"))
        who = f"telegram:{chance.randrange(4)}"
        common = {"time": at, "recordedtime": at + timedelta(seconds=2), "community": place}
        content = {"content_id": f"{place}:{number}", "text": chance.choice(TEXTS), "actor": who}
        told.append(
            chance.choices(
                (
                    lambda c=common, w=who: member_joined(**c, member=w, actor=w),
                    lambda c=common, t=content: content_created(**c, **t),
                    lambda c=common, t=content: content_edited(**c, **t | {"content_id": f"{c['community']}:1"}),
                ),
                (1, 6, 1),
            )[0]()
        )
    return told
