"""How Discord is asked, how often, and what its answers mean.

Source: https://discord.com/developers/docs/topics/rate-limits and
https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar
from urllib.parse import quote

import msgspec

from services.delivery.platforms.asking import failed, path_of, read, said, wait_of
from services.delivery.platforms.platform import (
    Answer,
    Ask,
    Bucket,
    Busy,
    Call,
    Errand,
    Impossible,
    Lost,
    Pressure,
    unreachable,
)
from services.delivery.platforms.rates import within
from shared.errors import VecheError
from shared.limits.bucket import Rate

T = TypeVar("T")
NAME = "Discord"

GLOBAL = Bucket("bot", within(50, 1, 10))
"""All of a bot together: 50 a second."""

ROUTE = within(5, 1, 1)
"""Of one route in one channel or guild: five a second. Discord names no numbers and says them in headers, which `told`
reads; but several calls may be on their way before the first header is there, so this is the least that has been seen."""

MESSAGES = Rate(0.7, 1)
"""The same of messages to one channel: five in five seconds, and some to spare for what is late."""

MAJOR = ("channel", "guild")
"""Parts of a route for which limits are counted apart."""

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_MANY = 401, 403, 404, 429
UNKNOWN_MESSAGE, UNKNOWN_BAN = 10_008, 10_026
CANNOT_MESSAGE = 50_007
FORGOTTEN = frozenset({10_008, 10_015, 10_062, 50_027})
"""Of an answer to a press: its message, its webhook or the press itself is not known (any more), its token is too old."""

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Refusal(msgspec.Struct, frozen=True):
    """What Discord says where it refuses."""

    code: int = 0
    message: str = ""
    retry_after: float | None = None
    is_global: bool = msgspec.field(name="global", default=False)


def call(
    method: Method,
    route: str,
    parts: Mapping[str, str],
    body: Mapping[str, Any] | None = None,
    query: Mapping[str, str] | None = None,
) -> Call:
    """Return a call whose repetition changes nothing."""
    return Call(method, path_of(route, parts), route, query or {}, body, _buckets(method, route, parts))


def reasoned(errand: Errand, one: Call) -> Call:
    """Return the call with a line for the guild's audit log: which act it was, nothing that a member said."""
    headers = {"X-Audit-Log-Reason": quote(f"Veche, act {errand.id}", safe="")}
    return dataclasses.replace(one, headers=headers)


def _buckets(method: Method, route: str, parts: Mapping[str, str]) -> Sequence[Bucket]:
    counted = route
    for name in MAJOR:
        counted = counted.replace(f"{{{name}}}", parts.get(name, ""))
    rate = MESSAGES if method == "POST" and route.endswith("/messages") else ROUTE
    return (GLOBAL, Bucket(f"route/{method} {counted}", rate))


async def asked(one: Call, ask: Ask, shape: type[T]) -> T:
    """Ask, and return what came. Raises whatever the answer means otherwise."""
    answer = await ask(one)
    refused = refusal(one, answer)
    if refused is not None:
        raise refused
    return read(one, answer, shape, NAME)


def refusal(one: Call, answer: Answer) -> VecheError | None:
    """Return what an answer means that is no success; None of a success."""
    trouble = failed(one, answer, NAME)
    if trouble is not None or answer.status < 400:  # noqa: PLR2004 - from here on it is the asker's fault
        return trouble
    if answer.status == UNAUTHORIZED:
        return Lost(
            "Discord does not know the bot's token: reset it at the application's page, under Bot, and put it in again"
        )
    if answer.status == TOO_MANY:
        return Busy("Discord asks for a pause", _pause(answer))
    return _meaning(answer)


def _meaning(answer: Answer) -> Impossible:
    found = refusal_of(answer)
    text = f"Discord refuses: {said(found.message) or f'status {answer.status}'}"
    if found.code == CANNOT_MESSAGE:
        return unreachable(text)
    if answer.status == FORBIDDEN:
        return Impossible("forbidden", f"{text}; give the bot's role the permission, and put it above the member's roles")
    if answer.status == NOT_FOUND or b"UNKNOWN_MESSAGE" in answer.body:
        return Impossible("gone", text)
    return Impossible("refused", text)


def refusal_of(answer: Answer) -> Refusal:
    """Return what Discord says; of what is no answer of its API an empty one: its proxies refuse in HTML."""
    try:
        return msgspec.json.decode(answer.body, type=Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Refusal()


def _pause(answer: Answer) -> float:
    told_s = refusal_of(answer).retry_after
    return wait_of(answer.headers.get("retry-after") if told_s is None else told_s)


def told(one: Call, answer: Answer) -> Sequence[Pressure]:
    """Return what is to rest: the route's bucket once nothing remains of it, or all where the bot as a whole is meant."""
    if not one.buckets:
        return ()
    route = one.buckets[-1].key
    if answer.status == TOO_MANY:
        is_global = answer.headers.get("x-ratelimit-scope") == "global" or refusal_of(answer).is_global
        return (Pressure(GLOBAL.key if is_global else route, _pause(answer)),)
    if answer.headers.get("x-ratelimit-remaining") == "0":
        return (Pressure(route, wait_of(answer.headers.get("x-ratelimit-reset-after"))),)
    return ()
