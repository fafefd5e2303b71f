"""Whether a brand is there: a misspelt name is told at every edge; it would live on apart from the brand that was meant."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from shared.http.problems import Problem

KEPT_S = 2.0
"""How long a brand that was there is taken to be there still; one that was not is looked up each time."""


class Documents(Protocol):
    """Where brands are declared."""

    async def get(self, kind: str, brand: str, name: str) -> Mapping[str, Any] | None:
        """Return the spec of a document. Raises Retryable where the database is away."""


class Brands:
    """The brands that were seen a moment ago: requests come by the thousand, brands by the year."""

    def __init__(self, documents: Documents, now: Callable[[], float] = time.monotonic) -> None:
        self._documents, self._now = documents, now
        self._seen: dict[str, float] = {}

    async def check(self, brand: str) -> None:
        """Raise Problem 404 where nobody has declared the brand."""
        if self._now() - self._seen.get(brand, float("-inf")) < KEPT_S:
            return
        if await self._documents.get("Brand", brand, brand) is None:
            self._seen.pop(brand, None)
            raise Problem(404, f"there is no brand {brand}; declare it first: `veche apply -f` a document of kind Brand")
        self._seen[brand] = self._now()
