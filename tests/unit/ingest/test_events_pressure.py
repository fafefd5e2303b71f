"""`POST /v1/events` while Kafka is slow: what is urgent goes first, and imports last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.ingest import api
from services.ingest.store import Intake
from shared.clock import SetClock
from shared.directory import Principal, Role, Scope
from shared.events import encode
from shared.http import problems
from shared.http.limits import Limits
from tests import builders
from tests.unit.ingest.doors import FakePublisher

CREATED, FLAGGED, REACTION = (
    encode(made) for made in (builders.content_created(), builders.content_flagged(), builders.reaction_added())
)


class FakeDirectory:
    """Knows every token, as a key that may write events."""

    async def principal(self, token: str) -> Principal:
        del token
        return Principal("bridge", Role.KEY, "acme", frozenset({Scope.EVENTS_WRITE}))


class FakeBrands:
    """Knows every brand."""

    async def check(self, brand: str) -> None:
        del brand


async def unlimited(key: str, cost: int) -> int:
    assert (key, cost > 0) == ("events/acme/bridge", True)
    return 0


class FakeConnections:
    """A brand that lists nothing."""

    async def all(self) -> list[object]:
        return []

    def standings(self, brand: str) -> dict[str, str]:
        del brand
        return {}


async def posted(fill: float, events: Sequence[bytes], **query: Any) -> httpx.Response:  # noqa: ANN401 - a query's values
    intake = Intake(FakePublisher(fill=fill), SetClock(builders.RECORDED))  # type: ignore[arg-type] # a fake
    app = FastAPI()
    problems.install(app)
    app.state.directory, app.state.brands = FakeDirectory(), FakeBrands()
    app.include_router(api.events(intake, None, FakeConnections(), Limits(1_000_000, unlimited)))  # type: ignore[arg-type] # not asked
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://ingest") as http:
        headers = {"authorization": "Bearer t"}
        return await http.post("/v1/events", content=b"[" + b",".join(events) + b"]", params=query, headers=headers)


@pytest.mark.parametrize(
    ("fill", "events", "status"),
    [
        (0.7, [REACTION], 202),
        (0.8, [REACTION], 503),
        (0.8, [CREATED], 202),
        (0.8, [REACTION, CREATED], 202),
        (0.95, [REACTION, CREATED], 503),
        (0.95, [REACTION, FLAGGED], 202),
        (1.0, [FLAGGED], 503),
    ],
)
async def test_a_batch_is_as_urgent_as_its_most_urgent_event(fill: float, events: Sequence[bytes], status: int) -> None:
    answer = await posted(fill, events)

    assert answer.status_code == status
    assert ("retry-after" in answer.headers) == (status == 503)


async def test_history_waits_for_everybody_and_hears_that_nothing_was_taken() -> None:
    answer = await posted(0.6, [FLAGGED], imported=True)

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
