"""A Discord of the test's own on the loopback: it plays the gateway's protocol, numbers what it tells, and has faults."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.unit.ingest.discord_frames import CHANNEL, GUILD

TOKEN = "bot-token-that-nobody-may-see"
ALL_FLAGS = (1 << 15) | (1 << 19)
Json = dict[str, Any]


class FakeDiscord:
    """What Discord knows: sessions with their frames, and messages, for whoever asks for them later."""

    def __init__(self) -> None:
        self.sessions: dict[str, list[Json]] = {}
        self.channel: list[Json] = []
        """Messages as the REST API tells them, oldest first."""
        self.faults: deque[tuple[int, str]] = deque()
        """After how many frames on a line what goes wrong."""
        self.flags = ALL_FLAGS
        self.remaining = 1_000
        self.odd: set[str] = set()
        """Paths of the REST API that are answered with a status that nobody expects."""
        self.interval_ms = 100
        self.identified: list[Json] = []
        self.resumed: list[tuple[str, int]] = []
        self.beats = 0
        self.codes: list[int | None] = []
        """How lines were closed by the client."""
        self.url = ""
        self._current = ""
        self._more = asyncio.Condition()

    @asynccontextmanager
    async def playing(self) -> AsyncIterator[FakeDiscord]:
        async with serve(self._line, "127.0.0.1", 0, process_request=self._rest) as server:
            self.url = f"127.0.0.1:{_port(server)}"
            yield self

    async def tell(self, kind: str, data: Json) -> None:
        """Tell something to the session that is there, and remember messages."""
        if kind == "MESSAGE_CREATE":
            self.channel.append(data)
        async with self._more:
            if self._current:
                log = self.sessions[self._current]
                log.append({"op": 0, "s": len(log) + 1, "t": kind, "d": {"guild_id": GUILD} | data})
            self._more.notify_all()

    async def forget(self) -> None:
        """Lose all sessions: what is told now is told to nobody."""
        async with self._more:
            self.sessions.clear()
            self._current = ""
            self._more.notify_all()

    async def _line(self, socket: ServerConnection) -> None:
        fault = self.faults.popleft() if self.faults else None
        try:
            if fault == (0, "silent"):
                await asyncio.sleep(60)
            await _send(socket, {"op": 10, "d": {"heartbeat_interval": self.interval_ms}})
            begin = json.loads(await socket.recv())
            while begin["op"] == 1:
                begin = json.loads(await socket.recv())
            place = await self._begun(socket, begin)
            if place is None:
                return
            listening = asyncio.create_task(self._listen(socket, mute=fault is not None and fault[1] == "mute"))
            telling = asyncio.create_task(self._tell_on(socket, *place, fault))
            try:
                await asyncio.wait([telling, asyncio.create_task(socket.wait_closed())], return_when=asyncio.FIRST_COMPLETED)
            finally:
                listening.cancel()
                telling.cancel()
        except ConnectionClosed:
            pass
        finally:
            self.codes.append(socket.close_code)

    async def _begun(self, socket: ServerConnection, begin: Json) -> tuple[str, int] | None:
        data = begin["d"]
        if data["token"] != TOKEN:
            await socket.close(4004)
            return None
        if begin["op"] == 2:
            self.identified.append(data)
            if data["intents"] & ((1 << 1) | (1 << 15)) and not self.flags:
                await socket.close(4014)
                return None
            name = secrets.token_hex(8)
            self._current = name
            ready = {"session_id": name, "resume_gateway_url": f"ws://{self.url}", "guilds": [{"id": GUILD}]}
            self.sessions[name] = [{"op": 0, "s": 1, "t": "READY", "d": ready}]
            return name, 0
        self.resumed.append((data["session_id"], data["seq"]))
        if data["session_id"] not in self.sessions:
            await _send(socket, {"op": 9, "d": False})
            await asyncio.sleep(0.2)
            return None
        return data["session_id"], data["seq"]

    async def _tell_on(self, socket: ServerConnection, session: str, seq: int, fault: tuple[int, str] | None) -> None:
        told = 0
        while True:
            async with self._more:
                while session in self.sessions and len(self.sessions[session]) <= seq:
                    await self._more.wait()
                if session not in self.sessions:
                    await socket.close(4009)
                    return
                waiting = self.sessions[session][seq:]
            for frame in waiting:
                if fault is not None and told >= fault[0] and fault[1] != "mute":
                    await self._go_wrong(socket, fault[1])
                    return
                await _send(socket, frame)
                seq, told = frame["s"], told + 1

    async def _go_wrong(self, socket: ServerConnection, fault: str) -> None:
        match fault:
            case "reconnect":
                await _send(socket, {"op": 7, "d": None})
            case "resume":
                await _send(socket, {"op": 9, "d": True})
            case "invalid":
                await self.forget()
                await _send(socket, {"op": 9, "d": False})
            case "garbage":
                await socket.send("{not a frame")
            case "drop":
                socket.transport.abort()
                return
            case code:
                await socket.close(int(code))
                return
        await socket.wait_closed()

    async def _listen(self, socket: ServerConnection, *, mute: bool) -> None:
        async for message in socket:
            if json.loads(message)["op"] == 1:
                self.beats += 1
                if not mute:
                    await _send(socket, {"op": 11, "d": None})

    async def _rest(self, socket: ServerConnection, request: Request) -> Response | None:
        del socket
        if "upgrade" in request.headers.get("connection", "").lower():
            return None
        if request.headers.get("authorization") != f"Bot {TOKEN}":
            return _answer({"message": "401: Unauthorized"}, HTTPStatus.UNAUTHORIZED)
        url = urlsplit(request.path)
        if url.path in self.odd:
            return _answer({"message": "Bad Request"}, HTTPStatus.BAD_REQUEST)
        found = self._known(url.path.split("/")[1:], parse_qs(url.query))
        return _answer({"message": "Missing Access"}, HTTPStatus.FORBIDDEN) if found is None else _answer(found)

    def _known(self, path: list[str], query: dict[str, list[str]]) -> object:
        limit = {"remaining": self.remaining, "reset_after": 30_000}
        last = self.channel[-1]["id"] if self.channel else None
        if path[0] == "channels" and path[1] == CHANNEL:
            after, most = int(query["after"][0]), int(query["limit"][0])
            return list(reversed([message for message in self.channel if int(message["id"]) > after][:most]))
        known: dict[str, object] = {
            "gateway/bot": {"url": f"ws://{self.url}", "shards": 1, "session_start_limit": limit},
            "applications/@me": {"id": "9", "flags": self.flags},
            f"guilds/{GUILD}/channels": [{"id": CHANNEL, "last_message_id": last}, {"id": "5", "last_message_id": "9" * 19}],
            f"guilds/{GUILD}/threads/active": {"threads": []},
        }
        return known.get("/".join(path))


def _answer(body: object, status: HTTPStatus = HTTPStatus.OK) -> Response:
    raw = json.dumps(body).encode()
    return Response(status.value, status.phrase, Headers({"content-length": str(len(raw))}), raw)


async def _send(socket: ServerConnection, frame: Json) -> None:
    await socket.send(json.dumps(frame))


def _port(server: Server) -> int:
    return int(next(iter(server.sockets)).getsockname()[1])
