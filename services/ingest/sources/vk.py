"""VK's Bots Long Poll, for communities without a public address: the same objects that the Callback API posts.

Source: https://dev.vk.com/api/bots-long-poll/getting-started. VK keeps what happened for a while; a place that is older is
answered with `failed: 1` and the number to go on from: what was in between is lost, and counted.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from typing import NamedTuple

import httpx
import msgspec
from typing_extensions import override

from services.ingest.sources.source import BUSY_S, Busy, Page, Refused, Source, answered, read, token_of
from services.ingest.store import Connected, Piece
from shared.errors import Retryable

log = logging.getLogger(__name__)

API = "https://api.vk.com/method"
VERSION = "5.199"
WAIT_S = 25

CLOSED = frozenset({5, 15, 27, 28, 100})
"""Errors that a person must mend: the key is wrong or may not do it, or Long Poll is switched off.

Source: https://dev.vk.com/reference/errors.
"""

BUSY = frozenset({6, 9, 29})
"""Errors that mean too many requests."""

HELP = "switch on Long Poll API and its events at Manage → API usage → Long Poll API, with a key of the community"


class _Server(msgspec.Struct):
    key: str
    server: str
    ts: str | int


class _Error(msgspec.Struct):
    error_code: int = 0
    error_msg: str = ""


class _Told(msgspec.Struct):
    response: _Server | None = None
    error: _Error | None = None


class _News(msgspec.Struct):
    ts: str | int | None = None
    updates: list[msgspec.Raw] = []
    failed: int = 0


class Line(NamedTuple):
    """Where VK answers, for how long as it likes."""

    server: str
    key: str


class Vk(Source):
    """The source; the place is VK's `ts`."""

    def __init__(self, http: httpx.AsyncClient, api: str | None = None) -> None:
        self._http, self._api = http, api or API

    @override
    async def pages(self, connection: Connected, place: str) -> AsyncGenerator[Page]:
        """Yield events as they come. A connection has one community: VK's key is that of one."""
        group = group_of(connection)
        line, newest = await self._line(connection, group)
        place = place or newest
        while True:
            news = await self._asked(line, place)
            match news.failed:
                case 0:
                    place = str(news.ts) if news.ts is not None else place
                case 1:
                    log.error("%s: VK has forgotten what happened before %s: events are lost", connection.name, news.ts)
                    place = str(news.ts)
                case 2:  # the key is too old, the place is not
                    line, _ = await self._line(connection, group)
                case _:
                    log.error("%s: VK has forgotten the place: events may be lost", connection.name)
                    line, place = await self._line(connection, group)
            yield Page([Piece(bytes(update)) for update in news.updates], place)

    async def _line(self, connection: Connected, group: str) -> tuple[Line, str]:
        form = {"group_id": group, "access_token": token_of(connection), "v": VERSION}
        request = self._http.build_request("POST", f"{self._api}/groups.getLongPollServer", data=form)
        told = read(await answered(self._http, request, "VK"), _Told, "VK")
        if told.response is None:
            raise refusal(told.error or _Error())
        return Line(told.response.server, told.response.key), str(told.response.ts)

    async def _asked(self, line: Line, place: str) -> _News:
        query: dict[str, str | int] = {"act": "a_check", "key": line.key, "ts": place, "wait": WAIT_S}
        try:
            request = self._http.build_request("GET", line.server, params=query)
        except httpx.InvalidURL:
            raise Retryable("VK named no address") from None
        return read(await answered(self._http, request, "VK"), _News, "VK")


def refusal(error: _Error) -> Retryable | Refused:
    """Return what VK's error means for the connection."""
    said = f"VK refused ({error.error_code}): {error.error_msg[:200]}"
    if error.error_code in CLOSED:
        return Refused(f"{said}; {HELP}")
    return Busy(said, BUSY_S) if error.error_code in BUSY else Retryable(said)


def group_of(connection: Connected) -> str:
    """Return the number of the connection's community. Raises Refused where there is not exactly one."""
    listed = [community.id.removeprefix("vk:") for community in connection.spec.communities]
    if len(listed) != 1 or not listed[0].isdecimal():
        raise Refused("mode poll of VK needs exactly one community, as `vk:<number>`: its key is that of one")
    return listed[0]
