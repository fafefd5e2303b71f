"""The subscription to YouTube's hub, which ends after some days: begun and renewed for each channel of a connection.

Nothing comes this way: videos are pushed to the connection's webhook. The hub asks that address whether it is wanted (the
connector's handshake) before it begins.
Source: https://developers.google.com/youtube/v3/guides/push_notifications.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator

import httpx
from typing_extensions import override

from services.ingest.sources.rounds import Found, rounds
from services.ingest.sources.source import Page, Refused, Source, answered
from services.ingest.store import Connected

HUB = "https://pubsubhubbub.appspot.com/subscribe"
TOPIC = "https://www.youtube.com/feeds/videos.xml?channel_id="
LEASE_S = 432_000
"""Five days: what the hub gives at most."""

RENEW_S = 86_400.0
"""A day: a hub that is away for four is still in time."""

ACCEPTED = frozenset({202, 204})


class YoutubeHub(Source):
    """The source; its pages are empty."""

    def __init__(
        self, http: httpx.AsyncClient, public_url: str | None, hub: str | None = None, *, every_s: float = RENEW_S
    ) -> None:
        self._http, self._public_url, self._hub, self._every_s = http, public_url, hub or HUB, every_s

    @override
    async def pages(self, connection: Connected, place: str) -> AsyncGenerator[Page]:
        """Subscribe to each listed channel, and again every day."""
        if self._public_url is None:
            raise Refused("nobody subscribes to its channels: VECHE_PUBLIC_URL must say where the hub reaches this service")
        callback = f"{self._public_url.rstrip('/')}/v1/hooks/{connection.name}"

        async def look(community: str, place: str) -> Found:
            await self._subscribe(connection, callback, community.removeprefix("youtube:"))
            return Found((), place)

        async for page in rounds(connection, place, look, self._every_s):
            yield page

    async def _subscribe(self, connection: Connected, callback: str, channel: str) -> None:
        """Ask the hub for a channel. Raises Retryable where it is away, Refused where it will not."""
        form = {
            "hub.mode": "subscribe",
            "hub.verify": "async",
            "hub.callback": callback,
            "hub.topic": TOPIC + channel,
            "hub.lease_seconds": str(LEASE_S),
        }
        if connection.secrets:
            form["hub.secret"] = connection.secrets[0]
        if connection.handshake:
            form["hub.verify_token"] = connection.handshake
        answer = await answered(self._http, self._http.build_request("POST", self._hub, data=form), "YouTube's hub")
        if answer.status not in ACCEPTED:
            said = answer.body[:200].decode("utf-8", "replace")
            raise Refused(
                f"YouTube's hub refused ({answer.status}): {said}; is the channel id right, and {callback} public?"
            )
