"""Serves simulated platforms on loopback ports, in the caller's own event loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import cast

import uvicorn
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from simulated.app import ABORT, App
from simulated.world import World


class _Protocol(HttpToolsProtocol):
    """A connection that an application can hang up."""

    @override
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: self.transport.abort}  # type: ignore[dict-item] # one of our own


class _Server(uvicorn.Server):
    """Uvicorn that leaves signals to its caller."""

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def playing(world: World, port: int = 0) -> AsyncIterator[str]:
    """Play a world; yield its address, without a slash at its end. Port 0 takes a free one."""
    config = uvicorn.Config(
        App(world),
        host="127.0.0.1",
        port=port,
        http=_Protocol,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:
            if serving.done():
                serving.result()
            await asyncio.sleep(0.005)
        yield f"http://127.0.0.1:{_port(server)}"
    finally:
        server.should_exit = server.force_exit = True
        await serving


def _port(server: uvicorn.Server) -> int:
    socket = server.servers[0].sockets[0]
    return cast("int", socket.getsockname()[1])
