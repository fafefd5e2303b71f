"""RSS and Atom feeds of watched sources: blogs, news, forums without an API. A poller hands over a feed as it is.

A feed is the community `feed:<its address>`. It speaks itself, whoever signs an entry: names in feeds are no accounts. An
entry is known by its id, else its link, else its title and date. A feed tells a change only where it dates it, and never
that an entry is gone: entries leave a feed by growing old.
Source: https://www.rssboard.org/rss-specification and RFC 4287.
"""

from __future__ import annotations

from collections.abc import Mapping

from typing_extensions import override

from services.ingest.connectors.delivery import Delivery, Keys
from services.ingest.connectors.feed.entries import read, told_of
from services.ingest.connectors.payload import Connector, Decoded, Payload, Reason, refused

ADDRESS = "veche-feed"
"""Not of the feed: the poller names the feed by it."""

ENTRIES_MAX = 1_000
"""Of one feed; most have 10 to 50."""


class Feed(Connector):
    """The connector; nothing comes by webhook."""

    platform = "feed"
    kept_headers = (ADDRESS,)

    @override
    def verify(self, delivery: Delivery, keys: Keys) -> bool:
        """Return that nothing is genuine: a feed is asked for."""
        del delivery, keys
        return False

    @override
    def place(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        """Return the feed that the poller named."""
        del body
        return f"feed:{headers[ADDRESS]}" if headers.get(ADDRESS) else None

    @override
    def decode(self, payload: Payload) -> Decoded:
        """Return what the feed's entries tell, oldest first."""
        address = payload.headers.get(ADDRESS)
        if not address:
            return refused(Reason.NO_COMMUNITY, "feed")
        entries = read(payload.body)
        if not entries:
            return refused(Reason.NO_CONTENT, "feed")
        found = [told for entry in reversed(entries[:ENTRIES_MAX]) for told in told_of(payload, f"feed:{address}", entry)]
        return Decoded(events=tuple(found)) if found else refused(Reason.NO_CONTENT, "feed")
