"""What a candidate is judged by beside its documents: newest models, and the version numbers of the live policies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from services.moderation.rules.case import Policy
from shared.candidate import ALWAYS
from shared.policy import InForce, Shelf, Version


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
