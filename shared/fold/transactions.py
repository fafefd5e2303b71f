"""The steps of a transaction on MongoDB, as the store of a fold takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bson.raw_bson import RawBSONDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import OperationFailure, PyMongoError

COMMIT_TRIES = 3
"""Of a commit whose outcome is unknown; then the partition is taken anew and progress tells."""

NAMESPACE_EXISTS = 48


async def ensure(collection: AsyncCollection[dict[str, Any]]) -> None:
    """Make a collection where there is none: one that a transaction makes holds everybody up."""
    try:
        await collection.database.create_collection(collection.name, check_exists=False)
    except OperationFailure as error:
        if error.code != NAMESPACE_EXISTS:
            raise


async def insert(
    collection: AsyncCollection[dict[str, Any]], documents: Sequence[bytes], session: AsyncClientSession
) -> None:
    """Insert documents, if there are any."""
    if documents:
        await collection.insert_many([RawBSONDocument(raw) for raw in documents], session=session)


async def commit(session: AsyncClientSession) -> None:
    """Commit; again where the outcome is unknown. Raises what the last try raised."""
    for last in (False,) * (COMMIT_TRIES - 1) + (True,):
        try:
            await session.commit_transaction()
        except PyMongoError as error:
            if last or not error.has_error_label("UnknownTransactionCommitResult"):
                raise
        else:
            return


async def abort(session: AsyncClientSession) -> None:
    """Abort; a server that is away aborts it itself."""
    try:
        await session.abort_transaction()
    except PyMongoError:
        return


def lsid(session: AsyncClientSession) -> bytes:
    """Return the id by which the server knows a session."""
    return bytes(session.session_id["id"])
