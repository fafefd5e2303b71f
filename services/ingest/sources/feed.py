"""Feeds of watched sources, asked for now and then, and only for what changed since.

Who may declare a connection could make the server ask for any address: those inside the own network are refused, at each
redirection, unless `VECHE_PRIVATE_FEEDS` allows them. (What a name means is looked up once more when the request is made; an
attacker who owns a name and changes it in between is not stopped here, but by the network.)
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from urllib.parse import urlsplit

import httpx
import msgspec
from typing_extensions import override

from services.ingest.connectors.feed import ADDRESS
from services.ingest.connectors.feed.entries import read
from services.ingest.sources.rounds import Found, rounds
from services.ingest.sources.source import Answer, Busy, Page, Refused, Source, answered, packed, unpacked
from services.ingest.store import Connected, Piece
from shared.errors import Retryable, Unprocessable

EVERY_S = 300.0
"""Feeds ask for no more than that; most change a few times a day."""

FEED_BYTES_MAX = 900_000
"""One record of Kafka; the largest feeds have a third of it."""

TRANSLATED = tuple(
    map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "fec0::/10"))
)
"""Addresses behind which an address of the older kind may stand, perhaps one of the own network."""

REDIRECTS_MAX = 5
NOT_MODIFIED, GONE = 304, 410
AGENT = "veche/1 (feed reader)"
ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1"


Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""Returns the addresses of a host. Raises Retryable where it is not known."""


class Seen(msgspec.Struct, frozen=True):
    """What a feed said of itself when it was asked last."""

    etag: str = ""
    modified: str = ""
    digest: str = ""


class Feed(Source):
    """The source; the place is what each feed said of itself."""

    def __init__(
        self, http: httpx.AsyncClient, *, private: bool = False, every_s: float = EVERY_S, resolve: Resolve | None = None
    ) -> None:
        self._http, self._private, self._every_s = http, private, every_s
        self._resolve = resolve or resolved

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
            await self._check(url)
            request = self._http.build_request("GET", url, headers=headers)
            try:
                answer = await answered(self._http, request, "the feed", FEED_BYTES_MAX)
            except Busy as busy:
                raise Retryable(str(busy)) from None  # what one site asks for concerns no other
            location = answer.headers.get("location")
            if answer.status not in {301, 302, 303, 307, 308} or not location:
                break
            url = str(answer.url.join(location))
        else:
            raise Refused(f"it redirects more than {REDIRECTS_MAX} times")
        if answer.status not in {httpx.codes.OK, NOT_MODIFIED}:
            raise Refused(f"it answered with status {answer.status}; is the address right?")
        return answer

    async def _check(self, url: str) -> None:
        """Refuse what is no web address, or leads into the own network."""
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            host, parts = "", urlsplit("")
        if parts.scheme not in {"http", "https"} or not host:
            raise Refused("its address is none of the web: use feed:https://…")
        if self._private:
            return
        if not all(is_public(address) for address in await self._resolve(host)):
            raise Refused("its address leads into the own network; VECHE_PRIVATE_FEEDS=true allows that")


async def resolved(host: str) -> Sequence[str]:
    """Return the addresses of a host. Raises Retryable where it is not known."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Retryable("its host is not known") from None
    return [str(address[0]) for *_, address in found]


def is_public(address: str) -> bool:
    """Return whether an address is one of the Internet: not of this machine, a private network, or a cloud's own service."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and any(found in network for network in TRANSLATED):
        return False
    return found.is_global and not found.is_multicast
