"""The webhooks' edge, as plain ASGI: verify, limit, keep the raw bytes, answer when Kafka has them.

FastAPI's routing and dependencies cost as much as all of this does, and a webhook needs none of them
(docs/decisions/webhooks-are-plain-asgi.md).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import parse_qsl

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.ingest import batches
from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.delivery import Answer, Delivery, Unreadable
from services.ingest.connectors.events import Events
from services.ingest.connectors.payload import Connector
from services.ingest.rules import pressure
from services.ingest.store import Connected, Connections, Intake, Piece
from shared.errors import Retryable, Unprocessable
from shared.http.body import limited_body
from shared.http.limits import Limits
from shared.http.problems import Problem, document, of_problem

log = logging.getLogger(__name__)

HOOKS = "/v1/hooks/"
"""What stands before a connection's name in the address of its webhook; no name holds a slash."""


Refused = Callable[[str, str, str], None]
"""Counts: the brand, the connection, why."""

REASONS = {
    401: "secret",
    403: "handshake",
    405: "unreadable",
    413: "too_large",
    422: "misfit",
    429: "too_many",
    503: "busy",
}
"""By status, in the words of `health.NEXT`."""


class Hooks:
    """`POST /v1/hooks/{connection}`. The platform's own secret or signature stands for a token.

    `GET` is answered where the platform makes sure by it that the address is ours.
    """

    def __init__(self, connections: Connections, intake: Intake, limits: Limits, refused: Refused = lambda *_: None) -> None:
        """`refused` hears of deliveries that were not taken in."""
        self._connections, self._intake, self._limits, self._refused = connections, intake, limits, refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one delivery."""
        try:
            answer = await self._answered(scope, receive)
        except Problem as problem:
            answer = of_problem(problem)
        except Retryable as error:
            log.warning("answered 503: %s", error)
            answer = document(503, f"try again in a moment: {error}")
        except Unprocessable as error:
            answer = document(413, str(error))
        await answer(scope, receive, send)

    async def _answered(self, scope: Scope, receive: Receive) -> Response:
        if scope["method"] not in {"POST", "GET"}:
            raise Problem(405, "webhooks are posted")
        found = await self._connections.get(scope["path"].removeprefix(HOOKS))
        if found is None or found.spec.mode != "webhook":
            raise Problem(404, "there is no such connection with a webhook")
        try:
            return await self._of(scope, receive, found)
        except Problem as problem:
            self._refused(found.brand, found.name, REASONS.get(problem.status, "unreadable"))
            raise
        except Retryable:
            self._refused(found.brand, found.name, "busy")
            raise
        except Unprocessable:
            self._refused(found.brand, found.name, "too_large")
            raise

    async def _of(self, scope: Scope, receive: Receive, found: Connected) -> Response:
        connector = CONNECTORS[found.spec.platform]
        if scope["method"] == "GET":
            answer = _handshake(connector, scope["query_string"].decode("latin-1"), found)
        else:
            answer = await self._taken(scope, receive, found, connector)
        return Response(answer.body, answer.status, media_type=answer.media_type)

    async def _taken(self, scope: Scope, receive: Receive, found: Connected, connector: Connector) -> Answer:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        body = await limited_body(headers, receive, self._limits.bytes_max)
        delivery = Delivery(headers, body, self._intake.now())
        if not connector.verify(delivery, found.keys):
            raise Problem(401, "the secret or signature is not that of this connection")
        if connector.platform == Events.platform:  # whoever writes them is at hand, as at the API
            batches.checked(body, batches.split(body), found.brand, delivery.at, imported=False)
        try:
            connector.check(body)
            greeting = connector.greeting(delivery, found.keys)
            if greeting is not None:
                return greeting
            body = connector.keep(body)
        except Unreadable as error:
            raise Problem(400, str(error)) from error
        kept = {name: headers[name] for name in connector.kept_headers if name in headers}
        await self._room_for(found, connector, delivery)
        await self._intake.pieces(found, (Piece(body, kept),))
        return connector.answer(body)

    async def _room_for(self, found: Connected, connector: Connector, delivery: Delivery) -> None:
        """Raise Problem 429 or 503 where this genuine delivery has to come again later.

        Only genuine ones take tokens: whoever knows no more than the address cannot use up the platform's.
        """
        later_s = await self._limits.taken(f"hook/{found.name}", 1)
        if later_s:
            raise Problem(429, "this connection sends more than its limit (VECHE_HOOK_RATE)", retry_after_s=later_s)
        if self._intake.fill > pressure.EASE:
            later_s = pressure.wait_s(self._intake.fill, connector.urgency(delivery.body, delivery.headers))
        if later_s:
            raise Problem(503, "more comes in than Kafka takes; what is urgent goes first", retry_after_s=later_s)


def _handshake(connector: Connector, query: str, found: Connected) -> Answer:
    """Return what a platform wants to hear that makes sure that the address is ours."""
    if not connector.shakes_hands:
        raise Problem(405, "webhooks are posted")
    answer = connector.handshake(dict(parse_qsl(query)), found.keys)
    if answer is None:
        raise Problem(403, "this is not the handshake of this connection")
    return answer
