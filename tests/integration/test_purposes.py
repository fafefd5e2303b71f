"""Communities that are not the brand's own: known by the edge as they are listed, judged and rewarded by nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio

from shared.directory import Scope
from shared.events import encode
from tests.builders import content_created
from tests.integration.edge import Edge, edge
from tests.integration.services import eventually
from tests.parts import Addresses

OURS, THEIRS = "telegram:-1001", "telegram:-1002"


@pytest_asyncio.fixture(name="asked")
async def running_edge(parts: Addresses, tmp_path: Path) -> AsyncIterator[Edge]:
    async with edge(parts, tmp_path) as found:
        yield found


async def applied(asked: Edge, name: str, **spec: Any) -> httpx.Response:  # noqa: ANN401 - JSON
    document = {
        "apiVersion": "veche/v1",
        "kind": "Connection",
        "metadata": {"name": f"{asked.brand}-{name}", "brand": asked.brand},
        "spec": {"platform": "telegram", "secrets": [{"file": "secret"}]} | spec,
    }
    return await asked.http.put("/v1/documents", json=document, headers=await asked.token(Scope.DIRECTORY_WRITE))


def said_in(chat: str, number: int) -> bytes:
    message = {
        "message_id": number,
        "date": 1_767_225_600,
        "chat": {"id": int(chat.partition(":")[2]), "type": "supergroup"},
    }
    return msgspec.json.encode({"update_id": number, "message": message | {"text": "hello"}})


async def purposes(asked: Edge) -> dict[bytes, bytes | None]:
    kept = [record for record in await asked.kept() if b"telegram" in (record.key or b"")]
    return {record.key or b"": dict(record.headers).get("purpose") for record in kept}


async def test_a_record_says_whose_its_community_is_whoever_tells_of_it(asked: Edge) -> None:
    hook = f"{asked.brand}-competitors"
    listed = [{"id": THEIRS}, {"id": "telegram:-1003", "purpose": "partner"}]
    assert (await applied(asked, "competitors", purpose="competitor", communities=listed)).status_code == 200

    await eventually(lambda: asked.hook(said_in(THEIRS, 1), hook), lambda answer: answer.status_code == 200)
    for number, chat in enumerate(("telegram:-1003", "telegram:-1004"), 2):
        assert (await asked.hook(said_in(chat, number), hook)).status_code == 200
    await asked.hook(said_in(OURS, 5))
    imported = content_created(community="telegram:-1002", content_id="telegram:-1002:7")
    assert (await asked.events(encode(imported), imported=True)).status_code == 202
    found = await purposes(asked)

    assert found == {
        f"{asked.brand}/{THEIRS}".encode(): b"competitor",
        f"{asked.brand}/telegram:-1003".encode(): b"partner",
        f"{asked.brand}/telegram:-1004".encode(): b"unlisted",
        f"{asked.brand}/{OURS}".encode(): None,
    }


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"purpose": "watched"}, "listed"),
        ({"communities": [{"id": THEIRS}]}, "is competitor by"),
        ({"communities": [{"id": THEIRS, "purpose": "watched"}]}, "is competitor by"),
        ({"purpose": "enemy", "communities": [{"id": THEIRS}]}, "purpose"),
    ],
)
async def test_whose_a_community_is_is_said_once_and_of_each(asked: Edge, spec: dict[str, Any], said: str) -> None:
    first = await applied(asked, "competitors", purpose="competitor", communities=[{"id": THEIRS}])
    again = await applied(asked, "competitors", purpose="competitor", communities=[{"id": THEIRS}])

    other = await applied(asked, "other", **spec)

    assert (first.status_code, again.status_code, other.status_code) == (200, 200, 422)
    assert said in other.text
