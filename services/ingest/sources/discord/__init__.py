"""Discord's gateway: a line that we keep open, over which Discord tells what happens in guilds.

One session at a time: after a break it is resumed, and Discord tells again what came after the last frame that Kafka has.
A session that is too old cannot be resumed: what was written meanwhile is asked for channel by channel (gap.py).
Source: https://discord.com/developers/docs/events/gateway.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

import httpx
import msgspec
from msgspec.structs import replace
from typing_extensions import override

from services.ingest.connectors.discord.kinds import ALL, PRIVILEGED, Intent
from services.ingest.sources.discord.gap import Gap
from services.ingest.sources.discord.line import Ended, Op, opened
from services.ingest.sources.discord.session import Session, after, guilds, piece
from services.ingest.sources.source import Answer, Busy, Page, Refused, Source, answered, packed, read, token_of, unpacked
from services.ingest.store import Connected
from shared.errors import Retryable

log = logging.getLogger(__name__)

API = "https://discord.com/api/v10"
AGENT = "DiscordBot (veche, 1)"
"""Discord asks bots to name themselves in this form."""

ANEW_S = (1.0, 5.0)
"""Discord's own advice: before a new session a random pause of so many seconds."""

MEND = {
    4004: "the bot's token was revoked: reset it at the application's page, under Bot, and put the new one in place",
    4010: "the shard is not one",
    4011: "the bot is in more than 2,500 guilds: Veche's gateway has one shard",
    4012: "Discord speaks version 10 of its gateway no longer",
    4013: "an intent is not one",
    4014: "an intent is not allowed: switch on Message Content and Server Members at the application's page, under Bot",
}
"""Codes by which Discord closes for good, and what a person has to do."""

FORGOTTEN = frozenset({4003, 4007, 4009})
"""Codes after which the session is gone."""

FLAGS = {
    Intent.GUILD_MEMBERS: ((1 << 14) | (1 << 15), "Server Members Intent is off: joins, leaves and boosts are not told"),
    Intent.MESSAGE_CONTENT: ((1 << 18) | (1 << 19), "Message Content Intent is off: messages come without their text"),
}
"""Flags of an application that may have a privileged intent, and what is missing without.

Source: https://discord.com/developers/docs/resources/application#application-object-application-flags.
"""

WHERE = "; switch it on at https://discord.com/developers/applications, under Bot, and restart the gateway"


class _Limit(msgspec.Struct):
    remaining: int = 1
    reset_after: float = 0.0


class _Gateway(msgspec.Struct):
    url: str
    session_start_limit: _Limit = msgspec.field(default_factory=_Limit)


class _Application(msgspec.Struct):
    flags: int = 0


class Discord(Source):
    """The source; the place is the session."""

    def __init__(self, http: httpx.AsyncClient, api: str | None = None) -> None:
        self._http, self._api = http, api or API

    @override
    async def pages(self, connection: Connected, place: str) -> AsyncGenerator[Page]:
        """Yield frames as they come, over one line after the other."""
        session = unpacked(place, Session) if place else None
        lost: Session | None = None
        while True:
            ended = Ended()
            async with aclosing(self._followed(connection, session, lost)) as followed:
                async for found in followed:
                    if isinstance(found, Ended):
                        ended = found
                        continue
                    session, page = found
                    lost = None if session is not None else lost
                    yield page
            if ended.code in MEND:
                raise Refused(f"Discord refused ({ended.code}): {MEND[ended.code]}")
            if not ended.resumable or ended.code in FORGOTTEN:
                log.error("%s: Discord has forgotten the session: deletions and reactions since are lost", connection.name)
                session, lost = None, session or lost
            if ended.op is None and ended.code not in FORGOTTEN:
                raise Retryable(f"Discord closed the line ({ended.code})")
            await asyncio.sleep(0 if ended.op == Op.RECONNECT else random.uniform(*ANEW_S))  # noqa: S311 - against all at once

    async def _followed(
        self, connection: Connected, session: Session | None, lost: Session | None
    ) -> AsyncGenerator[tuple[Session | None, Page] | Ended]:
        """Yield pages of one line, and its end; after a lost session also what was written meanwhile.

        Until all of that is taken in, the place is that of the lost session: a crash begins with the gap again.
        """
        token = token_of(connection)
        url, intents, missing = session.url if session else "", ALL, None
        if session is None:
            url, intents, missing = await self._asked(token)
        async with opened(url, session.seq if session else None) as line:
            if session is not None:
                await line.say(Op.RESUME, {"token": token, "session_id": session.id, "seq": session.seq})
            else:
                who = {"os": "linux", "browser": "veche", "device": "veche"}
                await line.say(Op.IDENTIFY, {"token": token, "intents": int(intents), "properties": who})
            while True:
                found, ended = await line.waiting()
                began = session is None
                session = after(session, found)
                if began and session is not None and lost is not None and lost.last:
                    session = replace(session, last=max(session.last, lost.last))
                    gap = Gap(partial(self._get, token), lost.last)
                    async for pieces in gap.pages(guilds(found)):
                        yield None, Page(pieces, packed(lost))
                    missing = [*(missing or ()), *gap.missing]
                place = packed(session or lost) if session or lost else ""
                yield (
                    session,
                    Page([piece for piece in (piece(session, one) for one in found) if piece], place, 0.0, missing),
                )
                if ended is not None:
                    yield ended
                    return

    async def _asked(self, token: str) -> tuple[str, Intent, list[str]]:
        """Return where the gateway is, what the bot may be told of, and what is missing."""
        gateway = read(await self._get(token, "/gateway/bot"), _Gateway, "Discord")
        if gateway.session_start_limit.remaining <= 0:
            raise Busy("Discord allows no more sessions today", gateway.session_start_limit.reset_after / 1_000)
        flags = read(await self._get(token, "/applications/@me"), _Application, "Discord").flags
        lacking = [intent for intent in PRIVILEGED if not flags & FLAGS[intent][0]]
        intents = ALL
        for intent in lacking:
            intents &= ~intent
        return gateway.url, intents, [FLAGS[intent][1] + WHERE for intent in lacking]

    async def _get(self, token: str, path: str) -> Answer:
        headers = {"Authorization": f"Bot {token}", "User-Agent": AGENT}
        answer = await answered(self._http, self._http.build_request("GET", self._api + path, headers=headers), "Discord")
        if answer.status == httpx.codes.UNAUTHORIZED:
            raise Refused(f"Discord refused: {MEND[4004]}")
        return answer
