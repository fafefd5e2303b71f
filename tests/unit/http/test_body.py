"""A body above the limit is refused without being read to its end."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import Request

from services.moderation.api.decisions import BODY_BYTES_MAX, decisions
from services.moderation.api.desk import Desk
from shared.http.body import limited_body
from shared.http.documents import DOCUMENT_BYTES_MAX, posted
from shared.http.problems import Problem


class Sender:
    """Sends for ever, 100 kB at a time, and says nothing of the length."""

    def __init__(self) -> None:
        self.sent = 0

    async def receive(self) -> dict[str, Any]:
        self.sent += 100_000
        return {"type": "http.request", "body": b" " * 100_000, "more_body": True}

    def request(self) -> Request:
        return Request({"type": "http", "method": "PUT", "headers": []}, self.receive)


async def test_a_document_is_read_up_to_its_limit() -> None:
    sender = Sender()

    with pytest.raises(Problem) as told:
        await posted(sender.request(), {"Brand"})

    assert told.value.status == 413
    assert sender.sent == DOCUMENT_BYTES_MAX + 100_000


async def test_a_reversal_is_read_up_to_its_limit() -> None:
    sender, desk = Sender(), cast("Desk", SimpleNamespace(decisions=None))
    routes = decisions(desk).routes
    (reverse,) = [route for route in routes if getattr(route, "path", "").endswith("/reversal")]

    with pytest.raises(Problem) as told:
        await reverse.endpoint("d", sender.request(), None)  # type: ignore[attr-defined] # a route of FastAPI

    assert told.value.status == 413
    assert sender.sent == 100_000 > BODY_BYTES_MAX


async def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    sender = Sender()

    with pytest.raises(Problem):
        await limited_body({"content-length": "11"}, sender.receive, 10)

    assert sender.sent == 0
