"""Promise 1 and the door: what is accepted is kept, and what may not come in does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from services.ingest.connectors.raw import RELEASE
from shared.events import Envelope, encode
from tests import builders
from tests.integration.edge import NOWHERE, SECRET, Edge, edge, told
from tests.integration.edge_events import events
from tests.parts import Addresses

UPDATE = b'{"update_id": 7, "message": {"chat": {"id": -100}, "text": "hello"}}'


@pytest_asyncio.fixture
async def asked(parts: Addresses, tmp_path: Path) -> AsyncIterator[Edge]:
    async with edge(parts, tmp_path) as found:
        yield found


async def test_a_hook_is_answered_when_kafka_has_the_very_bytes(asked: Edge) -> None:
    answer = await asked.hook(UPDATE)

    assert answer.status_code == 200
    (record,) = [record for record in await asked.kept() if record.value == UPDATE]
    assert record.key == f"{asked.brand}/telegram:-100".encode()
    headers = dict(record.headers)
    assert (headers["platform"], headers["connection"]) == (b"telegram", asked.connection.encode())


async def test_what_is_wrong_with_a_hook_is_told_by_its_status_and_kept_nowhere(asked: Edge) -> None:
    before = len(await asked.kept())

    broken = [await asked.hook(body) for body in (b"{", b"[]", b"", b"\xff", b'"text"')]
    unknown, wrong, empty = (
        await asked.hook(UPDATE, connection="nobody"),
        await asked.hook(UPDATE, secret="guess"),
        await asked.hook(UPDATE, secret=""),
    )
    got = await asked.http.get(f"/v1/hooks/{asked.connection}")
    elsewhere = [await asked.hook(UPDATE, connection=f"{place}") for place in around(asked.connection)]

    assert [answer.status_code for answer in broken] == [400] * 5
    assert (unknown.status_code, wrong.status_code, empty.status_code, got.status_code) == (404, 401, 401, 405)
    assert [answer.status_code for answer in elsewhere] == [404] * len(elsewhere)
    assert unknown.headers["content-type"] == "application/problem+json"
    assert len(await asked.kept()) == before


def around(name: str) -> list[str]:
    return [f"a/b/{name}", f"/{name}", f"{name}/", f"a%2F{name}", f"{name}%0A"]


async def test_a_body_above_the_limit_is_refused_before_it_is_read(asked: Edge) -> None:
    async def receive() -> Any:  # noqa: ANN401 - an ASGI message
        raise AssertionError("the body was read")

    status = await raw_status(asked, {"content-length": "10001"}, receive)

    assert status == 413
    assert (await asked.hook(b" " * 10_001)).status_code == 413


async def test_a_body_that_hides_its_length_is_refused_at_the_limit(asked: Edge) -> None:
    read = 0

    async def receive() -> Any:  # noqa: ANN401 - an ASGI message
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b" " * 4_000, "more_body": True}

    status = await raw_status(asked, {}, receive)

    assert status == 413
    assert read == 3


async def raw_status(asked: Edge, headers: dict[str, str], receive: Any) -> int:  # noqa: ANN401 - an ASGI callable
    sent: list[Any] = []

    async def send(message: Any) -> None:  # noqa: ANN401 - an ASGI message
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/v1/hooks/{asked.connection}",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "query_string": b"",
    }
    await asked.service.api(scope, receive, send)
    return int(sent[0]["status"])


async def test_above_its_limit_a_connection_is_told_when_to_come_again_and_another_sender_is_not(
    parts: Addresses, tmp_path: Path
) -> None:
    async with edge(parts, tmp_path, hook_rate=0.1, hook_burst=30) as asked:
        guesses = [await asked.hook(UPDATE, secret="guess") for _ in range(40)]
        answers = [await asked.hook(UPDATE) for _ in range(40)]
        others = await asked.events(events(40))
        kept = await asked.kept()

    assert {answer.status_code for answer in guesses} == {401}, "guesses use up nothing"
    assert [answer.status_code for answer in answers] == sorted(answer.status_code for answer in answers)
    accepted = sum(answer.is_success for answer in answers)
    assert 25 <= accepted <= 30, "those that were sent until the edge had its broker count as well"
    assert (answers[-1].status_code, answers[-1].headers["content-type"]) == (429, "application/problem+json")
    assert 0 < int(answers[-1].headers["retry-after"]) <= 10
    assert (others.status_code, told(kept)) == (202, events(40))
    assert sum(record.value == UPDATE for record in kept) == accepted


async def test_a_batch_costs_its_number_of_the_key_s_limit(parts: Addresses, tmp_path: Path) -> None:
    async with edge(parts, tmp_path, events_rate=0.1, events_burst=1_000) as asked:
        answers = [await asked.events(events(600)), await asked.events(events(600)), await asked.events(events(300))]

    assert [answer.status_code for answer in answers] == [202, 429, 202]
    assert int(answers[1].headers["retry-after"]) > 1_000


async def test_an_attribute_of_ones_own_that_is_nested_is_refused_however_deep_it_is(asked: Edge) -> None:
    (event,) = events(1)
    before = len(await asked.kept())

    answers = [
        await asked.events(event[:-1] + b', "extra": ' + b"[" * depth + b"]" * depth + b"}") for depth in (1, 1_000, 200_000)
    ]
    bare = await asked.events(b"[" * 200_000)

    assert [answer.status_code for answer in (*answers, bare)] == [422, 422, 422, 400]
    assert answers[0].json()["errors"][0]["at"] == "/extra"
    assert len(await asked.kept()) == before


async def test_without_kafka_nothing_is_accepted_and_the_sender_is_told_when_to_come_again(
    parts: Addresses, tmp_path: Path
) -> None:
    async with edge(parts, tmp_path, kafka=NOWHERE) as asked:
        answers = [await asked.hook(UPDATE), await asked.events(events(1)[0]), await asked.events(events(3))]

    assert [answer.status_code for answer in answers] == [503] * 3
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)


async def test_events_come_alone_and_by_the_thousand(asked: Edge) -> None:
    one, many, too_many = (
        await asked.events(events(1)[0]),
        await asked.events(events(1_000)),
        await asked.events(events(1_001)),
    )

    assert (one.status_code, one.json()) == (202, {"accepted": 1})
    assert (many.status_code, many.json()) == (202, {"accepted": 1_000})
    assert too_many.status_code == 413
    assert told(await asked.kept()) == [*events(1), *events(1_000)]


async def test_points_are_asked_for_with_history_alone(asked: Edge) -> None:
    history = await asked.events(events(1)[0], imported=True, backfill_points=True)
    present = await asked.events(events(1)[0], backfill_points=True)

    assert (history.status_code, present.status_code) == (202, 422)
    assert "imported" in present.json()["detail"]
    (record,) = [record for record in await asked.kept() if record.value == events(1)[0]]
    assert dict(record.headers)["backfillpoints"] == b"1"


async def test_one_wrong_event_keeps_the_batch_out_and_is_named(asked: Edge) -> None:
    before = len(await asked.kept())
    batch = events(5)
    batch[2] = batch[2].replace(b'"time":', b'"tyme":')
    batch[3] = batch[3].replace(b'"text":', b'"texxt":')
    batch[4] = batch[4].replace(b'"content_id":', b'"parent":')

    answer = await asked.events(batch)

    assert answer.status_code == 422
    assert {error["at"]: error["message"].rpartition("; ")[2] for error in answer.json()["errors"]} == {
        "/2": "Object missing required field `time`",
        "/3/data/texxt": "did you mean `text`?",
        "/4/data/content_id": "`content_id` is missing",
    }
    assert len(await asked.kept()) == before


@pytest.mark.parametrize("event", [builders.points_granted(), builders.decision_made()], ids=["points", "decision"])
async def test_what_our_own_services_decide_comes_from_them_alone(asked: Edge, event: Envelope) -> None:
    answer = await asked.events(encode(event))

    assert answer.status_code == 422
    assert "comes from our own services only" in answer.json()["errors"][0]["message"]


async def test_nobody_outside_speaks_as_the_normaliser_does_to_itself(asked: Edge) -> None:
    release = b'{"type": "release", "content": "acme/telegram:-100/telegram:-100:7"}'
    headers = {"x-telegram-bot-api-secret-token": SECRET, "platform": RELEASE}

    told = await asked.events(release)
    hook = await asked.http.post(f"/v1/hooks/{asked.connection}", content=release, headers=headers)

    (record,) = [record for record in await asked.kept() if record.value == release]
    assert (told.status_code, hook.status_code) == (422, 200)
    assert dict(record.headers)["platform"] == b"telegram", "its connector refuses it"
