"""Models of brands: files in GridFS, and versions that take effect like those of policies.

A file is kept whole under its digest before a version names it, so whoever knows a version can read its file. GridFS,
because a document of MongoDB ends at 16 MB, and a model may have 64.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from gridfs import AsyncGridFSBucket, NoFile
from gridfs.errors import FileExists, GridFSError
from pymongo.read_concern import ReadConcern

from services.moderation.learned.artifact import Artifact, unpacked
from services.moderation.learned.scoring import ModelStatus, Stored
from shared.clock import Clock
from shared.errors import Retryable, Unprocessable
from shared.fold.mongo import MAJORITY, Client, translated
from shared.policy import DEFAULT, Version
from shared.shelf import MongoShelf
from shared.topics import EVENTS

KIND = "Classifier"

NAMES_MAX = 10
"""Models of one brand: each process that judges has all of them in memory."""

KEPT = EVENTS.retention + timedelta(days=7)
"""After it has been replaced so long, a version is not read any more: the topic no longer holds what it would judge."""


class Models:
    """The models of all brands; a shelf whose versions come with their models."""

    def __init__(self, client: Client, database: str, clock: Clock, delay_s: float) -> None:
        """`delay_s` is when a stored version takes effect."""
        named = client.get_database(database, read_concern=ReadConcern("majority"), write_concern=MAJORITY)
        self._files = AsyncGridFSBucket(named, "models")
        self._shelf, self._clock = MongoShelf(client, database, clock, delay_s), clock
        self._read: dict[str, Artifact] = {}
        """By file, as they were read."""

    async def all(self, kind: str = KIND) -> Iterable[Version]:
        """Return every version, each with its model in its spec (`stored`), or with why there is none (`wrong`)."""
        versions = list(await self._shelf.all(kind))
        old = self._old(versions)
        return [await self._with_model(version, is_old=_key(version) in old) for version in versions]

    def _old(self, versions: Sequence[Version]) -> set[tuple[str, str, int]]:
        """Return versions that were replaced too long ago to be asked for."""
        bound = self._clock.now() - KEPT
        replaced = {(one.brand, one.name, one.version - 1) for one in versions if one.effective < bound}
        return replaced & {_key(version) for version in versions}

    async def _with_model(self, version: Version, *, is_old: bool) -> Version:
        told: dict[str, Any] = {"wrong": "replaced too long ago"} if is_old else await self._stored(version.spec)
        return dataclasses.replace(version, spec={**version.spec, **told})

    async def _stored(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        if spec["status"] == "off":
            return {"stored": Stored(spec["version"], "off", None)}
        try:
            artifact = await self._artifact(spec["file"])
        except (GridFSError, Unprocessable) as error:
            return {"wrong": f"its file cannot be read: {type(error).__name__}"}
        return {"stored": Stored(artifact.version, spec["status"], artifact.model)}

    async def _artifact(self, file: str) -> Artifact:
        if file not in self._read:
            async with translated():
                raw = await (await self._files.open_download_stream(file)).read()
            self._read[file] = await asyncio.to_thread(unpacked, raw)
        return self._read[file]

    async def put(self, brand: str, name: str, raw: bytes, status: ModelStatus, by: str) -> Version:
        """Store a file as the next version of a model. Raises Unprocessable where it is no model, or there are too many."""
        artifact = await asyncio.to_thread(unpacked, raw)
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


def _key(version: Version) -> tuple[str, str, int]:
    return version.brand, version.name, version.version


def built(version: int, spec: Mapping[str, Any]) -> Stored | None:
    """Return the model of a version. Raises Unprocessable where it has none."""
    del version
    if "wrong" in spec:
        raise Unprocessable(spec["wrong"])
    stored: Stored = spec["stored"]
    return stored
