"""Feeds of watched sources, asked for now and then, and only for what changed since.

Who may declare a connection could make the server ask for any address: those inside the own network are refused, at each
redirection, unless `VECHE_PRIVATE_FEEDS` allows them (shared/outgoing/).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator

import httpx
import msgspec
from typing_extensions import override

from services.ingest.connectors.feed import ADDRESS
from services.ingest.connectors.feed.entries import read
from services.ingest.sources.rounds import Found, rounds
from services.ingest.sources.source import Answer, Busy, Page, Refused, Source, answered, packed, unpacked
from services.ingest.store import Connected, Piece
from shared.errors import Retryable, Unprocessable
from shared.outgoing.transport import Forbidden, OwnNetwork

EVERY_S = 300.0
"""Feeds ask for no more than that; most change a few times a day."""

FEED_BYTES_MAX = 900_000
"""One record of Kafka; the largest feeds have a third of it."""

REDIRECTS_MAX = 5
NOT_MODIFIED, GONE = 304, 410
AGENT = "veche/1 (feed reader)"
ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1"
SCHEMES = frozenset({"http", "https"})


class Seen(msgspec.Struct, frozen=True):
    """What a feed said of itself when it was asked last."""

    etag: str = ""
    modified: str = ""
    digest: str = ""


class Feed(Source):
    """The source; the place is what each feed said of itself."""

    def __init__(self, http: httpx.AsyncClient, *, every_s: float = EVERY_S) -> None:
        """`http` sends through a `Guarded` transport: whoever declares a connection chooses the address."""
        self._http, self._every_s = http, every_s

    @override
    async def pages(self, connection: Connected, place: str) -> AsyncGenerator[Page]:
        """Yield each feed that changed, whole: its entries are known by their ids."""
        async for page in rounds(connection, place, self.look, self._every_s):
            yield page

    async def look(self, community: str, place: str) -> Found:
        """Return the feed, where it changed."""
        url = community.removeprefix("feed:")
        seen = unpacked(place, Seen) or Seen()
        answer = await self._asked(url, seen)
        if answer.status == NOT_MODIFIED:
            return Found((), place)
        digest = hashlib.sha256(answer.body).hexdigest()[:32]
        now = Seen(answer.headers.get("etag", "")[:200], answer.headers.get("last-modified", "")[:200], digest)
        if digest == seen.digest:
            return Found((), packed(now))
        try:
            await asyncio.to_thread(read, answer.body)
        except Unprocessable as error:
            raise Refused(f"it answers with something else: {error}") from error
        return Found((Piece(answer.body, {ADDRESS: url}),), packed(now))

    async def _asked(self, url: str, seen: Seen) -> Answer:
        headers = {"User-Agent": AGENT, "Accept": ACCEPT}
        if seen.etag:
            headers["If-None-Match"] = seen.etag
        if seen.modified:
            headers["If-Modified-Since"] = seen.modified
        for _ in range(REDIRECTS_MAX + 1):
            answer = await self._answered(url, headers)
            location = answer.headers.get("location")
            if answer.status not in {301, 302, 303, 307, 308} or not location:
                break
            url = str(answer.url.join(location))
        else:
            raise Refused(f"it redirects more than {REDIRECTS_MAX} times")
        if answer.status not in {httpx.codes.OK, NOT_MODIFIED}:
            raise Refused(f"it answered with status {answer.status}; is the address right?")
        return answer

    async def _answered(self, url: str, headers: dict[str, str]) -> Answer:
        """Ask one address. Raises Refused where it is none of the web, or leads into the own network."""
        try:
            request = self._http.build_request("GET", url, headers=headers)
            return await answered(self._http, request, "the feed", FEED_BYTES_MAX)
        except OwnNetwork as error:
            raise Refused(f"{error}; VECHE_PRIVATE_FEEDS=true allows that") from None
        except (Forbidden, httpx.InvalidURL):
            raise Refused("its address is none of the web: use feed:https://…") from None
        except Busy as busy:
            raise Retryable(str(busy)) from None  # what one site asks for concerns no other
