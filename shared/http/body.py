"""Reading a request's body, no more of it than is allowed, and what it asks for.

How long it may take to come, the server says (server.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec
from starlette.types import Receive

from shared.http.problems import Problem
from shared.meant import hint

R = TypeVar("R", bound=msgspec.Struct)


async def limited_body(headers: Mapping[str, str], receive: Receive, limit: int) -> bytes:
    """Return the body; `limit` is in bytes.

    Raises Problem 413 as soon as it is known to be above the limit, before it is read.
    """
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise _too_large(limit)
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(400, "the sender hung up before the end of the body")
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > limit:
            raise _too_large(limit)
        more = message.get("more_body", False)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _too_large(limit: int) -> Problem:
    return Problem(413, f"the body is above the limit of {limit} bytes; send less at once")


def request_of(raw: bytes, shape: type[R]) -> R:
    """Return what a body asks for. Raises Problem 422 where it is none."""
    try:
        return msgspec.json.decode(raw or b"{}", type=shape)
    except msgspec.ValidationError as error:
        path = str(error).partition(" - at ")[2].strip("`").removeprefix("$")
        raise Problem(422, f"not what is asked for: {error}{hint(str(error), shape, path)}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(422, f"not what is asked for: {error}") from error
