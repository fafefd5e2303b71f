"""Models of brands: files in GridFS, and versions that take effect like those of policies.

A file is kept whole under its digest before a version names it, so whoever knows a version can read its file. GridFS,
because a document of MongoDB ends at 16 MB, and a model may have 64.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import hashlib
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from gridfs import AsyncGridFSBucket, NoFile
from gridfs.errors import FileExists
from pymongo.read_concern import ReadConcern

from shared.clock import Clock
from shared.errors import Retryable, Unprocessable
from shared.fold.mongo import MAJORITY, Client, translated
from shared.learned.artifact import unpacked
from shared.learned.stored import ModelStatus, Stored
from shared.models.files import BUCKET, ModelFiles
from shared.policy import DEFAULT, Version
from shared.shelf import MongoShelf

KIND = "Classifier"

NAMES_MAX = 10
"""Models of one brand: more than a policy asks, and what people can tell apart."""

Named = Callable[[], Awaitable[Collection[tuple[str, str]]]]
"""Returns which models policies ask: brands and names."""


Check = Callable[[Collection[str]], None]
"""Raises Unprocessable where a model with such labels is of no use."""


async def read_ahead(held: ModelFiles, versions: Iterable[Version], now: datetime) -> None:
    """Have at hand what texts are judged by now and soon, as much as there is room for. Raises Retryable."""
    sizes = {one.spec["file"]: one.spec["bytes"] for one in current(versions, now) if one.spec["status"] != "off"}
    for file in held.lacking(sizes):
        with contextlib.suppress(Unprocessable):  # told to whom it is asked for
            await asyncio.to_thread(held.model, file)


def current(versions: Iterable[Version], now: datetime) -> Sequence[Version]:
    """Return, of each document, the version in force and those that will be."""
    found: dict[tuple[str, str], list[Version]] = {}
    for one in sorted(versions, key=lambda version: version.version):
        before = found.get((one.brand, one.name), [])
        found[one.brand, one.name] = [one] if one.effective <= now else [*before, one]
    return [one for kept in found.values() for one in kept]


class Models:
    """The models of all brands; a shelf whose versions come with their models."""

    def __init__(
        self,
        client: Client,
        database: str,
        clock: Clock,
        delay_s: float,
        held: ModelFiles,
        named: Named | None = None,
        check: Check | None = None,
    ) -> None:
        """`delay_s` is when a stored version takes effect; `held` reads the files, ahead those that are `named`.

        `check` refuses models by their labels.
        """
        own = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._files, self._check = AsyncGridFSBucket(own, BUCKET), check
        self._shelf, self._held, self._named, self._clock = MongoShelf(client, database, clock, delay_s), held, named, clock

    async def all(self, kind: str = KIND) -> Iterable[Version]:
        """Return every version, each with its model in its spec (`stored`). Raises Retryable where MongoDB is away."""
        versions = list(await self._shelf.all(kind))
        if self._named is not None:
            named = await self._named()
            await read_ahead(self._held, [one for one in versions if (one.brand, one.name) in named], self._clock.now())
        return [dataclasses.replace(one, spec={**one.spec, "stored": self._stored(one.spec)}) for one in versions]

    def _stored(self, spec: Mapping[str, Any]) -> Stored:
        is_off = spec["status"] == "off"
        return Stored(spec["version"], spec["status"], None if is_off else partial(self._held.at_once, spec["file"]))

    async def put(self, brand: str, name: str, raw: bytes, status: ModelStatus, by: str) -> Version:
        """Store a file as the next version of a model. Raises Unprocessable where it is no model, or there are too many."""
        artifact = await asyncio.to_thread(unpacked, raw)
        if self._check is not None:
            self._check(artifact.model.labels)
        names = {version.name for version in await self.listed(brand)} | {name}
        if name == DEFAULT or len(names) > NAMES_MAX:
            raise Unprocessable(
                f"no model is called `{DEFAULT}`" if name == DEFAULT else f"a brand has at most {NAMES_MAX} models"
            )
        file = f"{brand}/{hashlib.sha256(raw).hexdigest()}"
        await self._keep(file, raw)
        spec = {"file": file, "version": artifact.version, "labels": list(artifact.model.labels), "bytes": len(raw)}
        return await self._shelf.store(KIND, brand, name, {**spec, "status": status}, by)

    async def _keep(self, file: str, raw: bytes) -> None:
        async with translated():
            async for _ in self._files.find({"_id": file}):
                return
            with contextlib.suppress(NoFile):
                await self._files.delete(file)  # what an upload that was cut off left behind
            try:
                await self._files.upload_from_stream_with_id(file, file, raw)
            except FileExists as error:
                raise Retryable("somebody else is uploading the same file; try again") from error

    async def turn(self, brand: str, name: str, status: ModelStatus, by: str) -> Version | None:
        """Store a version that differs in its status alone; None where there is no such model."""
        before = await self._shelf.latest(KIND, brand, name)
        if before is None:
            return None
        return await self._shelf.store(KIND, brand, name, {**before.spec, "status": status}, by)

    async def listed(self, brand: str) -> Sequence[Version]:
        """Return the newest version of each model of a brand."""
        found = sorted(await self._shelf.all(KIND), key=lambda version: version.version)
        return list({version.name: version for version in found if version.brand == brand}.values())


def built(version: int, spec: Mapping[str, Any]) -> Stored:
    """Return the model of a version."""
    del version
    stored: Stored = spec["stored"]
    return stored
