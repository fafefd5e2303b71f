"""The store of a fold on MongoDB: one transaction a batch, fenced by the versions of the progress documents.

Collections in the service's own database: `progress` and `outbox` for all its groups; `GROUP.states`,
`GROUP.entries`, `GROUP.identities`, `GROUP.timers` for each. Reads and writes are majority, always said.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import bson
from bson import Binary
from pymongo import AsyncMongoClient, DeleteOne, ReplaceOne
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
)
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference
from pymongo.write_concern import WriteConcern

from shared.errors import Halt, Retryable
from shared.fold.definition import Document
from shared.fold.documents import chunk_document, chunk_of, progress_document, progress_of, timer_document
from shared.fold.ports import Changes, Chunk, Fenced
from shared.fold.progress import Progress
from shared.fold.transactions import abort, commit, ensure, insert, lsid

Client = AsyncMongoClient[dict[str, Any]]

MAJORITY = WriteConcern(w="majority", wtimeout=10_000)
FORGETTING = WriteConcern(w=1)
"""For deleting what was published: where that is lost, it is published again, and known again."""

DUPLICATE_KEY = 11000
INTERRUPTED = 11601
"""What a session meets whose id was given to `killSessions`."""


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Turn MongoDB's errors into ours: what may pass is Retryable, a lost transaction is a fence."""
    with translating():
        yield


@contextmanager
def translating() -> Iterator[None]:
    """Do the same for what is asked without waiting."""
    try:
        yield
    except (DuplicateKeyError, BulkWriteError) as error:
        raise _refused(error) from error
    except PyMongoError as error:
        if error.has_error_label("TransientTransactionError") or error.has_error_label("UnknownTransactionCommitResult"):
            raise Fenced(f"the transaction did not get through: {type(error).__name__}") from error
        if isinstance(error, OperationFailure) and error.code == INTERRUPTED:
            raise Fenced("another owner ended the session") from error
        if _passing(error):
            raise Retryable(f"MongoDB is away: {type(error).__name__}") from error
        raise


def _passing(error: PyMongoError) -> bool:
    """Say whether an error may pass: lost connections, elections, killed sessions."""
    if isinstance(error, ConnectionFailure | ExecutionTimeout):
        return True
    if not isinstance(error, OperationFailure):
        return False
    return error.code in RETRYABLE_CODES or error.has_error_label("RetryableWriteError")


RETRYABLE_CODES = frozenset({6, 7, 50, 64, 89, 91, 112, 189, 206, 251, 262, 9001, 10107, 11600, 11602, 13435, 13436})
"""Host gone, time limit, write concern time-out, shut down, write conflict, stepped down, no such session or transaction."""


def _refused(error: DuplicateKeyError | BulkWriteError) -> Exception:
    details = error.details or {}
    wrong = [details, *details.get("writeErrors", ()), *details.get("writeConcernErrors", ())]
    codes = {one.get("code") for one in wrong}
    if DUPLICATE_KEY in codes:
        return Halt("an entry or identity that must be new is stored already", "duplicate-entry")
    return Fenced("another owner ended the session") if INTERRUPTED in codes else error


class MongoStore:
    """What one process reads and writes of one group."""

    def __init__(self, client: Client, database: str, group: str) -> None:
        self._client, self._group = client, group
        named = client.get_database(
            database, read_concern=ReadConcern("majority"), write_concern=MAJORITY, read_preference=ReadPreference.PRIMARY
        )
        self._progress = named["progress"]
        self._outbox = named["outbox"]
        self._states = named[f"{group}.states"]
        self._entries = named[f"{group}.entries"]
        self._identities = named[f"{group}.identities"]
        self._timers = named[f"{group}.timers"]
        self._forgetting = self._outbox.with_options(write_concern=FORGETTING)
        self._reads: AsyncClientSession | None = None
        self._session: AsyncClientSession | None = None
        """The one of all transactions, from the first claim until nothing is held any more."""
        self._held: set[int] = set()

    async def prepare(self) -> None:
        """Make the indexes that the loop and the scheduler need; idempotent."""
        async with translated():
            await self._outbox.create_index([("group", 1), ("q", 1), ("seq", 1)])
            await self._timers.create_index([("due", 1)])
            for collection in (self._progress, self._states, self._entries, self._identities):
                await ensure(collection)

    async def claim(self, q: int, first: Progress) -> Progress:
        """Take the partition: kill the session of the owner before, raise the version, leave our own session's id."""
        ours = lsid(self._writer())
        async with translated():
            found = await self._progress.find_one({"_id": self._id(q)}, session=self._reader())
            if found is None:
                progress = await self._begin(q, first)
                self._held.add(q)
                return progress
            if found.get("session") != ours:
                await self._kill(found.get("session"))
            claimed = await self._progress.update_one(
                {"_id": self._id(q), "version": found["version"]},
                {"$set": {"version": found["version"] + 1, "session": ours}},
                session=self._reader(),
            )
        if claimed.matched_count != 1:
            raise Fenced("another owner claimed the partition")
        self._held.add(q)
        return progress_of(found | {"version": found["version"] + 1})

    async def _begin(self, q: int, first: Progress) -> Progress:
        begun = first.copy()
        begun.version += 1
        try:
            await self._progress.insert_one(self._moved(q, begun), session=self._reader())
        except DuplicateKeyError as error:
            raise Fenced("another owner began the partition") from error
        return begun

    async def _kill(self, lsid: bytes | None) -> None:
        if lsid is not None:
            session = {"id": Binary(lsid, subtype=4)}
            await self._client.admin.command({"killSessions": [session]})

    def _writer(self) -> AsyncClientSession:
        """Return the session for transactions."""
        if self._session is None:
            self._session = self._client.start_session()
        return self._session

    def _reader(self) -> AsyncClientSession:
        """Return the session for reads: causally consistent, and never one that holds a transaction."""
        if self._reads is None:
            self._reads = self._client.start_session(causal_consistency=True)
        return self._reads

    async def outbox(self, q: int) -> Sequence[Chunk]:
        """Return what is to be published still, in order."""
        async with translated():
            query = {"group": self._group, "q": q}
            found = await self._outbox.find(query, session=self._reader()).sort("seq", 1).to_list()
        return [chunk_of(document) for document in found]

    async def forget(self, chunks: Mapping[int, Sequence[Chunk]]) -> None:
        """Delete published chunks, by partition."""
        async with translated():
            ids = [f"{self._id(q)}/{chunk.seq}" for q, some in chunks.items() for chunk in some]
            await self._forgetting.delete_many({"_id": {"$in": ids}})

    async def load(self, keys: Collection[str]) -> Mapping[str, Document]:
        """Return the states there are, of whatever partition."""
        async with translated():
            cursor = self._states.find({"_id": {"$in": list(keys)}}, session=self._reader())
            return {document["_id"]: document for document in await cursor.to_list()}

    async def seen(self, identities: Collection[str]) -> Collection[str]:
        """Return those of the identities that were folded before."""
        async with translated():
            cursor = self._identities.find({"_id": {"$in": list(identities)}}, session=self._reader())
            return {document["_id"] for document in await cursor.to_list()}

    async def commit(self, changes: Mapping[int, Changes]) -> None:
        """Write all of it or nothing. Raises Fenced where a progress is not the one this owner read."""
        session = self._writer()
        async with translated():
            try:
                await session.start_transaction(read_concern=ReadConcern("snapshot"), write_concern=MAJORITY)
                await self._move(changes, session)
                await self._write(changes, session)
                await commit(session)
            except BaseException:
                if session.in_transaction:
                    await abort(session)
                raise
        if session.operation_time is not None:  # reads see it also on a primary that was just elected
            self._reader().advance_operation_time(session.operation_time)

    async def _move(self, changes: Mapping[int, Changes], session: AsyncClientSession) -> None:
        """Move the progress on: the fence."""
        new = {q: one.progress for q, one in changes.items()}
        moves = [ReplaceOne({"_id": self._id(q), "version": p.version - 1}, self._moved(q, p)) for q, p in new.items()]
        moved = await self._progress.bulk_write(moves, session=session)
        if moved.matched_count != len(moves):
            raise Fenced("a progress is not the one this owner read")

    async def _write(self, changes: Mapping[int, Changes], session: AsyncClientSession) -> None:
        all_ = changes.values()
        replaced = [key for one in all_ for key in one.replaced]
        if replaced:
            await self._states.delete_many({"_id": {"$in": replaced}}, session=session)
        await insert(self._states, [raw for one in all_ for raw in one.states.values() if raw is not None], session)
        await insert(self._entries, [raw for one in all_ for raw in one.entries], session)
        await insert(self._identities, [bson.encode({"_id": id_}) for one in all_ for id_ in one.identities], session)
        chunks = [chunk_document(self._group, q, chunk) for q, one in changes.items() for chunk in one.chunks]
        await insert(self._outbox, chunks, session)
        await self._write_timers(changes, session)

    async def _write_timers(self, changes: Mapping[int, Changes], session: AsyncClientSession) -> None:
        writes = list[ReplaceOne[dict[str, Any]] | DeleteOne]()
        for q, one in changes.items():
            writes += [DeleteOne({"_id": id_}) for id_ in one.done_timers]
            writes += [ReplaceOne({"_id": t.id}, timer_document(q, t), upsert=True) for t in one.timers]
        if writes:
            await self._timers.bulk_write(writes, session=session)

    def _id(self, q: int) -> str:
        return f"{self._group}/{q}"

    def _moved(self, q: int, progress: Progress) -> dict[str, Any]:
        return progress_document(self._id(q), progress) | {"session": lsid(self._writer())}

    async def release(self, q: int) -> None:
        """Let a partition go. The last one ends the session: its id is in progress documents, so nothing else may use it."""
        self._held.discard(q)
        session = self._session
        if session is not None and not self._held:
            self._session = None
            session._server_session.mark_dirty()  # noqa: SLF001 - no public call keeps its id from being used again
            async with translated():
                await session.end_session()


TIMES: Mapping[str, Any] = {"serverSelectionTimeoutMS": 5_000, "connectTimeoutMS": 5_000, "socketTimeoutMS": 30_000}
"""Time-outs that let a loop notice a lost server soon."""


def new_client(url: str) -> Client:
    """Return a client with these time-outs."""
    return AsyncMongoClient(
        url,
        **TIMES,
        appname=f"veche-{uuid.uuid4().hex[:6]}",
        tz_aware=True,
    )
