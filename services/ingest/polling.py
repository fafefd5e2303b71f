"""Long polling for people without a public address: Telegram's getUpdates, one poller a connection by lease.

An update is confirmed to Telegram (by the next offset) only after Kafka has it; a crash in between delivers it again,
and it is known by its ids.
"""

from __future__ import annotations

import asyncio
import logging
import secrets as randomness
from datetime import timedelta
from typing import Any

import httpx
import msgspec
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from services.ingest.store import Connected, Connections, Intake
from shared.clock import Clock
from shared.errors import Retryable
from shared.fold.mongo import MAJORITY, Client, translated

log = logging.getLogger(__name__)

API = "https://api.telegram.org"
WAIT_S = 25
"""How long Telegram holds a request open while there is nothing to tell."""
LEASE = timedelta(seconds=60)
"""Longer than one request: a poller that is dead for so long is replaced."""
LOOK_EVERY_S = 5.0
PAUSE_S_MAX = 60.0
UPDATES = ["message", "edited_message", "channel_post", "edited_channel_post", "message_reaction", "message_reaction_count",
           "chat_member", "my_chat_member", "chat_join_request", "poll", "poll_answer", "chat_boost"]  # fmt: skip
"""Telegram leaves out reactions and members unless they are asked for."""


class _Answer(msgspec.Struct):
    ok: bool
    result: list[msgspec.Raw] = []
    description: str = ""


class _Update(msgspec.Struct):
    update_id: int


class Leases:
    """Who polls which connection, and up to where."""

    def __init__(self, client: Client, database: str, clock: Clock) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._leases, self._clock = named["pollers"], clock
        self._me = randomness.token_hex(8)

    async def take(self, connection: str) -> int | None:
        """Take or renew the lease; return the offset to ask from, or None where somebody else has it."""
        now = self._clock.now()
        free = {"$or": [{"until": {"$lt": now}}, {"owner": self._me}]}
        mine = {"$set": {"owner": self._me, "until": now + LEASE}}
        async with translated():
            try:
                found = await self._leases.find_one_and_update(
                    {"_id": connection, **free}, mine, upsert=True, return_document=True
                )
            except DuplicateKeyError:
                return None
        return 0 if found is None else int(found.get("offset", 0))

    async def advance(self, connection: str, offset: int) -> None:
        """Remember what was taken in."""
        async with translated():
            await self._leases.update_one({"_id": connection, "owner": self._me}, {"$set": {"offset": offset}})


class Poller:
    """Polls every connection of mode `poll`."""

    def __init__(self, connections: Connections, intake: Intake, leases: Leases, api: str = API) -> None:
        self._connections, self._intake, self._leases, self._api = connections, intake, leases, api
        self._running: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Keep one task for each such connection, until cancelled."""
        async with httpx.AsyncClient(timeout=WAIT_S + 10) as http:
            try:
                while True:
                    await self._tend(http)
                    await asyncio.sleep(LOOK_EVERY_S)
            finally:
                for task in self._running.values():
                    task.cancel()

    async def _tend(self, http: httpx.AsyncClient) -> None:
        try:
            polled = {c.name: c for c in await self._connections.all() if c.spec.mode == "poll"}
        except Retryable as error:
            log.warning("pollers wait: %s", error)
            return
        for name in self._running.keys() - polled.keys():
            self._running.pop(name).cancel()
        for name, connection in polled.items():
            if name not in self._running or self._running[name].done():
                self._running[name] = asyncio.create_task(self._poll_on(http, connection))

    async def _poll_on(self, http: httpx.AsyncClient, connection: Connected) -> None:
        pause_s = 1.0
        while True:
            try:
                offset = await self._leases.take(connection.name)
                if offset is None:
                    await asyncio.sleep(LOOK_EVERY_S)
                    continue
                await self.poll(http, connection, offset)
                pause_s = 1.0
            except Retryable as error:
                log.warning("%s: polling again in %.0f s: %s", connection.name, pause_s, error)
                await asyncio.sleep(pause_s)
                pause_s = min(PAUSE_S_MAX, pause_s * 2)

    async def poll(self, http: httpx.AsyncClient, connection: Connected, offset: int) -> int:
        """Ask once, take in what comes, remember the place; return the next offset. Raises Retryable."""
        for update in await self._ask(http, connection, offset):
            await self._intake.payload(connection, bytes(update))
            offset = max(offset, msgspec.json.decode(update, type=_Update).update_id + 1)
            await self._leases.advance(connection.name, offset)
        return offset

    async def _ask(self, http: httpx.AsyncClient, connection: Connected, offset: int) -> list[msgspec.Raw]:
        if connection.token is None:
            raise Retryable("its token cannot be read")
        query: dict[str, Any] = {"offset": offset, "timeout": WAIT_S, "allowed_updates": UPDATES}
        try:
            response = await http.post(f"{self._api}/bot{connection.token}/getUpdates", json=query)
            answer = msgspec.json.decode(response.content, type=_Answer)
        except (httpx.HTTPError, msgspec.DecodeError) as error:
            raise Retryable(f"Telegram is away: {type(error).__name__}") from None  # its text holds the token
        if not answer.ok:
            raise Retryable(f"Telegram refused: {answer.description[:200]}")
        return answer.result
