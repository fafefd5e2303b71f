"""Reading a request's body, no more of it than is allowed."""

from __future__ import annotations

from starlette.types import Receive

from shared.http.problems import Problem


async def limited_body(headers: dict[str, str], receive: Receive, limit: int) -> bytes:
    """Return the body. Raises Problem 413 as soon as it is known to be above the limit, before it is read."""
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise Problem(413, f"the body is above the limit of {limit} bytes")
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(400, "the sender hung up before the end of the body")
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > limit:
            raise Problem(413, f"the body is above the limit of {limit} bytes")
        more = message.get("more_body", False)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
