"""A client that keeps some connections busy with one request at a time each; lean, so that the server is the limit."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections.abc import Iterator, Sequence

from typing_extensions import override

CONNECTIONS = 128
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class _Lane(asyncio.Protocol):
    """One connection: the next request goes out when the answer to the last is there."""

    def __init__(self, waiting: Iterator[bytes], done: asyncio.Future[None], answers: dict[str, int]) -> None:
        self._waiting, self._done, self._answers = waiting, done, answers
        self._transport: asyncio.Transport | None = None
        self._got = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def _next(self) -> None:
        assert self._transport is not None
        request = next(self._waiting, None)
        if request is None:
            self._transport.close()
            if not self._done.done():
                self._done.set_result(None)
            return
        self._transport.write(request)

    @override
    def data_received(self, data: bytes) -> None:
        """Take in a piece of an answer."""
        self._got += data
        head, end, body = self._got.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not end or length is None or len(body) < int(length[1]):
            return
        status = head[9:12].decode()
        self._answers[status] = self._answers.get(status, 0) + 1
        self._got = b""
        self._next()


def requests(path: str, headers: dict[str, str], bodies: list[bytes]) -> list[bytes]:
    """Return the requests as bytes."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return [
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\n{lines}content-length: {len(body)}\r\n\r\n".encode() + body
        for body in bodies
    ]


async def rate(port: int, made: list[bytes], connections: int = CONNECTIONS) -> tuple[float, dict[str, int]]:
    """Send all requests; return how many were answered a second, and the answers by status."""
    waiting, answers = iter(made), dict[str, int]()
    loop = asyncio.get_running_loop()
    ends = [loop.create_future() for _ in range(connections)]
    began = time.perf_counter()
    for end in ends:
        await loop.create_connection(lambda end=end: _Lane(waiting, end, answers), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*ends)
    return len(made) / (time.perf_counter() - began), answers


async def steadily(port: int, made: Sequence[bytes], rate: float, connections: int = CONNECTIONS) -> float:
    """Send requests at a steady rate whatever the answers take; return when the first was due, by `time.perf_counter`.

    Raises RuntimeError where an answer was no success.
    """
    waiting: asyncio.Queue[bytes | None] = asyncio.Queue()
    lanes = [asyncio.create_task(_served(port, waiting)) for _ in range(connections)]
    began = time.perf_counter()
    for number, request in enumerate(made):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        waiting.put_nowait(request)
    for _ in lanes:
        waiting.put_nowait(None)
    await asyncio.gather(*lanes)
    return began


async def _served(port: int, waiting: asyncio.Queue[bytes | None]) -> None:
    """Send what waits over one connection, until None."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (request := await waiting.get()) is not None:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        await reader.readexactly(int(length[1]) if length else 0)
        if head[9:10] != b"2":
            raise RuntimeError(f"an answer was no success: {head[:40]!r}")
    writer.close()


def repeated(bodies: list[bytes], count: int) -> list[bytes]:
    """Return `count` bodies, going round."""
    return list(itertools.islice(itertools.cycle(bodies), count))
