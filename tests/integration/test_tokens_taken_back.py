"""Tokens follow the directory: nobody gives more than they have, and what a person or brand loses its tokens lose too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from shared.directory import ROLE_SCOPES, Principal, Role, Scope, digest
from shared.errors import Halt
from tests import builders
from tests.integration.edge import Edge, edge
from tests.parts import Addresses


@pytest_asyncio.fixture
async def asked(parts: Addresses, tmp_path: Path) -> AsyncIterator[Edge]:
    async with edge(parts, tmp_path) as found:
        found.http.headers.update(await found.token(*ROLE_SCOPES[Role.OWNER]))
        yield found


async def applied(asked: Edge, **spec: Any) -> httpx.Response:  # noqa: ANN401 - fields of the spec
    document = {"apiVersion": "veche/v1", "kind": "Staff", "metadata": {"name": "vera"}}
    return await asked.http.put("/v1/documents", json=document | {"spec": {"title": "Vera", "role": "owner"} | spec})


async def personal(asked: Edge) -> str:
    answer = await asked.http.post("/v1/staff/vera/token")
    return str(answer.json()["token"])


async def holder(asked: Edge, token: str) -> Principal | None:
    return await asked.service.directory.principal(token)


async def test_nobody_makes_a_personal_token_with_more_than_they_have(asked: Edge) -> None:
    await applied(asked)
    keeper = await asked.token(Scope.KEYS_WRITE)

    answer = await asked.http.post("/v1/staff/vera/token", headers=keeper)

    assert answer.status_code == 403
    assert "directory:write" in answer.json()["detail"]


@pytest.mark.parametrize("change", [{"role": "analyst"}, {"communities": ["telegram:-1"]}])
async def test_a_person_with_another_role_or_other_communities_needs_a_new_token(
    asked: Edge, change: dict[str, Any]
) -> None:
    await applied(asked)
    token = await personal(asked)

    await applied(asked, title="Vera P.")
    kept = await holder(asked, token)
    await applied(asked, **change)

    assert kept is not None
    assert await holder(asked, token) is None
    assert await holder(asked, await personal(asked)) is not None


async def test_a_person_who_is_gone_has_no_token_even_where_the_first_try_ended_early(asked: Edge) -> None:
    await applied(asked)
    token = await personal(asked)
    await asked.service.directory.remove("Staff", asked.brand, "vera")

    again = await asked.http.delete("/v1/documents/Staff/vera")

    assert again.status_code == 404
    assert await holder(asked, token) is None


async def test_a_new_token_replaces_the_old_one_and_one_that_fails_leaves_it(
    asked: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    await applied(asked)
    first = await personal(asked)
    vera, taken = Principal("vera", Role.OWNER, asked.brand, ROLE_SCOPES[Role.OWNER]), digest(first)

    with monkeypatch.context() as broken:
        broken.setattr("shared.directory.digest", lambda _: taken)  # an id that is there already
        with pytest.raises(Halt):
            await asked.service.directory.grant(vera, builders.RECORDED, "staff/vera")
    kept = await holder(asked, first)
    second = await personal(asked)

    assert kept is not None
    assert await holder(asked, first) is None
    assert await holder(asked, second) is not None


async def test_of_two_brands_that_take_a_connection_name_at_once_one_gets_it(asked: Edge) -> None:
    brands = ["one", "two"]
    headers = [await asked.token(*ROLE_SCOPES[Role.OWNER], brand=brand) for brand in brands]
    document = {"apiVersion": "veche/v1", "kind": "Connection", "metadata": {"name": "hook"}, "spec": {"platform": "events"}}
    for brand in brands:
        await asked.service.directory.put("Brand", brand, brand, {"title": brand})

    puts = [asked.http.put("/v1/documents", json=document, headers=who) for who in headers * 3]
    answers = await asyncio.gather(*puts)

    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [409] * 3
    assert len([d for d in await asked.service.directory.all("Connection") if d["name"] == "hook"]) == 1


async def test_a_brand_goes_after_its_connections_and_takes_its_people_and_tokens_along(asked: Edge) -> None:
    await applied(asked)
    token, url = await personal(asked), f"/v1/documents/Brand/{asked.brand}"
    stranger = (await asked.token(Scope.FIGURES_READ, brand="another"))["authorization"].removeprefix("Bearer ")

    early = await asked.http.delete(url)
    await asked.http.delete(f"/v1/documents/Connection/{asked.connection}")
    late = await asked.http.delete(url)
    dead = await asked.http.get("/v1/documents", params={"kind": "Staff"})

    assert (early.status_code, late.status_code, dead.status_code) == (409, 204, 401)
    assert asked.connection in early.json()["detail"]
    assert await holder(asked, token) is None
    assert await holder(asked, stranger) is not None
    assert await asked.service.directory.all("Staff", asked.brand) == []
