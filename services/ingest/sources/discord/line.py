"""One line to Discord's gateway: frames come, heartbeats go, and the end is told.

Source: https://discord.com/developers/docs/events/gateway.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator
from enum import IntEnum
from typing import NamedTuple
from urllib.parse import urlencode

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from shared.errors import Retryable

log = logging.getLogger(__name__)

FRAME_BYTES_MAX = 16_000_000
"""A guild as it is told at the beginning, with its channels and members; all other frames are far smaller."""

OPEN_S = 15.0
"""Until the line stands and Discord has said hello."""

IDLE_S = 20.0
"""Where nothing happens for so long, an empty page says that the line stands: people are told when it last did."""

WAITING_MAX = 1_000
"""Frames that wait to be taken in; more stay with Discord."""

PAGE_MAX = 100
"""Frames that are taken in at once."""

ZOMBIE = 4_000
"""The code by which we close a line that is dead, or that Discord wants closed: it keeps the session."""


class Op(IntEnum):
    """What a frame is for."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    RESUME = 6
    RECONNECT = 7
    INVALID = 9
    HELLO = 10
    ACK = 11


class Frame(msgspec.Struct, frozen=True):
    """What comes over the line, as far as it concerns the line."""

    op: int
    s: int | None = None
    t: str | None = None
    d: msgspec.Raw = msgspec.Raw(b"null")


class _Hello(msgspec.Struct):
    heartbeat_interval: float


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
            await self.say(Op.HEARTBEAT, self._seq)
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
            case Op.DISPATCH:
                self._seq = frame.s if frame.s is not None else self._seq
                await self.frames.put((frame, body))
            case Op.HEARTBEAT:
                await self.say(Op.HEARTBEAT, self._seq)
            case Op.RECONNECT:
                return Ended(Op.RECONNECT)
            case Op.INVALID:
                return Ended(Op.INVALID, resumable=bytes(frame.d) == b"true")
            case Op.ACK:
                self._answered = True
            case _:
                log.info("Discord sent a frame of an unknown operation: %d", frame.op)
        return None

    async def waiting(self) -> tuple[list[tuple[Frame, bytes]], Ended | None]:
        """Return the frames that wait, once there is one, and the end of the line where it comes after them."""
        found: list[tuple[Frame, bytes]] = []
        try:
            async with asyncio.timeout(IDLE_S):
                one = await self.frames.get()
            while not isinstance(one, Ended):
                found.append(one)
                if len(found) == PAGE_MAX or self.frames.empty():
                    return found, None
                one = self.frames.get_nowait()
        except TimeoutError:
            return found, None
        return found, one


@contextlib.asynccontextmanager
async def opened(url: str, seq: int | None) -> AsyncIterator[Line]:
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


async def _hello(socket: ClientConnection) -> float:
    """Return the time between heartbeats, in seconds."""
    try:
        async with asyncio.timeout(OPEN_S):
            frame = _frame.decode(await socket.recv())
        if frame.op != Op.HELLO:
            raise Retryable("Discord's gateway said no hello")
        return msgspec.json.decode(frame.d, type=_Hello).heartbeat_interval / 1_000
    except (TimeoutError, msgspec.DecodeError):
        raise Retryable("Discord's gateway said no hello") from None


async def _until_closed(line: Line) -> None:
    with contextlib.suppress(ConnectionClosed):  # who listens says so
        await line.beat()
