"""The files of models: read ahead, beside the work of a process (`shelf.py`), and held while they are asked for.

Which are held changes no decision. A fold cannot wait, so one that is asked for and not at hand is read while everything
waits: it was let go for others, or is of a time that is over.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple

from gridfs import GridFSBucket
from gridfs.errors import GridFSError
from pymongo import MongoClient
from pymongo.read_concern import ReadConcern

from shared.errors import Unprocessable
from shared.fold.mongo import TIMES, translating
from shared.learned.artifact import unpacked
from shared.learned.model import Model

log = logging.getLogger(__name__)

BUCKET = "models"


class _Held(NamedTuple):
    model: Model
    size: int


class ModelFiles:
    """Reads models by the names of their files, from any thread."""

    def __init__(self, mongo: str, database: str, bytes_max: int) -> None:
        """`bytes_max` bounds what is held, the model in use apart (`Settings.models_mb`)."""
        self._mongo, self._database, self._bytes_max = mongo, database, bytes_max
        self._held: OrderedDict[str, _Held] = OrderedDict()
        """The one that was asked for last comes last."""
        self._awaited: dict[str, Future[Model]] = {}
        """What is being read: whoever else asks for it waits for the same."""
        self._client: MongoClient[dict[str, Any]] | None = None
        self._lock = threading.Lock()

    def holds(self, file: str) -> bool:
        """Say whether a file is at hand."""
        return file in self._held

    def lacking(self, sizes: Mapping[str, int]) -> Sequence[str]:
        """Return which files, given with their sizes, to read ahead: for which there is room beside those asked for here."""
        with self._lock:
            held = [file for file in reversed(self._held) if file in sizes]
        room, found = self._bytes_max, []
        for file in dict.fromkeys((*held, *sizes)):
            if sizes[file] <= room:
                room -= sizes[file]
                found.append(file)
        return [file for file in found if file not in held]

    def at_once(self, file: str) -> Model:
        """Return the model of a file for a text that waits, and tell where it has to be read."""
        if not self.holds(file):
            log.warning(
                "%s is read while texts wait: with more memory for models (VECHE_MODELS_MB of moderation) it may be at hand",
                file,
            )
        return self.model(file)

    def model(self, file: str) -> Model:
        """Return the model of a file. Raises Retryable where MongoDB is away, Unprocessable where the file is lost."""
        with self._lock:
            held = self._held.get(file)
            if held is not None:
                self._held.move_to_end(file)
                return held.model
            awaited = self._awaited.get(file)
            if awaited is None:
                self._awaited[file] = Future()
        return self._read_for_all(file) if awaited is None else awaited.result()

    def _read_for_all(self, file: str) -> Model:
        """Read a file, and tell all who wait for it."""
        try:
            raw = self._read(file)
            model = unpacked(raw).model
        except BaseException as error:
            with self._lock:
                waiting = self._awaited.pop(file)
            waiting.set_exception(error)
            raise
        with self._lock:
            waiting = self._awaited.pop(file)
            self._held[file] = _Held(model, len(raw))
            self._let_go()
        waiting.set_result(model)
        return model

    def _let_go(self) -> None:
        while len(self._held) > 1 and sum(held.size for held in self._held.values()) > self._bytes_max:
            self._held.popitem(last=False)

    def _read(self, file: str) -> bytes:
        with self._lock:
            if self._client is None:
                self._client = MongoClient(self._mongo, **TIMES)
        named = self._client.get_database(self._database, read_concern=ReadConcern("majority"))
        try:
            with translating():
                return GridFSBucket(named, BUCKET).open_download_stream(file).read()
        except GridFSError as error:
            raise Unprocessable(f"the file of a model cannot be read: {type(error).__name__}") from error

    async def close(self) -> None:
        """Close the connection, where there is one."""
        if self._client is not None:
            self._client.close()
