"""Errands, and platforms that answer as they are told to."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from services.delivery.platforms.platform import (
    Answer,
    Attempt,
    Away,
    Busy,
    Call,
    Credential,
    Done,
    Errand,
    Kind,
    Platform,
    Repeat,
    Unsure,
)
from shared.events.actions import Act
from simulated.world import Request, World

BEGAN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TRIES_MAX = 50
"""Of one errand: more is a loop."""


def errand(kind: Kind, community: str, id_: str = "act-1", **act: Any) -> Errand:  # noqa: ANN401 - a part may be anything
    """Return an errand."""
    return Errand(id_, kind, community, Act(cause="decision-1", **act))


class Scripted:
    """Answers in order, and keeps what it was asked."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.calls: list[Call] = []
        self._answers = list(answers)

    async def __call__(self, call: Call) -> Answer:
        self.calls.append(call)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def says(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer of JSON."""
    return Answer(status, headers or {}, json.dumps(body).encode())


def request_of(platform: Platform, call: Call, credential: Credential) -> Request:
    """Return the request that a call is, as a server reads it."""
    outward = platform.outward(call, credential)
    url = urlsplit(outward.url)
    headers = {name.lower(): value for name, value in outward.headers.items()}
    return Request(outward.method, url.path, dict(parse_qsl(url.query)), headers, outward.content or b"")


class Played:
    """Asks a world without a network; `faults` says of each call that changes something how it ends, then all end well."""

    def __init__(self, platform: Platform, world: World, credential: Credential, faults: Sequence[str] = ()) -> None:
        self.asked = 0
        self._platform, self._world, self._credential, self._faults = platform, world, credential, list(faults)

    async def __call__(self, call: Call) -> Answer:
        self.asked += 1
        fault = self._faults.pop(0) if call.is_visible and self._faults else "well"
        if fault == "away":
            raise Away("the connection was refused")
        if fault == "broken":
            return self._answer(self._world.broken())
        if fault == "stormy":
            return self._answer(self._world.stormy(1.0))
        if fault == "never":
            raise Unsure("the connection was cut")
        reply = self._world.answer(request_of(self._platform, call, self._credential))
        if fault == "lost":
            raise Unsure("the connection was cut")
        return self._answer(reply)

    def _answer(self, reply: Any) -> Answer:  # noqa: ANN401 - a world's reply
        return Answer(reply.status, {"date": "Mon, 02 Mar 2026 09:30:00 GMT", **reply.headers}, reply.raw)


Ask = Callable[[Call], Awaitable[Answer]]


class Executor:
    """Carries errands out until they are done, as it must be done: whatever may have been done is looked for first."""

    def __init__(self, platform: Platform, ask: Ask, began: datetime = BEGAN) -> None:
        self._platform, self._ask, self._began = platform, ask, began
        self.done: dict[str, Done] = {}

    async def settle(self, one: Errand, before: str | None = None) -> Done:
        """Carry one out, whatever goes wrong on the way."""
        is_unsure = False
        for _ in range(TRIES_MAX):
            try:
                done = await self._find(one, before) if is_unsure else None
                is_unsure = False if done is None else is_unsure
                done = done or await self._platform.carry_out(one, self._ask)
            except (Busy, Away):
                continue
            except Unsure:
                is_unsure = True
                continue
            self.done[one.id] = done
            return done
        raise AssertionError("this never ends")

    async def _find(self, one: Errand, before: str | None) -> Done | None:
        if self._platform.repeat(one) is not Repeat.VISIBLE:
            return None
        ours = [id_ for done in self.done.values() for id_ in (done.content_id, *done.also) if id_ is not None]
        return await self._platform.find(one, Attempt(self._began, before, ours), self._ask)


def fields(call: Call) -> dict[str, Any]:
    """Return the body of a call."""
    return cast("dict[str, Any]", call.body)
