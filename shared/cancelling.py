"""Being cancelled while a library swallows it."""

from __future__ import annotations

import asyncio


def check_cancelled() -> None:
    """Raise CancelledError where this task was asked to end and was not told so.

    aiokafka and PyMongo swallow a cancellation that comes while they connect, or turn it into an error of theirs that may
    pass. A task that goes on after such a one calls this first: else whoever waits for its end waits in vain.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
