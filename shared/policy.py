"""Policies: versioned documents, each in force from a moment on. A record is judged under the version in force at its time.

A version takes effect some seconds after it is stored (15), and nobody folds with policies read longer ago than
a few (5): so every process knows a version before the first record that it concerns, and replay gives the same result.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from shared.cancelling import check_cancelled
from shared.errors import Retryable, Unprocessable

log = logging.getLogger(__name__)

P = TypeVar("P")
P_co = TypeVar("P_co", covariant=True)

MERGED_MAX = 200
"""Policies of communities merged with their brand's that are kept: one with words of its own takes 2 MB. Others are built
again when they are asked for, in half a millisecond where the words are the brand's."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a document as it was stored."""

    kind: str
    brand: str
    name: str
    """The community it is for, or `default` for the whole brand."""
    version: int
    effective: datetime
    spec: Mapping[str, Any]
    deleted: bool = False
    """Whether it says that there is no document of that name from then on; its spec is empty."""


class Shelf(Protocol):
    """Where versions are kept."""

    async def all(self, kind: str) -> Iterable[Version]:
        """Return every version of every document of a kind."""


class Built(Protocol[P_co]):
    """Makes a policy of a version's spec. It was checked when it was stored, by the release of then."""

    def __call__(self, version: int, spec: Mapping[str, Any]) -> P_co:
        """Return the policy."""


Merge = Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]]
"""Makes the spec that is in force in a community, of its brand's and its own."""


class Broken(NamedTuple):
    """Stands in the place of a version that could not be built."""

    reason: str


class InForce(Protocol[P_co]):
    """Tells which policy is in force: all that a fold needs of a `PolicyBook`."""

    async def refresh(self) -> None:
        """Have the versions up to date. Raises Retryable where that fails."""

    def at(self, brand: str, community: str | None, moment: datetime) -> P_co:
        """Return the policy in force. Raises Unprocessable where it cannot be used."""


class AllInForce(Protocol[P_co]):
    """Tells which of several documents are in force."""

    async def refresh(self) -> None:
        """Have the versions up to date. Raises Retryable where that fails."""

    def all_at(self, brand: str, moment: datetime) -> Mapping[str, P_co]:
        """Return those of a brand, by name."""


DEFAULT = "default"


class PolicyBook(Generic[P]):
    """All versions of one kind, in memory, read again when they are too old."""

    def __init__(
        self, shelf: Shelf, kind: str, build: Built[P], fallback: P, refresh_s: float, merge: Merge | None = None
    ) -> None:
        """`fallback` is in force where a brand has stored nothing (yet); without `merge` communities inherit nothing."""
        self._shelf, self._kind, self._build, self._fallback, self._refresh_s = shelf, kind, build, fallback, refresh_s
        self._merge = merge
        self._read_at: float | None = None
        self._versions: dict[tuple[str, str], list[Version]] = {}
        self._times: dict[tuple[str, str], list[datetime]] = {}
        self._names: dict[str, list[str]] = {}
        self._known: dict[tuple[str, str, int], P | Broken] = {}
        self._merged: dict[tuple[str, str, int, int], P | Broken] = {}
        """By brand, community, and the versions of both; the one that was asked for last comes last."""

    @property
    def age_s(self) -> float:
        """Return how long ago the versions were read, in seconds; infinity where they never were."""
        return math.inf if self._read_at is None else time.monotonic() - self._read_at

    async def run(self) -> None:
        """Keep the versions read, for those who cannot wait for it, until cancelled."""
        while True:
            with contextlib.suppress(Retryable):
                await self.refresh()
            check_cancelled()
            await asyncio.sleep(self._refresh_s)

    async def refresh(self) -> None:
        """Read the versions where they were read too long ago. Raises Retryable where that fails."""
        now = time.monotonic()
        if self.age_s < self._refresh_s:
            return
        self._take(await self._shelf.all(self._kind))
        self._read_at = now

    def _take(self, versions: Iterable[Version]) -> None:
        found: dict[tuple[str, str], list[Version]] = {}
        for version in sorted(versions, key=lambda v: v.version):
            found.setdefault((version.brand, version.name), []).append(version)
        self._versions = found
        self._times = {key: [version.effective for version in kept] for key, kept in found.items()}
        self._names = {}
        for brand, name in found:
            self._names.setdefault(brand, []).append(name)
        self._build_early()

    def newest(self) -> Sequence[Version]:
        """Return the newest version of each document that is not deleted, in force or soon to be."""
        return [kept[-1] for kept in self._versions.values() if not kept[-1].deleted]

    def _build_early(self) -> None:
        """Build what will be asked for, so that no record waits: versions that stand alone, the newest of merged ones."""
        communities = 0
        for (brand, name), kept in self._versions.items():
            above = self._versions.get((brand, DEFAULT))
            if self._merge is None or name == DEFAULT or above is None:
                for version in kept:
                    if not version.deleted:
                        self._alone(version)
            elif (communities := communities + 1) <= MERGED_MAX:
                self._together(above[-1], kept[-1], self._merge)

    def _alone(self, found: Version) -> P | Broken:
        key = (found.brand, found.name, found.version)
        if key not in self._known:
            name = f"version {found.version} of {found.kind} {found.name} of {found.brand}"
            self._known[key] = self._built(name, found.version, lambda: found.spec)
        return self._known[key]

    def _together(self, above: Version, own: Version, merge: Merge) -> P | Broken:
        """Return a community's policy merged with its brand's; its number is the sum, which only grows."""
        key = (own.brand, own.name, above.version, own.version)
        policy = self._merged.pop(key, None)
        if policy is None:
            name = f"version {own.version} of {own.kind} {own.name} of {own.brand} on version {above.version} of the brand's"
            policy = self._built(name, above.version + own.version, lambda: merge(above.spec, own.spec))
        self._merged[key] = policy
        if len(self._merged) > MERGED_MAX:
            del self._merged[next(iter(self._merged))]
        return policy

    def _built(self, name: str, version: int, spec: Callable[[], Mapping[str, Any]]) -> P | Broken:
        try:
            return self._build(version, spec())
        except Exception as error:  # noqa: BLE001 - one brand's version must not stop the others
            log.error("%s cannot be used: %s", name, type(error).__name__)  # noqa: TRY400 - quotes nothing of it
            return Broken(f"{name} cannot be used by this release: {type(error).__name__}")

    def at(self, brand: str, community: str | None, moment: datetime) -> P:
        """Return the policy in force: the community's, on its brand's where they merge; else the brand's; else the fallback.

        Raises Unprocessable where that is a version which cannot be used: what it concerns waits as dead letters.
        """
        above = self._in_force(brand, DEFAULT, moment)
        own = None if community is None else self._in_force(brand, community, moment)
        if own is not None and above is not None and self._merge is not None:
            return _usable(self._together(above, own, self._merge))
        alone = own or above
        return self._fallback if alone is None else _usable(self._alone(alone))

    def all_at(self, brand: str, moment: datetime) -> Mapping[str, P]:
        """Return all documents of a brand in force, by name; those that this release cannot use are left out.

        For kinds that a brand has several of, each standing alone.
        """
        if brand not in self._names:
            return {}
        versions = ((name, self._in_force(brand, name, moment)) for name in self._names[brand])
        built = ((name, self._alone(version)) for name, version in versions if version is not None)
        return {name: policy for name, policy in built if not isinstance(policy, Broken)}

    def _in_force(self, brand: str, name: str, moment: datetime) -> Version | None:
        key = (brand, name)
        place = bisect_right(self._times[key], moment) if key in self._times else 0
        found = self._versions[key][place - 1] if place else None
        return None if found is None or found.deleted else found


def _usable(policy: P | Broken) -> P:
    if isinstance(policy, Broken):
        raise Unprocessable(policy.reason)
    return policy
