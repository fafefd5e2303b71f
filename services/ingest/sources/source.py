"""The port of all sources: a platform's news page by page, and the place to go on from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import NamedTuple, Protocol, TypeVar

import httpx
import msgspec

from services.ingest.store import Connected, Piece
from shared.errors import Retryable, VecheError

ANSWER_BYTES_MAX = 20_000_000
"""Of one answer: 100 of the largest updates that Telegram has sent are a fifth of it."""

WHOLE_S = 50.0
"""From the request to the end of its answer: whoever drips a byte now and then does not hold the others up for ever."""

ASK_S = 35.0
"""How long a platform may take to answer: longer than it holds a long poll open."""

Sleep = Callable[[float], Awaitable[object]]
"""Waits so many seconds."""


class Page(NamedTuple):
    """What came at once."""

    pieces: Sequence[Piece]
    place: str
    """Where to go on once all of it is taken in."""
    pause_s: float = 0.0
    """How long to wait before the next: the platform's limit of requests."""
    missing: Sequence[str] | None = None
    """What a person has to set up at the platform, in sentences, where it is known now."""


class Source(Protocol):
    """One platform's way of telling what is new."""

    def pages(self, connection: Connected, place: str) -> AsyncGenerator[Page]:
        """Yield what is new since `place` (empty: from now on), for ever.

        Each page is asked for after the one before was taken in, and may be long in coming: the lease is kept beside. Raises
        Retryable where the platform is away, Refused where a person has to do something first. No text of either may hold a
        credential.
        """


class Refused(VecheError):
    """The platform refuses the connection until a person has done what the text says: trying at once is no use."""


class Busy(Retryable):
    """The platform asks to be left alone for a while."""

    def __init__(self, text: str, pause_s: float) -> None:
        super().__init__(text)
        self.pause_s = min(max(pause_s, 0.0), BUSY_S_MAX)


BUSY_S_MAX = 3600.0
"""A longer wait is asked for again: nobody forgets a connection for a day because of one header."""


class Answer(NamedTuple):
    """What a platform answered; its body is read as a whole, up to a limit."""

    status: int
    headers: httpx.Headers
    body: bytes
    url: httpx.URL


async def answered(http: httpx.AsyncClient, request: httpx.Request, name: str, limit: int = ANSWER_BYTES_MAX) -> Answer:
    """Send a request and read the answer. Raises Retryable, without the request's text, which may hold a token."""
    try:
        async with asyncio.timeout(WHOLE_S):
            response, body = await _whole(http, request, name, limit)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, TimeoutError) as error:
        raise Retryable(f"{name} is away: {type(error).__name__}") from None
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise Busy(f"{name} asks for a pause", pause_of(response.headers))
    if response.is_server_error:
        raise Retryable(f"{name} is away: status {response.status_code}")
    return Answer(response.status_code, response.headers, bytes(body), response.url)


async def _whole(http: httpx.AsyncClient, request: httpx.Request, name: str, limit: int) -> tuple[httpx.Response, bytearray]:
    response = await http.send(request, stream=True)
    try:
        body = bytearray()
        async for part in response.aiter_bytes():
            body += part
            if len(body) > limit:
                raise Retryable(f"{name} answered with more than {limit} bytes")
    finally:
        await response.aclose()
    return response, body


BUSY_S = 30.0
"""Where a platform asks for a pause without saying how long."""


def pause_of(headers: httpx.Headers) -> float:
    """Return how long a platform wants to be left alone, in seconds."""
    told = headers.get("retry-after", "")
    return float(told) if told.isdecimal() and len(told) <= 6 else BUSY_S  # noqa: PLR2004 - eleven days


T = TypeVar("T")


def read(answer: Answer, type_: type[T], name: str) -> T:
    """Return what an answer says. Raises Retryable where it is not of that type."""
    try:
        return msgspec.json.decode(answer.body, type=type_)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Retryable(f"{name} answered with status {answer.status} and something else than was expected") from None


def token_of(connection: Connected) -> str:
    """Return the connection's token. Raises Refused where it cannot be read."""
    if connection.token is None:
        raise Refused("its token cannot be read: see the log of the edge, which says why")
    return connection.token


def packed(place: object) -> str:
    """Return a place of several parts as one text."""
    return msgspec.json.encode(place).decode()


def unpacked(place: str, type_: type[T]) -> T | None:
    """Return a place's parts; None where it is none of ours, so that one begins anew."""
    try:
        return msgspec.json.decode(place, type=type_)
    except msgspec.DecodeError:
        return None
