"""What was written in guilds while no session was there to tell of it: asked for channel by channel.

Deletions, reactions, joins and leaves of that time stay unknown: Discord has no list of them.
Source: https://discord.com/developers/docs/resources/message#get-channel-messages.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar

import httpx
import msgspec

from services.ingest.sources.source import Answer, Busy, Sleep, read
from services.ingest.store import Piece

log = logging.getLogger(__name__)

ASKED_MAX = 100
"""Messages in one answer: Discord's limit."""

PAGES_MAX = 100
"""Answers for one channel: 10,000 messages of a gap; a longer one is what an import is for."""

WAIT_S_MAX = 60.0
"""For one answer, all waits together: Discord's limits of one route pass in seconds. A longer wait is told to people as the
connection's problem, and the gap is begun again after it."""

WAIT_S_MIN = 1.0
"""Where Discord asks for no time at all, so that the waits come to an end."""

NAMED_MAX = 10
"""Guilds that are named to a person as left out; where there are more, it is said."""

FORBIDDEN, NOT_FOUND = 403, 404
"""The bot may not read the channel, or it is gone."""

Get = Callable[[str], Awaitable[Answer]]
"""Asks the API for a path. Raises Retryable, Busy, Refused."""

T = TypeVar("T")


class _Channel(msgspec.Struct):
    id: str
    last_message_id: str | None = None


class _Threads(msgspec.Struct):
    threads: list[_Channel] = []


class _Message(msgspec.Struct):
    id: str
    edited_timestamp: str | None = None


class Gap:
    """What was written after the message of id `since`, and of which guilds not all of it could be had."""

    def __init__(self, get: Get, since: int, sleep: Sleep = asyncio.sleep) -> None:
        self._get, self._since, self._sleep = get, since, sleep
        self._left_out: set[str] = set()

    async def pages(self, guilds: Sequence[str]) -> AsyncIterator[list[Piece]]:
        """Yield the messages, oldest first within a channel, an answer at a time."""
        for guild in guilds:
            for channel in await self._channels(guild):
                if int(channel.last_message_id or 0) > self._since:
                    async for found in self._messages(guild, channel.id):
                        yield [piece for raw in found for piece in pieces(guild, raw)]

    @property
    def missing(self) -> list[str]:
        """Return what a person has to do about what was left out."""
        if not self._left_out:
            return []
        named = ", ".join(sorted(self._left_out)[:NAMED_MAX]) + (" and others" if len(self._left_out) > NAMED_MAX else "")
        return [f"guild {named}: some of what was written while the session was lost; import it (docs/import-history.md)"]

    async def _channels(self, guild: str) -> list[_Channel]:
        channels = await self._asked(guild, f"/guilds/{guild}/channels", list[_Channel], [])
        threads = await self._asked(guild, f"/guilds/{guild}/threads/active", _Threads, _Threads())
        return [*channels, *threads.threads]

    async def _messages(self, guild: str, channel: str) -> AsyncIterator[list[msgspec.Raw]]:
        after = self._since
        for _ in range(PAGES_MAX):
            path = f"/channels/{channel}/messages?after={after}&limit={ASKED_MAX}"
            found = await self._asked(guild, path, list[msgspec.Raw], [])
            if not found:
                return
            numbered = sorted((int(msgspec.json.decode(raw, type=_Message).id), raw) for raw in found)
            after = numbered[-1][0]
            yield [raw for _, raw in numbered]
            if len(found) < ASKED_MAX:
                return
        log.error("Discord has told %d messages of one channel that were missed: more are left out", PAGES_MAX * ASKED_MAX)
        self._left_out.add(guild)

    async def _asked(self, guild: str, path: str, type_: type[T], none: T) -> T:
        """Return what Discord answers; `none` where the bot may not see it, or where it is left out."""
        answer = await self._answered(path)
        if answer.status in {FORBIDDEN, NOT_FOUND}:
            return none
        if answer.status != httpx.codes.OK:
            log.error("Discord answered with status %d when asked for what was missed: it is left out", answer.status)
            self._left_out.add(guild)
            return none
        return read(answer, type_, "Discord")

    async def _answered(self, path: str) -> Answer:
        """Return Discord's answer, after as many waits as it asks for. Raises Busy where these are too long together."""
        waited_s = 0.0
        while True:
            try:
                return await self._get(path)
            except Busy as busy:
                wait_s = max(busy.pause_s, WAIT_S_MIN)
                waited_s += wait_s
                if waited_s > WAIT_S_MAX:
                    raise
                await self._sleep(wait_s)


def pieces(guild: str, raw: msgspec.Raw) -> list[Piece]:
    """Return a message as the gateway would have told it; one that was edited since, as written and edited."""
    kinds = ["MESSAGE_CREATE"]
    if msgspec.json.decode(raw, type=_Message).edited_timestamp is not None:
        kinds.append("MESSAGE_UPDATE")
    told = raw_with_guild(guild, raw)
    return [Piece(msgspec.json.encode({"op": 0, "t": kind, "s": None, "d": told})) for kind in kinds]


def raw_with_guild(guild: str, raw: msgspec.Raw) -> msgspec.Raw:
    """Return the message with its guild, which a channel's list does not repeat."""
    fields = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    return msgspec.Raw(msgspec.json.encode(fields | {"guild_id": msgspec.Raw(msgspec.json.encode(guild))}))
