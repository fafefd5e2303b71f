"""The time zones of brands, for quiet hours; read again when they are too old."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

UTC = "UTC"
"""Where a brand says nothing."""


class Brands(Protocol):
    """Where brands are declared."""

    async def all(self, kind: str, brand: str | None = None) -> Sequence[Mapping[str, Any]]:
        """Return all documents of a kind: brand, name, spec. Raises Retryable where the database is away."""


class BrandZones:
    """Each brand's time zone."""

    def __init__(self, directory: Brands, refresh_s: float) -> None:
        self._directory, self._refresh_s = directory, refresh_s
        self._zones: Mapping[str, str] = {}
        self._read_at: float | None = None

    async def refresh(self) -> None:
        """Read them where they were read too long ago. Raises Retryable where that fails."""
        now = time.monotonic()
        if self._read_at is None or now - self._read_at >= self._refresh_s:
            found = await self._directory.all("Brand")
            self._zones = {document["name"]: document["spec"].get("timezone", UTC) for document in found}
            self._read_at = now

    @property
    def brands(self) -> Collection[str]:
        """The names of all brands."""
        return self._zones.keys()

    def of(self, brand: str) -> str:
        """Return the zone of a brand."""
        return self._zones.get(brand, UTC)
