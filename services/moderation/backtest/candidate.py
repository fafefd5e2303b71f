"""A candidate in the place of what is live: documents of a brand and its communities, as if always in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from services.moderation.rules.case import Policy
from shared.policy import InForce, Shelf, Version

ALWAYS = datetime.min.replace(tzinfo=UTC)


class CandidateShelf:
    """The live versions of a brand, but for the documents that the candidate holds."""

    def __init__(self, live: Shelf, brand: str, specs: Mapping[str, Mapping[str, object]]) -> None:
        """`specs` are the candidate's documents as they would be stored, by community, or `default` for the brand's."""
        self._live, self._brand, self._specs = live, brand, specs

    async def all(self, kind: str) -> Iterable[Version]:
        """Return every version of the brand's documents, the candidate's in the place of those of their names."""
        live = [version for version in await self._live.all(kind) if version.brand == self._brand]
        kept = [version for version in live if version.name not in self._specs]
        return [*kept, *(self._candidate(kind, name, live) for name in self._specs)]

    def _candidate(self, kind: str, name: str, live: Sequence[Version]) -> Version:
        number = 1 + max((version.version for version in live if version.name == name), default=0)
        return Version(kind, self._brand, name, number, ALWAYS, self._specs[name])


class NewestModels:
    """The newest version of each model, as if it had always been in force."""

    def __init__(self, stored: Shelf) -> None:
        self._stored = stored

    async def all(self, kind: str) -> Iterable[Version]:
        """Return one version of each."""
        found = sorted(await self._stored.all(kind), key=lambda version: version.version)
        newest = {(version.brand, version.name): version for version in found}
        return [replace(version, effective=ALWAYS) for version in newest.values()]


class InPlace:
    """The candidate's policies under the version numbers of the live ones.

    So a decision that both make has one id: what a person took back of the live one is taken back of the candidate's, too.
    """

    def __init__(self, candidate: InForce[Policy], live: InForce[Policy]) -> None:
        self._candidate, self._live = candidate, live

    async def refresh(self) -> None:
        """Have both up to date. Raises Retryable."""
        await self._candidate.refresh()
        await self._live.refresh()

    def at(self, brand: str, community: str | None, moment: datetime) -> Policy:
        """Return the candidate's policy for that place. Raises Unprocessable where either cannot be used."""
        version = self._live.at(brand, community, moment).version
        return self._candidate.at(brand, community, moment)._replace(version=version)
