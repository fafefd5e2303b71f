"""Discord's gateway: a line that we keep open, over which Discord tells what happens in guilds.

One session at a time: after a break it is resumed, and Discord tells again what came after the last frame that Kafka has.
A session that is too old cannot be resumed: what was written meanwhile is asked for channel by channel (discord_gap.py).
Source: https://discord.com/developers/docs/events/gateway.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import random
from collections.abc import AsyncGenerator, AsyncIterator
from functools import partial
from typing import NamedTuple
from urllib.parse import urlencode

import httpx
import msgspec
from msgspec.structs import replace
from typing_extensions import override
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from services.ingest.connectors.discord import SESSION
from services.ingest.connectors.discord.kinds import ALL, NOT_KEPT, PRIVILEGED, Intent
from services.ingest.sources.discord_gap import missed
from services.ingest.sources.source import Answer, Busy, Page, Refused, Source, answered, packed, read, token_of, unpacked
from services.ingest.store import Connected, Piece
from shared.errors import Retryable

log = logging.getLogger(__name__)

API = "https://discord.com/api/v10"
AGENT = "DiscordBot (veche, 1)"
"""Discord asks bots to name themselves in this form."""

FRAME_BYTES_MAX = 16_000_000
"""A guild as it is told at the beginning, with its channels and members; all other frames are far smaller."""

OPEN_S = 15.0
"""Until the line stands and Discord has said hello."""

IDLE_S = 20.0
"""Where nothing happens for so long, an empty page keeps the lease."""

WAITING_MAX = 1_000
"""Frames that wait to be taken in; more stay with Discord."""

PAGE_MAX = 100
"""Frames that are taken in at once."""

ANEW_S = (1.0, 5.0)
"""Discord's own advice: before a new session a random pause of so many seconds."""

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
"""Operations."""

ZOMBIE = 4_000
"""The code by which we close a line that is dead, or that Discord wants closed: it keeps the session."""

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


class Session(msgspec.Struct, frozen=True):
    """What a line goes on from: the session, where it is resumed, and the last frame that Kafka has."""

    id: str
    url: str
    seq: int
    last: int = 0
    """The newest message that was told: where a gap begins if the session is lost."""


class Frame(msgspec.Struct, frozen=True):
    """What comes over the line, as far as it concerns the line."""

    op: int
    s: int | None = None
    t: str | None = None
    d: msgspec.Raw = msgspec.Raw(b"null")


class _Hello(msgspec.Struct):
    heartbeat_interval: float


class _Guild(msgspec.Struct):
    id: str


class _Ready(msgspec.Struct):
    session_id: str
    resume_gateway_url: str
    guilds: list[_Guild] = []


class _Message(msgspec.Struct):
    id: str = "0"


class _Channel(msgspec.Struct):
    last_message_id: str | None = None


class _Channels(msgspec.Struct):
    channels: list[_Channel] = []


class _Limit(msgspec.Struct):
    remaining: int = 1
    reset_after: float = 0.0


class _Gateway(msgspec.Struct):
    url: str
    session_start_limit: _Limit = msgspec.field(default_factory=_Limit)


class _Application(msgspec.Struct):
    flags: int = 0


class Ended(NamedTuple):
    """The line's end: Discord wants it resumed, or the session is not valid, or it was closed with a code."""

    op: int | None = None
    resumable: bool = True
    code: int | None = None


_frame = msgspec.json.Decoder(Frame)


class Line:
    """One open line: heartbeats are sent and counted beside, frames wait to be taken in."""

    def __init__(self, socket: ClientConnection, interval_s: float, seq: int | None) -> None:
        self._socket, self._interval_s = socket, interval_s
        self._seq, self._answered = seq, True
        self.frames: asyncio.Queue[tuple[Frame, bytes] | Ended] = asyncio.Queue(WAITING_MAX)

    async def say(self, op: int, data: object) -> None:
        """Send one frame."""
        await self._socket.send(msgspec.json.encode({"op": op, "d": data}).decode())

    async def beat(self) -> None:
        """Send heartbeats; close a line on which the last one was not answered."""
        await asyncio.sleep(self._interval_s * random.random())  # noqa: S311 - Discord's own advice, against all at once
        while True:
            if not self._answered:
                log.warning("Discord does not answer: the line is closed")
                await self._socket.close(ZOMBIE)
                return
            self._answered = False
            await self.say(HEARTBEAT, self._seq)
            await asyncio.sleep(self._interval_s)

    async def listen(self) -> None:
        """Have frames wait until they are taken in; the end is one of them."""
        try:
            async for message in self._socket:
                body = message.encode() if isinstance(message, str) else message
                ended = await self._heard(_frame.decode(body), body)
                if ended is not None:
                    await self.frames.put(ended)
                    return
            await self.frames.put(Ended(code=self._socket.close_code))
        except ConnectionClosed as closed:
            await self.frames.put(Ended(code=closed.rcvd.code if closed.rcvd is not None else None))
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            log.error("Discord sent what is no frame: the line is closed")  # noqa: TRY400 - no text of members
            await self.frames.put(Ended())

    async def _heard(self, frame: Frame, body: bytes) -> Ended | None:
        match frame.op:
            case 0:
                self._seq = frame.s if frame.s is not None else self._seq
                await self.frames.put((frame, body))
            case 1:
                await self.say(HEARTBEAT, self._seq)
            case 7:
                return Ended(RECONNECT)
            case 9:
                return Ended(INVALID, resumable=bytes(frame.d) == b"true")
            case 11:
                self._answered = True
            case _:
                log.info("Discord sent a frame of an unknown operation: %d", frame.op)
        return None


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
            async for found in self._followed(connection, session, lost):
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
            if ended.op is None:
                raise Retryable(f"Discord closed the line ({ended.code})")
            await asyncio.sleep(random.uniform(*ANEW_S) if ended.op == INVALID else 0)  # noqa: S311 - against all at once

    async def _followed(
        self, connection: Connected, session: Session | None, lost: Session | None
    ) -> AsyncIterator[tuple[Session | None, Page] | Ended]:
        """Yield pages of one line, and its end; after a lost session also what was written meanwhile.

        Until all of that is taken in, the place is that of the lost session: a crash begins with the gap again.
        """
        token = token_of(connection)
        url, intents, missing = session.url if session else "", ALL, None
        if session is None:
            url, intents, missing = await self._asked(token)
        async with self._line(url, session.seq if session else None) as line:
            if session is not None:
                await line.say(RESUME, {"token": token, "session_id": session.id, "seq": session.seq})
            else:
                who = {"os": "linux", "browser": "veche", "device": "veche"}
                await line.say(IDENTIFY, {"token": token, "intents": int(intents), "properties": who})
            while True:
                found, ended = await _waiting(line)
                began = session is None
                session = _after(session, found)
                if began and session is not None and lost is not None:
                    async for pieces in missed(partial(self._get, token), _guilds(found), lost.last):
                        yield None, Page(pieces, packed(lost))
                place = packed(session or lost) if session or lost else ""
                yield (
                    session,
                    Page([piece for piece in (_piece(session, one) for one in found) if piece], place, 0.0, missing),
                )
                missing = None
                if ended is not None:
                    yield ended
                    return

    @contextlib.asynccontextmanager
    async def _line(self, url: str, seq: int | None) -> AsyncIterator[Line]:
        """Open a line. Raises Retryable where it cannot be."""
        address = f"{url.rstrip('/')}/?{urlencode({'v': 10, 'encoding': 'json'})}"
        opened = connect(address, max_size=FRAME_BYTES_MAX, ping_interval=None, open_timeout=OPEN_S, close_timeout=1)
        try:
            socket = await opened
        except (OSError, TimeoutError, InvalidHandshake, InvalidURI) as error:
            raise Retryable(f"Discord's gateway is away: {type(error).__name__}") from None
        try:
            line = Line(socket, await _hello(socket), seq)
            works = [asyncio.create_task(line.listen()), asyncio.create_task(_until_closed(line))]
            try:
                yield line
            finally:
                for work in works:
                    work.cancel()
                await asyncio.gather(*works, return_exceptions=True)
        except ConnectionClosed as closed:
            raise Retryable(f"Discord's gateway closed the line: {type(closed).__name__}") from None
        finally:
            await socket.close(ZOMBIE)

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


async def _hello(socket: ClientConnection) -> float:
    """Return the time between heartbeats, in seconds."""
    try:
        async with asyncio.timeout(OPEN_S):
            frame = _frame.decode(await socket.recv())
        if frame.op != HELLO:
            raise Retryable("Discord's gateway said no hello")
        return msgspec.json.decode(frame.d, type=_Hello).heartbeat_interval / 1_000
    except (TimeoutError, msgspec.DecodeError):
        raise Retryable("Discord's gateway said no hello") from None


async def _until_closed(line: Line) -> None:
    with contextlib.suppress(ConnectionClosed):  # who listens says so
        await line.beat()


async def _waiting(line: Line) -> tuple[list[tuple[Frame, bytes]], Ended | None]:
    """Return the frames that wait, as soon as there is one, and the end of the line where it comes after them."""
    found: list[tuple[Frame, bytes]] = []
    try:
        async with asyncio.timeout(IDLE_S):
            one = await line.frames.get()
        while not isinstance(one, Ended):
            found.append(one)
            if len(found) == PAGE_MAX or line.frames.empty():
                return found, None
            one = line.frames.get_nowait()
    except TimeoutError:
        return found, None
    return found, one


def _after(session: Session | None, found: list[tuple[Frame, bytes]]) -> Session | None:
    """Return the session after these frames: a new one begins with READY."""
    for frame, _ in found:
        if frame.t == "READY":
            ready = msgspec.json.decode(frame.d, type=_Ready)
            session = Session(ready.session_id, ready.resume_gateway_url, frame.s or 0)
        elif session is not None and frame.s is not None:
            session = replace(session, seq=max(session.seq, frame.s), last=max(session.last, _last(frame)))
    return session


def _last(frame: Frame) -> int:
    """Return the newest message that a frame tells of: by itself, or as the last of a guild's channels."""
    try:
        if frame.t == "MESSAGE_CREATE":
            return int(msgspec.json.decode(frame.d, type=_Message).id)
        if frame.t == "GUILD_CREATE":
            channels = msgspec.json.decode(frame.d, type=_Channels).channels
            return max((int(channel.last_message_id or 0) for channel in channels), default=0)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return 0  # the connector says what is wrong with it
    return 0


def _guilds(found: list[tuple[Frame, bytes]]) -> list[str]:
    """Return the bot's guilds, as the beginning of a session tells them."""
    return [
        guild.id for frame, _ in found if frame.t == "READY" for guild in msgspec.json.decode(frame.d, type=_Ready).guilds
    ]


def _piece(session: Session | None, found: tuple[Frame, bytes]) -> Piece | None:
    """Return what is taken in of a frame: nothing of those that tell of the session alone."""
    frame, body = found
    if frame.t is None or frame.t in NOT_KEPT:
        return None
    # The session's own name opens it, together with the token: its digest numbers the frames as well.
    name = hashlib.sha256(session.id.encode()).hexdigest()[:16] if session is not None else ""
    return Piece(body, {SESSION: name})
