"""The webhooks' edge, as plain ASGI: verify, limit, keep the raw bytes, answer when Kafka has them.

FastAPI's routing and dependencies cost as much as all of this does, and a webhook needs none of them
(docs/decisions/webhooks-are-plain-asgi.md).
"""

from __future__ import annotations

import logging

import msgspec
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from services.ingest.connectors import CONNECTORS
from services.ingest.store import Connections, Intake
from shared.errors import Retryable, Unprocessable
from shared.http.body import limited_body
from shared.http.problems import Problem, document

log = logging.getLogger(__name__)

HOOKS = "/v1/hooks/"
"""What stands before a connection's name in the address of its webhook; no name holds a slash."""

_object = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Hooks:
    """`POST /v1/hooks/{connection}`. The platform's own secret or signature stands for a token."""

    def __init__(self, connections: Connections, intake: Intake, body_bytes_max: int) -> None:
        self._connections, self._intake, self._limit = connections, intake, body_bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one delivery."""
        try:
            answer = await self._take(scope, receive)
        except Problem as problem:
            answer = document(problem.status, problem.detail)
        except Retryable as error:
            log.warning("answered 503: %s", error)
            answer = document(503, f"try again in a moment: {error}")
        except Unprocessable as error:
            answer = document(413, str(error))
        await answer(scope, receive, send)

    async def _take(self, scope: Scope, receive: Receive) -> Response:
        if scope["method"] != "POST":
            raise Problem(405, "webhooks are posted")
        found = await self._connections.get(scope["path"].removeprefix(HOOKS))
        if found is None or found.spec.mode != "webhook":
            raise Problem(404, "there is no such connection with a webhook")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        body = await limited_body(headers, receive, self._limit)
        if not CONNECTORS[found.spec.platform].verify(headers, body, found.secrets):
            raise Problem(401, "the secret or signature is not that of this connection")
        _check_json(body)
        await self._intake.payload(found, body)
        return PlainTextResponse("ok")


def _check_json(body: bytes) -> None:
    """Refuse what is no JSON object at all. What is deeper than can be read is kept: its dead letter says so."""
    try:
        _object.decode(body)
    except RecursionError:
        return
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Problem(400, "the body is not a JSON object") from error
