"""A server of ours on a real socket, in the test's own process, and clients that write byte by byte."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from shared.http.server import CONNECTIONS_MAX, Protocol, server_of

HEAD_S, BODY_S = 0.5, 0.7


class Impatient(Protocol):
    """A protocol whose tests need not take long."""

    head_s, body_s = HEAD_S, BODY_S


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def served(app: ASGIApp, connections_max: int = CONNECTIONS_MAX) -> AsyncIterator[int]:
    """Serve the app; yield its port."""
    port = free_port()
    server = server_of(app, "127.0.0.1", port, Impatient, connections_max)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - nothing else tells
        await asyncio.sleep(0.01)
    try:
        yield port
    finally:
        server.should_exit = True
        await serving


class Client:
    """One connection, written by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer

    async def send(self, data: bytes, pause_s: float = 0.0) -> int:
        """Send byte by byte where there is a pause, until cut off; return how many bytes were sent."""
        sent = 0
        with contextlib.suppress(ConnectionError):
            for piece in [data] if not pause_s else [bytes([byte]) for byte in data]:
                self.writer.write(piece)
                await self.writer.drain()
                sent += len(piece)
                if pause_s and self._reader.at_eof():
                    break
                await asyncio.sleep(pause_s)
        return sent

    async def heard(self) -> bytes:
        """Return all that comes until the server hangs up."""
        found = b""
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(10):
                while piece := await self._reader.read(65_536):
                    found += piece
        return found


@asynccontextmanager
async def client(port: int) -> AsyncIterator[Client]:
    """Connect."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Client(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
