"""A shelf without its database says that it is away, so that the API answers 503 and not 500."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import AutoReconnect, DuplicateKeyError

from shared.clock import SetClock
from shared.errors import Retryable
from shared.fold.mongo import new_client
from shared.shelf import MongoShelf


@pytest.mark.parametrize("error", [AutoReconnect("gone"), DuplicateKeyError("theirs", 11000)])
async def test_a_version_that_cannot_be_stored_now_may_be_tried_again(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none(*_: Any, **__: Any) -> None:  # noqa: ANN401 - the signature does not matter
        return None

    async def broken(*_: Any) -> None:  # noqa: ANN401 - the signature does not matter
        raise error

    monkeypatch.setattr(AsyncCollection, "find_one", none)
    monkeypatch.setattr(AsyncCollection, "insert_one", broken)
    client = new_client("mongodb://127.0.0.1:1/")
    shelf = MongoShelf(client, "policies", SetClock(datetime(2026, 3, 2, tzinfo=UTC)), delay_s=0)

    with pytest.raises(Retryable):
        await shelf.store("RewardsPolicy", "acme", "default", {}, "vera")
    await client.close()
