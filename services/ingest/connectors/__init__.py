"""Connectors: a platform's payloads into events of the contract. A new platform is a new file and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from services.ingest.connectors.discord import Discord
from services.ingest.connectors.discourse import Discourse
from services.ingest.connectors.events import Events
from services.ingest.connectors.feed import Feed
from services.ingest.connectors.meta import Meta
from services.ingest.connectors.payload import Connector
from services.ingest.connectors.reddit import Reddit
from services.ingest.connectors.slack import Slack
from services.ingest.connectors.telegram import Telegram
from services.ingest.connectors.vk import Vk
from services.ingest.connectors.youtube import Youtube

_ALL: tuple[Connector, ...] = (
    Telegram(),
    Discord(),
    Slack(),
    Vk(),
    Meta("facebook"),
    Meta("instagram"),
    Discourse(),
    Youtube(),
    Reddit(),
    Feed(),
    Events(),
)

CONNECTORS: Mapping[str, Connector] = MappingProxyType({connector.platform: connector for connector in _ALL})
"""Every connector by the name of its platform."""
