"""The fold of moderation over fakes: events and commands in, decisions, acts and entries out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import bson
import msgspec

from services.moderation.handlers import GROUP, INPUTS, OUTPUTS, Moderation
from services.moderation.rules.commands import Reverse
from services.moderation.rules.inheriting import merged
from services.moderation.rules.policies import built
from services.moderation.store import read_lists
from shared.bus.record import Headers
from shared.events import Envelope, decode, encode
from shared.fold.loop import Loop
from shared.fold.observer import Observer
from shared.fold.ports import Ports
from shared.policy import PolicyBook, Version
from shared.topics import DECISIONS, EVENTS, MODERATION_COMMANDS
from tests.builders import AT, PLACE
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


class World:
    """One partition, one process."""

    def __init__(self, versions: Sequence[Version] = ()) -> None:
        self.broker = FakeBroker(dict.fromkeys((*INPUTS, *OUTPUTS), 1))
        self.database = FakeDatabase()
        self.book = book(versions)
        self.failed = 0
        """Rules that could not be evaluated."""

    def tell(self, *events: Envelope) -> None:
        for event in events:
            self.broker.append(EVENTS.name, 0, f"{event.brand}/{event.community}".encode(), encode(event), HEADERS)

    def command(self, command: Reverse) -> None:
        key = f"{command.brand}/{command.community}".encode()
        self.broker.append(MODERATION_COMMANDS.name, 0, key, msgspec.json.encode(command))

    async def fold(self) -> None:
        inbox = FakeInbox(self.broker, GROUP, INPUTS)
        inbox.assign({0})
        store = FakeStore(self.database)
        loop = Loop(Moderation(self.book, self._fail), Ports(inbox, FakeOutlet(self.broker), store), Observer(), OUTPUTS)
        await loop.check_partitions()
        for _ in range(20):
            await loop.turn()
        assert not loop.halted

    def _fail(self, count: int) -> None:
        self.failed += count

    def put_out(self, topic: str = DECISIONS.name) -> list[Any]:
        return [decode(record.value or b"") for record in self.broker.logs[topic, 0]]

    def entries(self) -> list[dict[str, Any]]:
        return [bson.decode(raw) for raw in self.database.entries.values()]


def reversal(decision: Any, **changed: Any) -> Reverse:  # noqa: ANN401 - a decision as it was put out
    told = {
        "id": "command-1", "brand": "acme", "community": PLACE, "decision": decision.id,
        "verdict": decision.data.verdict, "content": decision.data.content_id, "source": "telegram/bot-1",
        "at": AT, "by": "vera", "reason": "a joke",
    }  # fmt: skip
    return Reverse(**(told | changed))
