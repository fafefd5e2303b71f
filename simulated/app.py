"""A world as an ASGI application: reads requests, lets things go wrong, and can be looked at below `/_simulated/`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from simulated.faults import Fault, Scripted, Shares
from simulated.world import Json, Reply, Request, World

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

CONTROL = "/_simulated/"
ABORT = "simulated.abort"
"""In the scope: hangs up at once (see server.py)."""


class App:
    """Plays one platform."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = await _read(scope, receive)
        if request.path.startswith(CONTROL):
            await self._send(send, self._controlled(request))
            return
        ground = self.world.ground
        ground.asked += 1
        await self._play(request, ground.faults.next(request.path), scope, send)

    async def _play(self, request: Request, fault: Fault | None, scope: Scope, send: Send) -> None:
        shares = self.world.ground.faults.shares
        if fault == "broken":
            await self._send(send, self.world.broken())
            return
        if fault == "slow":
            await asyncio.sleep(shares.slow_s)
        reply = self._answer(request)
        await asyncio.sleep(reply.after_s)
        if fault == "late":
            await asyncio.sleep(shares.late_s)
        if fault in {"lost", "cut"}:
            await self._hang_up(scope, send, reply if fault == "cut" else None)
            return
        await self._send(send, reply)

    def _answer(self, request: Request) -> Reply:
        ground = self.world.ground
        left_s = ground.faults.storm(self.world.place(request), ground.now_s())
        if left_s is not None:
            ground.stormed += 1
            return self.world.stormy(left_s)
        return self.world.answer(request)

    async def _hang_up(self, scope: Scope, send: Send, half: Reply | None) -> None:
        if half is not None:
            raw = half.raw
            length = (b"content-length", b"%d" % (len(raw) + 9))  # an empty answer is cut as well
            await send({"type": "http.response.start", "status": half.status, "headers": [length]})
            await send({"type": "http.response.body", "body": raw[: len(raw) // 2], "more_body": True})
        abort: Callable[[], None] = scope["extensions"][ABORT]
        abort()
        await asyncio.sleep(0.01)  # until the server has seen it: else it takes the missing answer for a mistake of ours

    async def _send(self, send: Send, reply: Reply) -> None:
        raw = reply.raw
        headers = {
            "content-type": "application/json",
            "content-length": f"{len(raw)}",
            "date": format_datetime(self.world.ground.now(), usegmt=True),
            **reply.headers,
        }
        encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": encoded})
        await send({"type": "http.response.body", "body": raw})

    def _controlled(self, request: Request) -> Reply:
        ground, what = self.world.ground, request.path.removeprefix(CONTROL)
        if what == "effects":
            since = int(request.query.get("since", "0"))
            return Reply(200, [effect._asdict() for effect in ground.effects.all[since:]])
        if what == "counts":
            return Reply(200, self._counts())
        if what == "seed":
            return self._seeded(request)
        return self._disturbed(what, request)

    def _seeded(self, request: Request) -> Reply:
        try:
            return Reply(200, self.world.seed(request.json))
        except (LookupError, ValueError, TypeError) as error:
            return Reply(422, {"error": f"cannot be read: {error}", "help": self.world.seed.__doc__})

    def _counts(self) -> Json:
        ground = self.world.ground
        return {
            "asked": ground.asked,
            "refused": ground.windows.refused,
            "stormed": ground.stormed,
            "limits": ground.windows.refusals,
            "faults": ground.faults.counts,
            "effects": ground.effects.counts(),
        }

    def _disturbed(self, what: str, request: Request) -> Reply:
        ground = self.world.ground
        if what == "faults":
            ground.faults.shares = msgspec.convert(json.loads(request.body or b"{}"), Shares)
        elif what == "next":
            ground.faults.script.append(Scripted(request.json["fault"], request.json.get("word", "")))
        elif what == "storm":
            ground.faults.begin_storm(request.json.get("place", ""), ground.now_s() + request.json["seconds"])
        elif what == "calm":
            ground.faults.end()
        else:
            return Reply(404, {"error": f"nothing below {CONTROL} is called {what}"})
        return Reply(200, {})


async def _read(scope: Scope, receive: Receive) -> Request:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    query = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
    return Request(scope["method"], scope["path"], query, headers, b"".join(parts))
