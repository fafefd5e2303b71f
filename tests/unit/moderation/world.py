"""The folds of moderation over fakes: events and commands in, decisions, acts, sanctions and entries out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import bson
import msgspec

from services.moderation.cases.case import Case
from services.moderation.cases.states import case_key, decoded_state
from services.moderation.handlers import cases, judge, sanctions
from services.moderation.rules.commands import Command, Reverse
from services.moderation.rules.inheriting import merged
from services.moderation.rules.policies import built
from services.moderation.store.lists import read_lists
from shared.bus.record import Headers
from shared.events import Envelope, decode, encode
from shared.events.actions import ActionMessage
from shared.fold.loop import Loop
from shared.fold.observer import Observer
from shared.fold.ports import Ports
from shared.policy import PolicyBook, Version
from shared.topics import ACTIONS, DECISIONS, EVENTS, MODERATION_COMMANDS, RECEIPTS
from tests.builders import AT, CONTENT, PLACE
from tests.fakes import FakeBroker, FakeDatabase, FakeInbox, FakeOutlet, FakeStore

TRACE = f"{7:032x}"
HEADERS: Headers = (("traceparent", f"00-{TRACE}-{8:016x}-00".encode()),)


class FakeShelf:
    """Stored versions of policies."""

    def __init__(self, versions: Sequence[Version] = ()) -> None:
        self._versions = versions

    async def all(self, kind: str) -> Iterable[Version]:
        return [version for version in self._versions if version.kind == kind]


def book(versions: Sequence[Version] = ()) -> PolicyBook[Any]:
    lists = read_lists()

    def build(version: int, spec: Any) -> Any:  # noqa: ANN401 - as stored
        return built(lists, version, spec)

    return PolicyBook(FakeShelf(versions), "ModerationPolicy", build, build(0, {}), 0.001, merged)


TOPICS = {*judge.INPUTS, *judge.OUTPUTS, *cases.INPUTS, *cases.OUTPUTS, *sanctions.INPUTS, *sanctions.OUTPUTS}

ROUNDS_MAX = 1_000
"""Turns of all folds, for nothing waits that long."""


QUIET = 3
"""Turns in which nothing happens: then nobody has anything to say."""


class World:
    """One partition, one process."""

    def __init__(self, versions: Sequence[Version] = ()) -> None:
        self.broker = FakeBroker(dict.fromkeys(TOPICS, 1))
        self.database, self.cases, self.sanctions = FakeDatabase(), FakeDatabase(), FakeDatabase()
        self.book = book(versions)
        self.failed = 0
        """Rules that could not be evaluated."""
        self.models: Any = None
        """What policies ask; None: there are no models."""

    def tell(self, *events: Envelope) -> None:
        for event in events:
            self.broker.append(EVENTS.name, 0, f"{event.brand}/{event.community}".encode(), encode(event), HEADERS)

    def receive(self, *receipts: Envelope) -> None:
        """Have delivery tell what became of acts."""
        for receipt in receipts:
            self.broker.append(RECEIPTS.name, 0, f"{receipt.brand}/{receipt.community}".encode(), encode(receipt), HEADERS)

    def command(self, *told: Command) -> None:
        for command in told:
            key = f"{command.brand}/{command.community}".encode()
            self.broker.append(MODERATION_COMMANDS.name, 0, key, msgspec.json.encode(command), ())

    async def fold(self) -> None:
        loops = [
            await self._loop(judge.Moderation(self.book, self._fail, models=self.models), self.database, judge.OUTPUTS),
            await self._loop(cases.Cases(self.book), self.cases, cases.OUTPUTS),
            await self._loop(sanctions.Sanctions(self.book), self.sanctions, sanctions.OUTPUTS),
        ]
        quiet = 0
        for _ in range(ROUNDS_MAX):
            before = sum(map(len, self.broker.logs.values())), [loop.places() for loop in loops]
            for loop in loops:
                await loop.turn()
            after = sum(map(len, self.broker.logs.values())), [loop.places() for loop in loops]
            quiet = quiet + 1 if after == before else 0
            if quiet == QUIET:
                break
        assert not any(loop.halted for loop in loops)

    async def time_passes(self) -> None:
        """Have all timers fire, as the scheduler would have them long after."""
        for database in (self.cases, self.sanctions):
            for _, timer in database.timers.values():
                self.broker.append(timer.topic, 0, timer.key.encode(), timer.command, ())
        await self.fold()

    async def _loop(self, fold: Any, database: FakeDatabase, outputs: Sequence[str]) -> Loop[Any, Any]:  # noqa: ANN401
        inbox = FakeInbox(self.broker, fold.group, fold.topics)
        inbox.assign({0})
        loop = Loop[Any, Any](fold, Ports(inbox, FakeOutlet(self.broker), FakeStore(database)), Observer(), outputs)
        await loop.check_partitions()
        return loop

    def _fail(self, count: int) -> None:
        self.failed += count

    def put_out(self, topic: str = DECISIONS.name) -> list[Any]:
        return [decode(record.value or b"") for record in self.broker.logs[topic, 0]]

    def acts(self) -> list[Any]:
        """Return what is to be done on the platform, but for messages to members."""
        return [act for act in self.put_out(ACTIONS.name) if not isinstance(act, ActionMessage)]

    def messages(self) -> list[Any]:
        return [act for act in self.put_out(ACTIONS.name) if isinstance(act, ActionMessage)]

    def letters(self) -> list[Any]:
        """Return what became a dead letter in any of the folds."""
        return [record for (topic, _), log in self.broker.logs.items() if topic.endswith(".dlq") for record in log]

    def entries(self, kind: str | None = None) -> list[dict[str, Any]]:
        databases = (self.database, self.cases, self.sanctions)
        found = [bson.decode(raw) for database in databases for raw in database.entries.values()]
        return [entry for entry in found if entry["kind"] == kind or (kind is None and entry["kind"] != "audit")]

    def all_cases(self) -> list[Case]:
        found = [decoded_state(bson.decode(raw)) for raw in self.cases.states.values()]
        return [case for case in found if isinstance(case, Case)]

    def standings(self) -> dict[str, dict[str, Any]]:
        """Return what stands against members, by brand and member, as it is stored."""
        return {key: bson.decode(raw) for key, raw in self.sanctions.states.items()}

    def case(self, id_: str = CONTENT) -> Case:
        raw = self.cases.states[case_key("acme", PLACE, id_)]
        found = decoded_state(bson.decode(raw))
        assert isinstance(found, Case)
        return found


def reversal(decision: Any, **changed: Any) -> Reverse:  # noqa: ANN401 - a decision as it was put out
    told = {
        "id": "command-1", "brand": "acme", "community": PLACE, "decision": decision.id,
        "case": decision.data.content_id, "content": decision.data.content_id, "member": decision.data.content_author,
        "at": AT, "by": "vera", "reason": "a joke",
    }  # fmt: skip
    return Reverse(**(told | changed))
