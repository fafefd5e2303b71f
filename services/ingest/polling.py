"""Long polling for people without a public address: Telegram's getUpdates, one poller a connection by lease.

An update is confirmed to Telegram (by the next offset) only after Kafka has it; a crash in between delivers it again,
and it is known by its ids.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets as randomness
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import msgspec
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from services.ingest.store import Connected, Connections, Intake
from shared.clock import Clock
from shared.errors import Retryable, VecheError
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

Skipped = Callable[[str, int], None]
"""Counts updates that could not be taken in: the connection's name, and how many.

None are counted as polling begins: a count that came out of nowhere would be no growth, so its first would wake nobody.
"""


class _Answer(msgspec.Struct):
    ok: bool
    result: list[msgspec.Raw] = []
    description: str = ""


class _Update(msgspec.Struct):
    update_id: int


def bot_of(connection: Connected) -> str:
    """Return under what the place of a connection's bot is kept: another bot counts its updates anew."""
    return f"{connection.name}/{hashlib.sha256((connection.token or '').encode()).hexdigest()[:32]}"


class Leases:
    """Who polls which bot (see `bot_of`), and up to where."""

    def __init__(self, client: Client, database: str, clock: Clock) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._leases, self._clock = named["pollers"], clock
        self._me = randomness.token_hex(8)

    async def take(self, bot: str) -> int | None:
        """Take or renew the lease; return the offset to ask from, or None where somebody else has it."""
        now = self._clock.now()
        free = {"$or": [{"until": {"$lt": now}}, {"owner": self._me}]}
        mine = {"$set": {"owner": self._me, "until": now + LEASE}}
        async with translated():
            try:
                found = await self._leases.find_one_and_update({"_id": bot, **free}, mine, upsert=True, return_document=True)
            except DuplicateKeyError:
                return None
        return 0 if found is None else int(found.get("offset", 0))

    async def advance(self, bot: str, offset: int) -> None:
        """Remember what was taken in."""
        async with translated():
            await self._leases.update_one({"_id": bot, "owner": self._me}, {"$set": {"offset": offset}})


class Poller:
    """Polls every connection of mode `poll`."""

    def __init__(
        self, connections: Connections, intake: Intake, leases: Leases, api: str = API, *, skipped: Skipped = lambda *_: None
    ) -> None:
        self._connections, self._intake, self._leases, self._api = connections, intake, leases, api
        self._skipped = skipped
        self._running: dict[str, tuple[Connected, asyncio.Task[None]]] = {}

    async def run(self) -> None:
        """Keep one task for each such connection, until cancelled."""
        async with httpx.AsyncClient(timeout=WAIT_S + 10) as http:
            try:
                while True:
                    await self.tend(http)
                    await asyncio.sleep(LOOK_EVERY_S)
            finally:
                for _, task in self._running.values():
                    task.cancel()

    async def tend(self, http: httpx.AsyncClient) -> None:
        """Start and stop tasks so that each polls its connection as it is now."""
        try:
            found = await self._connections.all()
        except Retryable as error:
            log.warning("pollers wait: %s", error)
            return
        polled = {c.name: c for c in found if c.spec.mode == "poll" and c.token is not None}
        for name, (connection, task) in list(self._running.items()):
            if polled.get(name) != connection or task.done():
                await self._end(name, task)
        for name in polled.keys() - self._running.keys():
            self._skipped(name, 0)
            self._running[name] = (polled[name], asyncio.create_task(self._poll_on(http, polled[name])))

    async def _end(self, name: str, task: asyncio.Task[None]) -> None:
        """End a task, and wait for it: Telegram refuses two that ask at once."""
        task.cancel()
        await asyncio.wait([task])
        del self._running[name]

    async def _poll_on(self, http: httpx.AsyncClient, connection: Connected) -> None:
        pause_s = 1.0
        while True:
            try:
                offset = await self._leases.take(bot_of(connection))
                if offset is None:
                    await asyncio.sleep(LOOK_EVERY_S)
                    continue
                await self.poll(http, connection, offset)
                pause_s = 1.0
            except Exception as error:  # noqa: BLE001 - one connection must not end the others
                # The text of an error that is not ours may hold the token.
                said = str(error) if isinstance(error, VecheError) else f"a bug: {type(error).__name__}"
                log.warning("%s: polling again in %.0f s: %s", connection.name, pause_s, said)
                await asyncio.sleep(pause_s)
                pause_s = min(PAUSE_S_MAX, pause_s * 2)

    async def poll(self, http: httpx.AsyncClient, connection: Connected, offset: int) -> int:
        """Ask once, take in what comes, remember the place; return the next offset. Raises Retryable."""
        asked = offset
        updates = await self._ask(http, connection, offset)
        for update in updates:
            offset = max(offset, await self._taken(connection, bytes(update)))
            if offset > asked:
                await self._leases.advance(bot_of(connection), offset)
        if updates and offset == asked:
            raise Retryable("Telegram's updates have no ids to go on from")
        return offset

    async def _taken(self, connection: Connected, update: bytes) -> int:
        """Take in one update; return the offset after it. What never can be taken in is left behind and counted."""
        next_ = 0
        try:
            next_ = msgspec.json.decode(update, type=_Update).update_id + 1
            await self._intake.payload(connection, update)
        except Retryable:
            raise
        except Exception as error:  # noqa: BLE001 - one update must not hold up those that follow
            self._skipped(connection.name, 1)
            said = str(error) if isinstance(error, VecheError) else type(error).__name__
            log.error("%s: the update before %d is left out: %s", connection.name, next_, said)  # noqa: TRY400 - no text of members
        return next_

    async def _ask(self, http: httpx.AsyncClient, connection: Connected, offset: int) -> list[msgspec.Raw]:
        if connection.token is None:
            raise Retryable("its token cannot be read")
        query: dict[str, Any] = {"offset": offset, "timeout": WAIT_S, "allowed_updates": UPDATES}
        try:
            response = await http.post(f"{self._api}/bot{connection.token}/getUpdates", json=query)
            answer = msgspec.json.decode(response.content, type=_Answer)
        except (httpx.HTTPError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Retryable(f"Telegram is away: {type(error).__name__}") from None  # its text holds the token
        if not answer.ok:
            raise Retryable(f"Telegram refused: {answer.description[:200]}")
        return answer.result
