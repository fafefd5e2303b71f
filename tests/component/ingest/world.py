"""The normaliser over the real loop and fakes: one partition, one process, one brand."""

from __future__ import annotations

import json
from typing import Any

from services.ingest.connectors.payload import Payload
from services.ingest.connectors.raw import Raw, to_record
from services.ingest.handlers import GROUP, INPUTS, OUTPUTS, Normaliser, accounts
from shared.events import Envelope, decode, encode
from shared.fold.loop import Loop
from shared.fold.observer import Observer
from shared.fold.ports import Ports
from shared.policy import PolicyBook, Version
from shared.topics import EVENTS, RAW
from tests.builders import AT, PLACE, RECORDED
from tests.fakes import FakeBroker, FakeDatabase, FakeInbox, FakeOutlet, FakeStore
from tests.unit.ingest import vk_callbacks
from tests.unit.moderation.world import FakeShelf

LIKED = f"vk:{vk_callbacks.GROUP}"


def payload_of(body: bytes) -> Payload:
    return Payload(body=body, brand="acme", connection="bot", community=LIKED, recordedtime=RECORDED)


class World:
    """One partition, one process, one brand whose staff is known."""

    def __init__(self, staff: tuple[str, ...] = ()) -> None:
        self.broker = FakeBroker(dict.fromkeys((*INPUTS, *OUTPUTS), 1))
        self.database = FakeDatabase()
        shelf = FakeShelf([Version("StaffAccounts", "acme", "default", 1, AT, {"accounts": list(staff)})])
        self._book = PolicyBook(shelf, "StaffAccounts", accounts, frozenset[str](), 0.001)

    def send(
        self,
        platform: str,
        body: bytes,
        community: str | None = PLACE,
        *,
        connection: str = "bot",
        **stamp: Any,  # noqa: ANN401 - fields
    ) -> None:
        payload = Payload(
            body=body, brand="acme", connection=connection, community=community, recordedtime=RECORDED, **stamp
        )
        self.broker.append(RAW.name, 0, *to_record(Raw(platform, payload)))

    def tell(self, *events: Envelope, imported: bool = False) -> None:
        for event in events:
            self.send("events", encode(event), imported=imported)

    def fire(self) -> None:
        """Publish the timers that wait, as the scheduler does."""
        for q, timer in list(self.database.timers.values()):
            self.broker.append(timer.topic, q, timer.key.encode(), timer.command, timer.headers)

    async def fold(self) -> list[Any]:
        """Fold all there is in a new process; return what went to everybody so far."""
        inbox = FakeInbox(self.broker, GROUP, INPUTS)
        inbox.assign({0})
        ports = Ports(inbox, FakeOutlet(self.broker), FakeStore(self.database))
        loop = Loop(Normaliser(self._book, lambda _, __: None), ports, Observer(), OUTPUTS)
        await loop.check_partitions()
        for _ in range(20):
            await loop.turn()
        assert not loop.halted
        return [decode(record.value or b"") for record in self.broker.logs[EVENTS.name, 0]]


def like(number: str, *, on: bool = True) -> bytes:
    return json.dumps(vk_callbacks.told("like_add" if on else "like_remove", vk_callbacks.liked(), event_id=number)).encode()
