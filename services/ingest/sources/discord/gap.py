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

from services.ingest.sources.source import Answer, Busy, read
from services.ingest.store import Piece

log = logging.getLogger(__name__)

ASKED_MAX = 100
"""Messages in one answer: Discord's limit."""

PAGES_MAX = 100
"""Answers for one channel: 10,000 messages of a gap; a longer one is what an import is for."""

WAIT_S_MAX = 20.0
"""Discord's limits of one route pass in seconds; a longer wait would outlast the lease, so one begins with the gap again."""

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


async def missed(get: Get, guilds: Sequence[str], since: int) -> AsyncIterator[list[Piece]]:
    """Yield the messages after the one of id `since`, oldest first within a channel, an answer at a time."""
    for guild in guilds:
        for channel in await _channels(get, guild):
            if int(channel.last_message_id or 0) > since:
                async for found in _messages(get, channel.id, since):
                    yield [piece for raw in found for piece in pieces(guild, raw)]


async def _channels(get: Get, guild: str) -> list[_Channel]:
    channels = await _asked(get, f"/guilds/{guild}/channels", list[_Channel], [])
    threads = await _asked(get, f"/guilds/{guild}/threads/active", _Threads, _Threads())
    return [*channels, *threads.threads]


async def _messages(get: Get, channel: str, since: int) -> AsyncIterator[list[msgspec.Raw]]:
    after = since
    for _ in range(PAGES_MAX):
        path = f"/channels/{channel}/messages?after={after}&limit={ASKED_MAX}"
        found = await _asked(get, path, list[msgspec.Raw], [])
        if not found:
            return
        numbered = sorted((int(msgspec.json.decode(raw, type=_Message).id), raw) for raw in found)
        after = numbered[-1][0]
        yield [raw for _, raw in numbered]
        if len(found) < ASKED_MAX:
            return


async def _asked(get: Get, path: str, type_: type[T], none: T) -> T:
    """Return what Discord answers, waiting where it asks for it; `none` where the bot may not see it."""
    while True:
        try:
            answer = await get(path)
        except Busy as busy:
            if busy.pause_s > WAIT_S_MAX:
                raise
            await asyncio.sleep(busy.pause_s)
            continue
        if answer.status in {FORBIDDEN, NOT_FOUND}:
            return none
        if answer.status != httpx.codes.OK:
            log.error("Discord answered with status %d when asked for what was missed: it is left out", answer.status)
            return none
        return read(answer, type_, "Discord")


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
