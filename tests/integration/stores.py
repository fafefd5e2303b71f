"""The store of a fold on a real MongoDB: databases of a test's own, and something to write into them."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import bson
from pymongo import AsyncMongoClient
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent
from typing_extensions import override

from shared.bus.record import Outgoing
from shared.fold.mongo import Client, MongoStore
from shared.fold.ports import Changes, Chunk, DueTimer
from shared.fold.progress import Place, Progress
from tests.parts import Addresses

GROUP = "group"
TIMER = DueTimer("timer", 1, "commands", "k", b"{}", ())


class Noted(CommandListener):
    """Keeps every command as it was sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    @override
    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name not in {"hello", "killSessions", "endSessions"}:
            self.sent.append(bson.decode(bson.encode(event.command)))

    @override
    def succeeded(self, event: CommandSucceededEvent) -> None:
        pass

    @override
    def failed(self, event: CommandFailedEvent) -> None:
        pass

    def of(self, *names: str) -> list[dict[str, Any]]:
        return [command for command in self.sent if next(iter(command)) in names]


@asynccontextmanager
async def database(client: Client) -> AsyncIterator[str]:
    name = f"store_{secrets.token_hex(4)}"
    try:
        yield name
    finally:
        await client.drop_database(name)
        await client.close()


def first() -> Progress:
    return Progress("epoch-1", places={"in": Place(0)})


def moved(progress: Progress, key: str = "k", **more: Any) -> Changes:  # noqa: ANN401
    """Return what one more batch writes, with something in every collection."""
    new = progress.copy()
    new.version += 1
    new.places["in"] = Place(progress.places["in"].next + 1, 7)
    mark = f"{key}/{new.version}"
    changes = Changes(
        progress=new,
        states={key: bson.encode({"_id": key, "q": 0, "n": new.version})},
        replaced=[key],
        entries=[bson.encode({"_id": f"entry {mark}"})],
        identities=[f"identity {mark}"],
        chunks=[Chunk(new.version, "out", 0, [Outgoing(b"k", b"v", ())])],
        timers=[TIMER],
        done_timers=["another"],
    )
    return changes._replace(**more)


@asynccontextmanager
async def noted(parts: Addresses) -> AsyncIterator[tuple[MongoStore, Noted, Client]]:
    """Give a store, its commands, which are noted from the first to the last, and its client."""
    sent = Noted()
    client: Client = AsyncMongoClient(parts.mongo, event_listeners=[sent])
    async with database(client) as name:
        store = MongoStore(client, name, GROUP)
        await store.prepare()
        yield store, sent, client
        await store.release(0)
