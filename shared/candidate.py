"""A candidate in the place of what is live: documents of a brand and its communities, as if always in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from shared.policy import Shelf, Version

ALWAYS = datetime.min.replace(tzinfo=UTC)


class CandidateShelf:
    """The live versions of a brand, but for the documents that the candidate holds."""

    def __init__(self, live: Shelf, brand: str, specs: Mapping[str, Mapping[str, object]], step: int = 1) -> None:
        """`specs` are the candidate's documents as they would be stored, by community, or `default` for the brand's.

        Each is numbered as so many versions after the newest live one of its name; 0 makes states of both alike.
        """
        self._live, self._brand, self._specs, self._step = live, brand, specs, step

    async def all(self, kind: str) -> Iterable[Version]:
        """Return every version of the brand's documents, the candidate's in the place of those of their names."""
        live = [version for version in await self._live.all(kind) if version.brand == self._brand]
        kept = [version for version in live if version.name not in self._specs]
        return [*kept, *(self._candidate(kind, name, live) for name in self._specs)]

    def _candidate(self, kind: str, name: str, live: Sequence[Version]) -> Version:
        number = self._step + max((version.version for version in live if version.name == name), default=0)
        return Version(kind, self._brand, name, number, ALWAYS, self._specs[name])
