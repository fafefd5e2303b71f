"""Promise 1 and the door: what is accepted is kept, and what may not come in does not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from services.__main__ import is_installed
from services.ingest.connectors.raw import RELEASE
from services.moderation.web.routes import PATHS as MEMBERS
from shared.directory import ROLE_SCOPES, Principal, Role, Scope
from shared.events import Envelope, encode
from shared.http.auth import OPEN_PATHS
from shared.http.signin import PATHS
from shared.settings import Settings
from tests import builders
from tests.integration.edge import NOWHERE, SECRET, Edge, edge, told
from tests.parts import Addresses

UPDATE = b'{"update_id": 7, "message": {"chat": {"id": -100}, "text": "hello"}}'
SERVICES = ("ingest", "moderation", "engagement", "reporting", "delivery")
DOCS = frozenset({"/docs", "/docs/oauth2-redirect", "/openapi.json"})


@pytest_asyncio.fixture
async def asked(parts: Addresses, tmp_path: Path) -> AsyncIterator[Edge]:
    async with edge(parts, tmp_path) as found:
        yield found


def events(number: int) -> list[bytes]:
    return [encode(builders.content_created(id=f"e{n}")) for n in range(number)]


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


async def test_a_key_of_one_brand_writes_nothing_for_another(asked: Edge) -> None:
    foreign = await asked.events(events(1)[0], brand="another")
    headers = await asked.token(Scope.FIGURES_READ)
    unfit = await asked.http.post("/v1/events", content=events(1)[0], headers=headers)
    nobody = await asked.http.post("/v1/events", content=events(1)[0])

    assert (foreign.status_code, unfit.status_code, nobody.status_code) == (403, 403, 401)


async def test_a_key_is_shown_once_stored_as_its_digest_and_dead_when_revoked(asked: Edge) -> None:
    owner = await asked.token(*ROLE_SCOPES[Role.OWNER])
    wanted = msgspec.json.encode({"name": "bridge", "scopes": ["events:write"]})

    made = await asked.http.post("/v1/keys", content=wanted, headers=owner)
    token = made.json()["token"]
    key = {"authorization": f"Bearer {token}"}
    works = await asked.http.post("/v1/events", content=events(1)[0], headers=key)
    database = asked.service.client.get_database(asked.service.settings.database("directory"))
    stored = await database["tokens"].find().to_list()
    gone = await asked.http.delete("/v1/keys/bridge", headers=owner)
    dead = await asked.http.post("/v1/events", content=events(1)[0], headers=key)

    assert (made.status_code, works.status_code, gone.status_code, dead.status_code) == (201, 202, 204, 401)
    assert token.removeprefix("veche_") not in str(stored)
    assert any(document["key"] == "key/bridge" for document in stored)


async def test_a_key_of_a_name_that_is_taken_says_so_and_takes_its_place(asked: Edge) -> None:
    owner = await asked.token(*ROLE_SCOPES[Role.OWNER])
    wanted = msgspec.json.encode({"name": "bridge", "scopes": ["events:write"]})

    first, second = [(await asked.http.post("/v1/keys", content=wanted, headers=owner)).json() for _ in range(2)]
    works = [
        (
            await asked.http.post("/v1/events", content=events(1)[0], headers={"authorization": f"Bearer {key['token']}"})
        ).status_code
        for key in (first, second)
    ]

    assert (first["replaced"], second["replaced"]) == (False, True)
    assert works == [401, 202]


async def test_nobody_gives_a_key_what_they_do_not_have(asked: Edge) -> None:
    writer = await asked.token(Scope.KEYS_WRITE, Scope.EVENTS_WRITE)
    wanted = msgspec.json.encode({"name": "bridge", "scopes": ["events:write", "dlq:read"]})

    answer = await asked.http.post("/v1/keys", content=wanted, headers=writer)

    assert answer.status_code == 403
    assert "dlq:read" in answer.json()["detail"]
    assert "events:write" not in answer.json()["detail"]


@pytest.mark.parametrize("role", [Role.OWNER, Role.COMMUNITY_MANAGER, Role.MODERATOR, Role.ANALYST])
async def test_a_personal_token_may_what_its_role_may(asked: Edge, role: Role) -> None:
    await asked.service.directory.put("Staff", asked.brand, "vera", {"title": "Vera", "role": role.value})
    owner = await asked.token(*ROLE_SCOPES[Role.OWNER])

    made = await asked.http.post("/v1/staff/vera/token", headers=owner)
    who = await asked.service.directory.principal(made.json()["token"])

    assert who == Principal("vera", role, asked.brand, ROLE_SCOPES[role])
    assert not who.may(Scope.FIGURES_READ, "another")
    assert who.may(Scope.DEAD_LETTERS_READ) is False


async def test_a_connection_whose_credential_is_not_there_is_stored_and_says_so(asked: Edge) -> None:
    prefix = asked.brand.upper().replace("-", "_")
    document = {
        "apiVersion": "veche/v1",
        "kind": "Connection",
        "metadata": {"name": f"{asked.brand}-empty", "brand": asked.brand},
        "spec": {"platform": "telegram", "secrets": [{"env": f"{prefix}_NEVER_SET"}]},
    }

    answer = await asked.http.put("/v1/documents", json=document, headers=await asked.token(Scope.DIRECTORY_WRITE))

    assert answer.status_code == 200
    (warning,) = answer.json()["warnings"]
    assert f"{prefix}_NEVER_SET" in warning
    assert "restart" in warning


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"platform": "telegram"}, "secret"),
        ({"platform": "slack"}, "secret"),
        ({"platform": "vk"}, "secret"),
        ({"platform": "telegram", "mode": "poll"}, "token"),
        ({"platform": "slack", "mode": "poll", "token": {"env": "X"}}, "cannot be polled"),
        ({"platform": "reddit"}, "`mode: poll` asks it"),
    ],
)
async def test_a_connection_that_would_take_nothing_is_not_stored(asked: Edge, spec: dict[str, Any], said: str) -> None:
    document = {
        "apiVersion": "veche/v1",
        "kind": "Connection",
        "metadata": {"name": f"{asked.brand}-open", "brand": asked.brand},
        "spec": spec,
    }

    answer = await asked.http.put("/v1/documents", json=document, headers=await asked.token(Scope.DIRECTORY_WRITE))

    assert answer.status_code == 422
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        ({"env": "HOME"}, "begin with"),
        ({"file": "/etc/passwd"}, "inside the folder"),
        ({"file": "../x"}, "inside the folder"),
    ],
)
async def test_a_connection_that_names_what_is_not_its_brand_s_is_not_stored(
    asked: Edge, ref: dict[str, str], said: str
) -> None:
    document = {
        "apiVersion": "veche/v1",
        "kind": "Connection",
        "metadata": {"name": f"{asked.brand}-thief", "brand": asked.brand},
        "spec": {"platform": "telegram", "mode": "poll", "token": ref},
    }

    answer = await asked.http.put("/v1/documents", json=document, headers=await asked.token(Scope.DIRECTORY_WRITE))

    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert await asked.service.directory.get("Connection", asked.brand, f"{asked.brand}-thief") is None


async def test_a_brand_whose_variables_would_be_another_s_is_not_stored(asked: Edge) -> None:
    alike = asked.brand.replace("-", "_")
    document = {"apiVersion": "veche/v1", "kind": "Brand", "metadata": {"name": alike}, "spec": {"title": "Alike"}}

    answer = await asked.http.put(
        "/v1/documents", json=document, headers=await asked.token(Scope.DIRECTORY_WRITE, brand=alike)
    )

    assert answer.status_code == 409


def needed(dependant: Dependant) -> Iterator[Scope]:
    """Yield the scopes that a route asks for."""
    for dependency in dependant.dependencies:
        scope = getattr(dependency.call, "scope", None)
        if isinstance(scope, Scope):
            yield scope
        yield from needed(dependency)


def every(routes: Iterable[Any]) -> Iterator[Any]:
    """Yield the routes, also those of included routers."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is None:
            yield route
        else:
            yield from every(included.routes)


OPEN = OPEN_PATHS | DOCS | PATHS | MEMBERS
"""Routes that anybody may use."""


@pytest.mark.parametrize("name", [name for name in SERVICES if is_installed(f"services.{name}.app")])
async def test_every_route_asks_for_a_scope(name: str) -> None:
    app = import_module(f"services.{name}.app")
    made = app.create_app(Settings(kafka=NOWHERE, mongo="mongodb://127.0.0.1:1/"))
    try:
        routes = [route for route in every(made.api.routes) if getattr(route, "path", None) not in OPEN]
        naked = [route for route in routes if not isinstance(route, APIRoute) or not list(needed(route.dependant))]
        straight = set(made.api.state.straight)
    finally:
        for stop in made.stopping:
            await stop()
        await made.client.close()

    assert routes
    assert not naked, "routes that anybody may use"
    assert straight <= {"/v1/hooks/"}, "what stands past FastAPI's routing checks the platform's own secret"
