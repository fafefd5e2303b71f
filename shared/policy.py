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
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from shared.clock import Clock
from shared.errors import Retryable, Unprocessable
from shared.fold.mongo import MAJORITY, Client, translated

log = logging.getLogger(__name__)

P = TypeVar("P")
P_co = TypeVar("P_co", covariant=True)

STORE_TRIES = 5
"""Two people who store a version at once: the second takes the next number."""


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


class Shelf(Protocol):
    """Where versions are kept."""

    async def all(self, kind: str) -> Iterable[Version]:
        """Return every version of every document of a kind."""


class Built(Protocol[P_co]):
    """Makes a policy of a version's spec. It was checked when it was stored, by the release of then."""

    def __call__(self, version: int, spec: Mapping[str, Any]) -> P_co:
        """Return the policy."""


class Broken(NamedTuple):
    """Stands in the place of a version that could not be built."""

    reason: str


DEFAULT = "default"


class PolicyBook(Generic[P]):
    """All versions of one kind, in memory, read again when they are too old."""

    def __init__(self, shelf: Shelf, kind: str, build: Built[P], fallback: P, refresh_s: float) -> None:
        """`fallback` is in force where a brand has stored nothing (yet)."""
        self._shelf, self._kind, self._build, self._fallback, self._refresh_s = shelf, kind, build, fallback, refresh_s
        self._read_at: float | None = None
        self._times: dict[tuple[str, str], list[datetime]] = {}
        self._policies: dict[tuple[str, str], list[P | Broken]] = {}
        self._known: dict[tuple[str, str, int], P | Broken] = {}

    @property
    def age_s(self) -> float:
        """Return how long ago the versions were read, in seconds; infinity where they never were."""
        return math.inf if self._read_at is None else time.monotonic() - self._read_at

    async def run(self) -> None:
        """Keep the versions read, for those who cannot wait for it, until cancelled."""
        while True:
            with contextlib.suppress(Retryable):
                await self.refresh()
            await asyncio.sleep(self._refresh_s)

    async def refresh(self) -> None:
        """Read the versions where they were read too long ago. Raises Retryable where that fails."""
        now = time.monotonic()
        if self.age_s < self._refresh_s:
            return
        self._take(await self._shelf.all(self._kind))
        self._read_at = now

    def _take(self, versions: Iterable[Version]) -> None:
        times: dict[tuple[str, str], list[datetime]] = {}
        policies: dict[tuple[str, str], list[P | Broken]] = {}
        for found in sorted(versions, key=lambda v: v.version):
            key = (found.brand, found.name)
            times.setdefault(key, []).append(found.effective)
            policies.setdefault(key, []).append(self._built(found))
        self._times, self._policies = times, policies

    def _built(self, found: Version) -> P | Broken:
        key = (found.brand, found.name, found.version)
        if key not in self._known:
            try:
                self._known[key] = self._build(found.version, found.spec)
            except Exception as error:  # noqa: BLE001 - one brand's version must not stop the others
                name = f"version {found.version} of {found.kind} {found.name} of {found.brand}"
                log.error("%s cannot be used: %s", name, type(error).__name__)  # noqa: TRY400 - quotes nothing of it
                self._known[key] = Broken(f"{name} cannot be used by this release: {type(error).__name__}")
        return self._known[key]

    def at(self, brand: str, community: str | None, moment: datetime) -> P:
        """Return the policy in force: the community's own, else the brand's, else the fallback.

        Raises Unprocessable where that is a version which cannot be used: what it concerns waits as dead letters.
        """
        for name in (community, DEFAULT):
            key = (brand, name or DEFAULT)
            if key in self._times:
                place = bisect_right(self._times[key], moment)
                if place:
                    return _usable(self._policies[key][place - 1])
        return self._fallback


def _usable(policy: P | Broken) -> P:
    if isinstance(policy, Broken):
        raise Unprocessable(policy.reason)
    return policy


class MongoShelf:
    """Versions in the `policies` collection of a service's database."""

    def __init__(self, client: Client, database: str, clock: Clock, delay_s: float) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._versions, self._clock, self._delay = named["policies"], clock, timedelta(seconds=delay_s)

    async def all(self, kind: str) -> Iterable[Version]:
        """Return every version of every document of a kind."""
        async with translated():
            found = await self._versions.find({"kind": kind}).to_list()
        return [_version(document) for document in found]

    async def latest(self, kind: str, brand: str, name: str = DEFAULT) -> Version | None:
        """Return the newest version of a document."""
        async with translated():
            query = {"kind": kind, "brand": brand, "name": name}
            found = await self._versions.find_one(query, sort=[("version", -1)])
        return None if found is None else _version(found)

    async def _is_new(self, document: dict[str, Any]) -> bool:
        """Store a version; say whether its number was still free."""
        async with translated():
            try:
                await self._versions.insert_one(document)
            except DuplicateKeyError:
                return False
        return True

    async def store(self, kind: str, brand: str, name: str, spec: Mapping[str, Any], by: str) -> Version:
        """Store the next version; unchanged specs make none. It takes effect after the delay."""
        for _ in range(STORE_TRIES):
            before = await self.latest(kind, brand, name)
            if before is not None and before.spec == spec:
                return before
            number = 1 if before is None else before.version + 1
            effective = self._clock.now() + self._delay
            if before is not None:
                effective = max(effective, before.effective + timedelta(milliseconds=1))
            document = {
                "_id": f"{kind}/{brand}/{name}/{number}",
                "kind": kind,
                "brand": brand,
                "name": name,
                "version": number,
                "effective": effective,
                "spec": dict(spec),
                "by": by,
            }
            if await self._is_new(document):
                return _version(document)
        raise Retryable(f"{kind} of {brand} is being changed by others; try again")


def _version(document: Mapping[str, Any]) -> Version:
    effective: datetime = document["effective"]
    return Version(document["kind"], document["brand"], document["name"], document["version"], effective, document["spec"])
