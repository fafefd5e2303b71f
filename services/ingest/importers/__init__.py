"""Importers: exports of platforms into events of the past. A new format is a new folder and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from services.ingest.importers.discord import Discord
from services.ingest.importers.importer import Importer
from services.ingest.importers.pushshift import Pushshift
from services.ingest.importers.slack import Slack
from services.ingest.importers.stackexchange import StackExchange
from services.ingest.importers.telegram_channels import TelegramChannels
from services.ingest.importers.telegram_desktop import TelegramDesktop

_ALL: tuple[Importer, ...] = (Slack(), StackExchange(), TelegramDesktop(), TelegramChannels(), Discord(), Pushshift())

IMPORTERS: Mapping[str, Importer] = MappingProxyType({importer.format: importer for importer in _ALL})
"""Every importer by the name of its format."""
