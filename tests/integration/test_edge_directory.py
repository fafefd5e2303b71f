"""Keys, tokens and documents at the door: each opens what it is for, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from shared.directory import ROLE_SCOPES, Principal, Role, Scope
from tests.integration.edge import Edge, edge
from tests.integration.edge_events import events
from tests.parts import Addresses


@pytest_asyncio.fixture
async def asked(parts: Addresses, tmp_path: Path) -> AsyncIterator[Edge]:
    async with edge(parts, tmp_path) as found:
        yield found


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
