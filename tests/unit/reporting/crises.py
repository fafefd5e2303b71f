"""The fold of incidents over fakes: six ordinary weeks of communities, what comes then, and what people ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import bson
import msgspec

from services.reporting.handlers.incidents import GROUP, INPUTS, OUTPUTS, Incidents
from services.reporting.rules.crises.commands import Command
from services.reporting.rules.crises.crisis import Crisis
from services.reporting.rules.crises.playbooks import KIND, built, merged
from services.reporting.rules.crises.signs import IsNegative
from services.reporting.rules.recent import HOUR_S
from shared.documents.playbook import Playbook
from shared.documents.shape import whole
from shared.events import Envelope, decode, encode
from shared.fold.loop import Loop
from shared.fold.observer import Observer
from shared.fold.ports import Ports
from shared.policy import PolicyBook, Version
from shared.topics import ACTIONS, ALERTS, DECISIONS, EVENTS, REPORTING_COMMANDS
from tests import builders
from tests.fakes import FakeBroker, FakeDatabase, FakeInbox, FakeOutlet, FakeStore
from tests.unit.moderation.world import FakeShelf
from tests.unit.reporting.watching import DAY_S, MONDAY, Sign, ordinary

WEEKS_6 = 42
NOON = MONDAY + WEEKS_6 * DAY_S + 12 * HOUR_S
"""A Monday's noon after six weeks."""

HERE, THERE = "telegram:-1", "telegram:-2"
START = datetime(1970, 1, 1, tzinfo=UTC)
TURNS_MAX = 10_000
QUIET = 3


def at(second: float) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def wrote(signs: Iterable[Sign], community: str = HERE, **more: Any) -> Iterator[Envelope]:  # noqa: ANN401 - any field
    """Yield a content for each sign."""
    for second, member in signs:
        content = f"{community}:{member}:{second:.3f}"
        fields = {"actor": f"telegram:{member}", "content_id": content, "time": at(second), "recordedtime": at(second + 1)}
        yield builders.content_created(community=community, **(fields | more))


def complained(signs: Iterable[Sign], community: str = HERE, **more: Any) -> Iterator[Envelope]:  # noqa: ANN401 - any field
    """Yield a complaint for each sign."""
    for second, member in signs:
        times = {"time": at(second), "recordedtime": at(second + 1)}
        yield builders.content_flagged(community=community, actor=f"telegram:{member}", **(times | more))


def in_time(*parts: Iterable[Envelope]) -> list[Envelope]:
    """Return events in the order of time."""
    return sorted((event for part in parts for event in part), key=lambda event: event.time)


def weeks(community: str = HERE, seed: int = 2, **more: Any) -> list[Envelope]:  # noqa: ANN401 - any field
    """Return six ordinary weeks and a half day: people write, now and then one complains."""
    contents = wrote(ordinary(WEEKS_6 + 0.5, seed), community, **more)
    complaints = complained(ordinary(WEEKS_6 + 0.5, seed + 100, an_hour=0.1), community, **more)
    return in_time(contents, complaints)


def books(playbook: Playbook | None = None, community: str | None = None) -> PolicyBook[Any]:
    """Return what the fold is given: the built-in playbook, or one that was always in force."""
    spec = {} if playbook is None else whole(playbook)
    versions = [] if playbook is None else [Version(KIND, "acme", community or "default", 1, START, spec)]
    return PolicyBook(FakeShelf(versions), KIND, built, built(0, {}), 1_000.0, merged)


class World:
    """One partition, one process."""

    def __init__(self, playbook: Playbook | None = None, is_negative: IsNegative = lambda _: False) -> None:
        self.broker = FakeBroker(dict.fromkeys({*INPUTS, *OUTPUTS}, 1))
        self.database = FakeDatabase()
        self._fold = Incidents(books(playbook), is_negative)

    def tell(self, events: Iterable[Envelope], topic: str = EVENTS.name) -> None:
        for event in events:
            self.broker.append(topic, 0, f"{event.brand}/{event.community}".encode(), encode(event))

    def decide(self, events: Iterable[Envelope]) -> None:
        self.tell(events, DECISIONS.name)

    def ask(self, command: Command) -> None:
        key = f"{command.brand}/{command.community}".encode()
        self.broker.append(REPORTING_COMMANDS.name, 0, key, msgspec.json.encode(command))

    async def fold(self) -> None:
        """Fold all there is, in a process of its own, until nobody has anything more to say."""
        inbox = FakeInbox(self.broker, GROUP, INPUTS, limit=2_000)
        inbox.assign({0})
        ports = Ports(inbox, FakeOutlet(self.broker), FakeStore(self.database))
        loop: Loop[Any, Any] = Loop(self._fold, ports, Observer(), OUTPUTS)
        await loop.check_partitions()
        quiet = 0
        for _ in range(TURNS_MAX):
            before = sum(map(len, self.broker.logs.values())), loop.places()
            await loop.turn()
            assert not loop.halted, loop.halted
            quiet = quiet + 1 if (sum(map(len, self.broker.logs.values())), loop.places()) == before else 0
            if quiet == QUIET:
                return
        raise AssertionError("it stands still")

    async def time_passes(self, until: datetime | None = None) -> None:
        """Have timers that are due by then fire, or all of them once, as the scheduler would."""
        for _, timer in list(self.database.timers.values()):
            if until is None or timer.due_ms <= until.timestamp() * 1_000:
                self.broker.append(timer.topic, 0, timer.key.encode(), timer.command, ())
        await self.fold()

    def incidents(self, community: str | None = None) -> Sequence[Crisis]:
        """Return the incidents, the oldest first."""
        states = (self._fold.decode(_state(raw)) for raw in self.database.states.values())
        found = [state for state in states if isinstance(state, Crisis)]
        return sorted((one for one in found if community in {None, one.community}), key=lambda one: one.opened_ms)

    def incident(self) -> Crisis:
        (found,) = self.incidents()
        return found

    def alerts(self) -> Sequence[Any]:
        return self._told(ALERTS.name)

    def acts(self) -> Sequence[Any]:
        return self._told(ACTIONS.name)

    def letters(self) -> int:
        return len(self.broker.logs[f"{GROUP}.dlq", 0])

    def entries(self) -> Sequence[Mapping[str, Any]]:
        return [bson.decode(raw) for raw in self.database.entries.values()]

    def _told(self, topic: str) -> Sequence[Any]:
        return [decode(record.value or b"") for record in self.broker.logs[topic, 0]]


def _state(raw: Any) -> Mapping[str, Any]:  # noqa: ANN401 - a document, or its bytes
    return bson.decode(raw) if isinstance(raw, bytes) else raw
