"""Importers: exports of platforms into events of the past. A new format is a new folder and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from services.ingest.importers.discord import Discord
from services.ingest.importers.importer import Importer
from services.ingest.importers.mapped import ROWS, Mapped
from services.ingest.importers.pushshift import Pushshift
from services.ingest.importers.slack import Slack
from services.ingest.importers.stackexchange import StackExchange
from services.ingest.importers.telegram_channels import TelegramChannels
from services.ingest.importers.telegram_desktop import TelegramDesktop
from shared.errors import Unprocessable

_ALL: tuple[Importer, ...] = (Slack(), StackExchange(), TelegramDesktop(), TelegramChannels(), Discord(), Pushshift())

IMPORTERS: Mapping[str, Importer] = MappingProxyType({importer.format: importer for importer in _ALL})
"""Every importer by the name of its format."""

FORMATS = (*IMPORTERS, *ROWS)
"""Every format by name; the last ones need a mapping."""


def importer_of(format_: str, mapping: Path | None) -> Importer:
    """Return the importer of a format. Raises Unprocessable where there is none, or its mapping is not as it should be."""
    if format_ in ROWS:
        if mapping is None:
            raise Unprocessable(f"{format_} needs --mapping, the file that says what its columns mean")
        return Mapped(format_, mapping)
    if mapping is not None:
        raise Unprocessable(f"{format_} needs no --mapping")
    if format_ not in IMPORTERS:
        raise Unprocessable(f"unknown format {format_}; known are {', '.join(FORMATS)}")
    return IMPORTERS[format_]
