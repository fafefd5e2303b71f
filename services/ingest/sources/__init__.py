"""Sources: platforms that are asked, or listened to over a line of our own. A new one is a new file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import httpx

from services.ingest.sources.discord import Discord
from services.ingest.sources.source import Source
from services.ingest.sources.telegram import Telegram
from services.ingest.sources.vk import Vk

Make = Callable[[httpx.AsyncClient, str | None], Source]
"""From what asks, and the address of the API where it is not the platform's own."""

POLLED: Mapping[str, Make] = MappingProxyType({"telegram": Telegram, "vk": Vk})
"""Sources that are asked again and again: connections of mode `poll`."""

GATEWAYS: Mapping[str, Make] = MappingProxyType({"discord": Discord})
"""Sources that tell over a line that is kept open: connections of mode `gateway`."""
