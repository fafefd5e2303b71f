"""Drives a fold's loop over the fakes until it has folded all there is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.ingest.connectors.payload import Payload
from services.ingest.connectors.raw import Raw, to_record
from services.ingest.handlers import INPUTS, OUTPUTS, Normaliser, accounts
from services.reporting.handlers import Figures, Points, listening
from shared.bus.partition import partition_of
from shared.bus.record import Headers
from shared.events import Envelope, encode
from shared.fold.definition import Fold
from shared.fold.loop import Loop
from shared.fold.observer import Observer
from shared.fold.ports import Ports
from shared.policy import PolicyBook, Version
from shared.topics import EVENTS, RAW
from tests.fakes import FakeBroker, FakeDatabase, FakeInbox, FakeOutlet, FakeStore

PARTITIONS = 2
POLLED = 2_000
TURNS_MAX = 1_000

OUTPUTS_OF = {"normaliser": OUTPUTS, "figures": ("figures.dlq",), "points": ("points.dlq",), "listening": listening.OUTPUTS}


class NoVersions:
    """A shelf with nothing on it."""

    async def all(self, _: str) -> Iterable[Version]:
        return ()


class World:
    """A broker with all topics of ingest and reporting, and a database for each group."""

    def __init__(self) -> None:
        topics = {*INPUTS, *OUTPUTS, *Figures.topics, *Points.topics, "figures.dlq", "points.dlq"}
        topics |= {*listening.INPUTS, *listening.OUTPUTS}
        self.broker = FakeBroker(dict.fromkeys(topics, PARTITIONS))
        self.databases = {group: FakeDatabase() for group in OUTPUTS_OF}
        staff = PolicyBook(NoVersions(), "StaffAccounts", accounts, frozenset[str](), 1_000.0)
        self.normaliser = Normaliser(staff, lambda *_: None)

    def send(self, topic: str, key: str, value: bytes, headers: Headers = ()) -> None:
        self.broker.append(topic, partition_of(key.encode(), PARTITIONS), key.encode(), value, headers)

    def tell(self, *events: Envelope, topic: str = EVENTS.name, key: str | None = None) -> None:
        """Send events of the contract, past the normaliser."""
        for event in events:
            self.send(topic, key or f"{event.brand}/{event.community}", encode(event))

    def take_in(self, events: Iterable[Envelope]) -> None:
        """Send history as an import does."""
        for event in events:
            payload = Payload(
                body=encode(event),
                brand=event.brand,
                connection="import",
                community=event.community,
                recordedtime=event.recordedtime,
                imported=True,
            )
            sent = to_record(Raw("events", payload))
            self.send(RAW.name, sent.key.decode(), sent.value, sent.headers)

    async def normalise(self) -> None:
        """Let the normaliser do all, and what it put off."""
        await self.drain(self.normaliser)
        timers = self.databases["normaliser"].timers
        for _, timer in list(timers.values()):
            self.send(timer.topic, timer.key, timer.command, timer.headers)
        await self.drain(self.normaliser)

    async def drain(self, fold: Fold[Any, Any]) -> None:
        """Fold all that there is for the fold, in a process of its own."""
        inbox = FakeInbox(self.broker, fold.group, fold.topics, limit=POLLED)
        inbox.assign(range(PARTITIONS))
        ports = Ports(inbox, FakeOutlet(self.broker), FakeStore(self.databases[fold.group]))
        loop: Loop[Any, Any] = Loop(fold, ports, Observer(), OUTPUTS_OF[fold.group])
        await loop.check_partitions()
        for _ in range(TURNS_MAX):
            await loop.turn()
            assert not loop.halted, loop.halted
            if self.is_done(fold):
                return
        raise AssertionError(f"{fold.group} stands still")

    def is_done(self, fold: Fold[Any, Any]) -> bool:
        progress = self.databases[fold.group].progress
        return all(
            q in progress and progress[q].places[topic].next == len(self.broker.logs[topic, q])
            for topic in fold.topics
            for q in range(PARTITIONS)
        )
