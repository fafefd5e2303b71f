"""Uvicorn as every service runs it: who is slow is cut off, who is refused is told when to come again.

Uvicorn limits how long a connection may rest between two requests, and nothing else. A client that sends its headers a byte
at a time, or none at all, would hold one of CONNECTIONS_MAX connections for ever; so would a body. A thousand
such clients at once still keep others out for HEAD_S: against that stands the proxy that ends TLS before us.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override
from uvicorn.protocols.http.flow_control import service_unavailable
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from shared.http.problems import document

HEAD_S = 10.0
"""From connecting, or from a request's first byte, to the end of its headers: these fit into one packet."""

BODY_S = 20.0
"""From the headers to the end of the body: a delivery comes in one piece, and 10 MB take so long over 4 Mbit/s."""

IDLE_S = 30
"""How long a connection may rest between two requests; platforms keep theirs open."""

CONNECTIONS_MAX = 1_000
"""More are answered 503: a process may have 1,024 files open where nobody says otherwise."""

LATE_TOLD = b'{"title":"Request Timeout","status":408,"detail":"the request came too slowly"}'
LATE = (
    b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-type: application/problem+json\r\n"
    b"content-length: %d\r\n\r\n%b" % (len(LATE_TOLD), LATE_TOLD)
)
"""Written as it is: nobody may be there yet who could be asked for an answer."""


async def busy(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer that there are too many connections."""
    answer = document(503, "too many connections are open; try again in a moment")
    answer.headers["Connection"] = "close"
    await answer(scope, receive, send)


class Protocol(HttpToolsProtocol):
    """One connection, whose requests have to come in time.

    A request that comes in one piece, as nearly all do, costs no timer: one is set where something is still to come when
    what came has been read.
    """

    head_s, body_s = HEAD_S, BODY_S
    _awaited_s: float | None
    """How long what is awaited may take; None: nothing is."""
    _timer: asyncio.TimerHandle | None

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Wait for the first request."""
        super().connection_made(transport)
        self._awaited_s, self._timer = self.head_s, None
        self._watch()

    @override
    def data_received(self, data: bytes) -> None:
        """Take in what came; where it ends within a request, wait for the rest, but not for ever."""
        super().data_received(data)
        if self._awaited_s is not None and self._timer is None:
            self._watch()

    @override
    def on_message_begin(self) -> None:
        """Wait for the headers."""
        super().on_message_begin()
        self._await(self.head_s)

    @override
    def on_headers_complete(self) -> None:
        """Wait for the body."""
        self._await(self.body_s)
        super().on_headers_complete()

    @override
    def on_message_complete(self) -> None:
        """Wait for nothing."""
        self._await(None)
        super().on_message_complete()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._await(None)
        super().connection_lost(exc)

    def _await(self, seconds: float | None) -> None:
        self._awaited_s = seconds
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _watch(self) -> None:
        self._timer = self.loop.call_later(self._awaited_s or 0, self._cut_off)

    def _cut_off(self) -> None:
        """Say so, unless an answer is on its way; whoever reads the body learns that its sender is gone."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self.transport.write(LATE)
        self.transport.close()

    @override
    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGIApp) -> None:  # type: ignore[override] # starlette's types
        """Answer with a problem where uvicorn would with a bare text, without Retry-After."""
        super()._start_asgi_task(cycle, busy if app is service_unavailable else app)  # type: ignore[arg-type]


class Server(uvicorn.Server):
    """Uvicorn that leaves signals to us: the folds end first."""

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def server_of(
    app: ASGIApp, host: str, port: int, protocol: type[Protocol] = Protocol, connections_max: int = CONNECTIONS_MAX
) -> Server:
    """Return what serves the app."""
    return Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=protocol,
            log_config=None,
            access_log=False,
            timeout_keep_alive=IDLE_S,
            limit_concurrency=connections_max,
            server_header=False,
            proxy_headers=False,
        )
    )
