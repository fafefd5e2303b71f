"""Sources: platforms that are asked, or listened to over a line of our own. A new one is a new file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import httpx

from services.ingest.sources.discord import Discord
from services.ingest.sources.feed import SCHEMES, Feed
from services.ingest.sources.reddit import Reddit
from services.ingest.sources.source import ASK_S, Source
from services.ingest.sources.telegram import Telegram
from services.ingest.sources.vk import Vk
from services.ingest.sources.youtube import Youtube
from services.ingest.sources.youtube_hub import YoutubeHub
from shared.outgoing.transport import guarded_client
from shared.settings import Settings

Make = Callable[[httpx.AsyncClient, Settings], Source]
"""From what asks, and what the installation sets."""

POLLED: Mapping[str, Make] = MappingProxyType(
    {
        "telegram": lambda http, settings: Telegram(http, settings.platform_apis.get("telegram")),
        "vk": lambda http, settings: Vk(http, settings.platform_apis.get("vk")),
        "youtube": lambda http, settings: Youtube(http, settings.platform_apis.get("youtube")),
        "reddit": lambda http, settings: Reddit(http, settings.platform_apis.get("reddit")),
        "feed": lambda _, settings: Feed(guarded_client(timeout_s=ASK_S, private=settings.private_feeds, schemes=SCHEMES)),
    }
)
"""Sources that are asked again and again: connections of mode `poll`."""

GATEWAYS: Mapping[str, Make] = MappingProxyType(
    {"discord": lambda http, settings: Discord(http, settings.platform_apis.get("discord"))}
)
"""Sources that tell over a line that is kept open: connections of mode `gateway`."""

SUBSCRIBED: Mapping[str, Make] = MappingProxyType(
    {"youtube": lambda http, settings: YoutubeHub(http, settings.public_url, settings.platform_apis.get("youtube-hub"))}
)
"""What webhooks need beside their address: a subscription that ends unless it is renewed."""

TOKENLESS = frozenset({"feed"})
"""Platforms that are polled without a token."""
