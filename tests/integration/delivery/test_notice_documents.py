"""What a brand declares of its notices, taken away again; and what is told of notices whose way is closed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from typer.testing import CliRunner, Result

from services.__main__ import app as command
from services.delivery.handlers.notices import ENTRIES
from services.delivery.rules.notices.telling import policy_of
from services.delivery.store.endpoints import Endpoints
from shared.directory import Scope
from shared.documents.outward import Notify
from shared.policy import PolicyBook
from shared.shelf import MongoShelf
from tests.integration.delivery.test_desk import client_of, desk
from tests.integration.services import token
from tests.integration.sockets import served
from tests.integration.staff import Office
from tests.parts import Addresses

PLACE = "telegram:-1"
WRITES = (Scope.POLICIES_READ, Scope.POLICIES_WRITE)
URL = "https://hooks.example/x"


@pytest_asyncio.fixture
async def acme(parts: Addresses) -> AsyncIterator[Office]:
    async with desk(parts, policy_delay_s=0) as found:
        yield found


async def typed(acme: Office, *words: str) -> Result:
    header = await token(acme.service, "acme", *WRITES, name="petra")
    async with served(acme.service.api) as port:
        env = {
            "VECHE_DELIVERY_URL": f"http://127.0.0.1:{port}",
            "VECHE_TOKEN": header["authorization"].removeprefix("Bearer "),
            "COLUMNS": "400",
        }
        return await asyncio.to_thread(CliRunner().invoke, command, list(words), env=env)


async def applied(client: httpx.AsyncClient, community: str | None = None, url: str = URL) -> httpx.Response:
    metadata = {"name": "default", "brand": "acme"} | ({} if community is None else {"community": community})
    routes = [{"id": "hook", "webhook": {"url": url, "secrets": [{"env": "ACME_HOOK"}]}}]
    document = {"apiVersion": "veche/v1", "kind": "Notify", "metadata": metadata, "spec": {"routes": routes}}
    return await client.put("/v1/documents", json=document)


async def listed(client: httpx.AsyncClient) -> list[str | None]:
    found = (await client.get("/v1/documents", params={"kind": "Notify"})).json()
    return [document["metadata"].get("community") for document in found]


async def in_force(acme: Office, community: str | None) -> int:
    """Return how many routes tell of what happens now."""
    shelf = MongoShelf(acme.service.client, acme.service.database, acme.clock, 0)
    book = PolicyBook(shelf, "Notify", lambda _, spec: policy_of(spec), Notify(), 0.0)
    await book.refresh()
    return len(book.at("acme", community, acme.clock.now()).routes)


async def test_a_deleted_document_tells_nobody_and_its_versions_stay(acme: Office) -> None:
    client = await client_of(acme, *WRITES)
    for community in (None, PLACE):
        assert (await applied(client, community)).status_code == 200
    acme.forward(seconds=1)

    of_place = await typed(acme, "delete", "Notify", "default", "--brand", "acme", "--community", PLACE)
    left = await listed(client)
    acme.forward(seconds=1)
    in_place = await in_force(acme, PLACE)
    of_brand = await typed(acme, "delete", "notify", "default", "--brand", "acme")
    again = await typed(acme, "delete", "Notify", "default", "--brand", "acme")
    acme.forward(seconds=1)

    assert (of_place.exit_code, of_brand.exit_code, again.exit_code) == (0, 0, 1)
    assert "there is no Notify default that could be deleted" in again.output
    assert (left, await listed(client)) == ([None], [])
    assert (in_place, await in_force(acme, PLACE), await in_force(acme, None)) == (1, 0, 0)
    versions = acme.service.client[acme.service.database]["policies"]
    assert await versions.count_documents({"kind": "Notify"}) == 4

    answer = (await applied(client)).json()
    assert (answer["version"], answer["changed"], await listed(client)) == (3, True, [None])


async def test_who_may_not_write_a_document_may_not_delete_it(acme: Office) -> None:
    writer, reader = await client_of(acme, *WRITES), await client_of(acme, Scope.POLICIES_READ, name="ralf")
    limited = await client_of(acme, *WRITES, communities=frozenset({PLACE}), name="lena")
    await applied(writer)
    await applied(writer, PLACE)
    path = "/v1/documents/Notify/default"

    assert [(await who.delete(path)).status_code for who in (reader, limited)] == [403, 403]
    assert (await limited.delete(path, params={"community": "telegram:-2"})).status_code == 403
    assert (await limited.delete(path, params={"community": PLACE})).status_code == 204
    assert (await writer.delete("/v1/documents/Subscription/portal")).status_code == 403, "owners alone"
    assert (await writer.delete("/v1/documents/Notify/other")).status_code == 404


async def test_applying_says_where_a_secret_is_set_and_refuses_what_is_never_asked(acme: Office) -> None:
    client = await client_of(acme, *WRITES)

    (warning,) = (await applied(client)).json()["warnings"]
    refused = await applied(client, url="https://169.254.169.254/x")

    assert "set it where the delivery service runs, and restart it" in warning
    assert (refused.status_code, refused.json()["errors"][0]["at"]) == (422, "$.spec.routes[0].webhook.url")


@pytest.mark.parametrize(("is_disabled", "problem"), [(True, "endpoint disabled: it answered 410 Gone"), (False, "-")])
async def test_a_notice_that_waits_for_a_disabled_endpoint_says_so(acme: Office, *, is_disabled: bool, problem: str) -> None:
    now = acme.clock.now()
    told: dict[str, Any] = {"brand": "acme", "community": None, "route": "hook", "endpoint": "acme/notify/hook"}
    told |= {"title": "acme: it is so", "text": "", "payload": b"{}", "at": now, "next": now.replace(year=2990)}
    entries = acme.service.client[acme.service.database][ENTRIES]
    await entries.insert_one({"_id": "n1", **told, "status": "waiting", "tries": 0})
    endpoints = Endpoints(acme.service.client, acme.service.database)
    await endpoints.failed("acme/notify/hook", now, "it answered 410 Gone")
    if is_disabled:
        await endpoints.disable("acme/notify/hook", now, "it answered 410 Gone")

    result = await typed(acme, "delivery", "notices", "--brand", "acme")
    nothing = await typed(acme, "delivery", "notices", "--brand", "acme", "--status", "failed")

    _, line = result.stdout.splitlines()
    assert line.rstrip().endswith(problem)
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00 ", line)
    assert nothing.stdout.strip() == "nothing matches"
