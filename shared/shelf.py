"""Where versions of policies are kept: the `policies` collection of a service's database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from shared.clock import Clock
from shared.errors import Retryable
from shared.fold.mongo import MAJORITY, Client, translated
from shared.policy import DEFAULT, Version

STORE_TRIES = 5
"""Two people who store a version at once: the second takes the next number."""


class MongoShelf:
    """Versions in the `policies` collection of a service's database."""

    def __init__(self, client: Client, database: str, clock: Clock, delay_s: float) -> None:
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._versions, self._clock, self._delay = named["policies"], clock, timedelta(seconds=delay_s)

    async def all(self, kind: str, brand: str | None = None) -> Iterable[Version]:
        """Return every version of every document of a kind; of one brand alone, where it is named."""
        async with translated():
            found = await self._versions.find({"kind": kind} | ({} if brand is None else {"brand": brand})).to_list()
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
        return await self._next(kind, brand, name, spec, by, is_deleted=False)

    async def delete(self, kind: str, brand: str, name: str, by: str) -> bool:
        """Have a document be none after the delay; say whether there was one. Its versions stay, for what is read again.

        Only for kinds whose communities inherit nothing: `PolicyBook` merges no version with one that is deleted.
        """
        before = await self.latest(kind, brand, name)
        if before is None or before.deleted:
            return False
        await self._next(kind, brand, name, {}, by, is_deleted=True)
        return True

    async def _next(
        self, kind: str, brand: str, name: str, spec: Mapping[str, Any], by: str, *, is_deleted: bool
    ) -> Version:
        for _ in range(STORE_TRIES):
            before = await self.latest(kind, brand, name)
            if before is not None and (before.spec, before.deleted) == (spec, is_deleted):
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
            } | ({"deleted": True} if is_deleted else {})
            if await self._is_new(document):
                return _version(document)
        raise Retryable(f"{kind} of {brand} is being changed by others; try again")


def _version(document: Mapping[str, Any]) -> Version:
    return Version(
        kind=document["kind"],
        brand=document["brand"],
        name=document["name"],
        version=document["version"],
        effective=document["effective"],
        spec=document["spec"],
        deleted="deleted" in document,
    )
