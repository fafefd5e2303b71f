"""How a forum is asked, how often, and what its answers mean.

Source: https://docs.discourse.org and https://meta.discourse.org/t/global-rate-limits-and-throttling-in-discourse/78612: 60
requests a minute with an administrator's key, unless the forum's owner has set it otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar

import msgspec

from services.delivery.platforms.asking import failed, path_of, read, said, unclear, wait_of
from services.delivery.platforms.platform import Answer, Ask, Bucket, Busy, Call, Impossible, Lost, Pressure
from services.delivery.platforms.rates import within
from shared.errors import VecheError

T = TypeVar("T")
NAME = "The forum"

KEY = Bucket("bot", within(60, 60, 10))
"""All requests of a key together."""

FORBIDDEN, NOT_FOUND, GONE, CONFLICT, UNPROCESSABLE, TOO_MANY = 403, 404, 410, 409, 422, 429
REDIRECTS = frozenset({301, 302, 307, 308})

SESSION = "/session/current.json"

Method = Literal["GET", "POST", "PUT", "DELETE"]


class Extras(msgspec.Struct, frozen=True):
    """What a forum says beside a refusal."""

    wait_seconds: float | None = None


class Refusal(msgspec.Struct, frozen=True):
    """What a forum says where it refuses."""

    errors: list[str] = []
    extras: Extras = Extras()


def call(
    method: Method,
    route: str,
    parts: Mapping[str, str],
    body: Mapping[str, Any] | None = None,
    query: Mapping[str, str] | None = None,
) -> Call:
    """Return a call whose repetition changes nothing."""
    return Call(method, path_of(route, parts), route, query or {}, body, (KEY,))


async def asked(one: Call, ask: Ask, shape: type[T]) -> T:
    """Ask, and return what came. Raises whatever the answer means otherwise."""
    answer = await ask(one)
    await check(one, answer, ask)
    return read(one, answer, shape, NAME)


async def check(one: Call, answer: Answer, ask: Ask) -> None:
    """Raise what an answer means that is no success.

    A forum says `403` of a key that it does not know as well as of a missing right, in words of its own language: so it is
    asked who the key is.
    """
    if answer.status == FORBIDDEN and await _is_unknown(ask):
        raise Lost("the forum does not know the key or the user: make a new API key in its settings, and put it in again")
    refused = refusal(one, answer)
    if refused is not None:
        raise refused


async def _is_unknown(ask: Ask) -> bool:
    return (await ask(call("GET", SESSION, {}))).status == FORBIDDEN


def refusal(one: Call, answer: Answer) -> VecheError | None:
    """Return what an answer means that is no success; None of a success."""
    trouble = failed(one, answer, NAME)
    if trouble is not None or answer.status < 300:  # noqa: PLR2004 - below are the successes
        return trouble
    if answer.status in REDIRECTS:
        return unclear(one, "the forum has moved: put its present address in the connection")
    if answer.status == TOO_MANY:
        return Busy("the forum asks for a pause", _pause(answer))
    words = " ".join(_refusal(answer).errors)
    text = f"the forum refuses: {said(words) or f'status {answer.status}'}"
    if answer.status == FORBIDDEN:
        return Impossible("forbidden", f"{text}; the key's user has to be a moderator, and the key needs this scope")
    return Impossible("gone" if answer.status in {NOT_FOUND, GONE} else "refused", text)


def _refusal(answer: Answer) -> Refusal:
    try:
        return msgspec.json.decode(answer.body, type=Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Refusal()


def _pause(answer: Answer) -> float:
    told_s = _refusal(answer).extras.wait_seconds
    return wait_of(answer.headers.get("retry-after") if told_s is None else told_s)


def told(answer: Answer) -> Sequence[Pressure]:
    """Return what is to rest: all that is asked with the key."""
    return (Pressure(KEY.key, _pause(answer)),) if answer.status == TOO_MANY else ()
