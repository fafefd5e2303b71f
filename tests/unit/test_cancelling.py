from __future__ import annotations

import asyncio
import contextlib

import pytest

from shared.cancelling import check_cancelled
from shared.errors import Retryable
from shared.policy import PolicyBook, Version


async def test_who_was_not_asked_to_end_goes_on() -> None:
    check_cancelled()


async def test_a_cancellation_that_was_swallowed_is_told_again() -> None:
    async def swallowing() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        check_cancelled()
        await asyncio.sleep(60)

    task = asyncio.ensure_future(swallowing())
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 1)


class SwallowingShelf:
    """Turns a cancellation into an error that may pass, as PyMongo does."""

    async def all(self, kind: str) -> list[Version]:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError as error:
            raise Retryable(f"{kind} cannot be read") from error
        return []


async def test_a_book_of_policies_ends_when_it_is_asked_to() -> None:
    book = PolicyBook(SwallowingShelf(), "RewardsPolicy", lambda version, _: version, 0, 0.01)
    task = asyncio.ensure_future(book.run())
    await asyncio.sleep(0.01)
    task.cancel()

    done, _ = await asyncio.wait([task], timeout=2)
    task.cancel()

    assert done
