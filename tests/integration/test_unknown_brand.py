"""A brand that nobody declared: every edge says so, and what to do about it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

import httpx
import msgspec

from services.engagement import app as engagement
from services.ingest import app as ingest
from services.moderation import app as moderation
from services.reporting import app as reporting
from shared.directory import Principal, Role, Scope
from shared.documents import API_VERSION
from shared.events import encode
from shared.runtime import Service
from tests import builders
from tests.integration.services import running, settings_for, with_brand
from tests.parts import Addresses

EVENT = msgspec.json.decode(encode(builders.content_created()))
BRAND = {"apiVersion": API_VERSION, "kind": "Brand", "metadata": {"name": "acme"}, "spec": {"title": "Acme"}}
POLICY = {"apiVersion": API_VERSION, "kind": "ModerationPolicy", "metadata": {"name": "default"}, "spec": {}}
KEY = {"name": "portal", "scopes": ["events:write"]}
EDGES: list[tuple[int, str, str, Any]] = [
    (0, "POST", "/v1/events?brand={}", EVENT),
    (0, "POST", "/v1/keys", KEY),
    (0, "POST", "/v1/staff/vera/token?brand={}", None),
    (1, "GET", "/v1/decisions?brand={}", None),
    (1, "PUT", "/v1/documents?brand={}", POLICY),
    (2, "GET", "/v1/members/top?brand={}", None),
    (2, "GET", "/v1/members/telegram:1/history?brand={}", None),
    (3, "GET", "/v1/reports?brand={}", None),
    (3, "GET", "/v1/figures?since=2026-03-01&until=2026-03-02&brand={}", None),
]
"""The service of each, in the order of `all_of`."""


def all_of(parts: Addresses) -> list[Service]:
    settings = settings_for(parts)
    others = (moderation, engagement, reporting)
    return [ingest.create_app(settings, ingest.Role.EDGE), *(made.create_app(settings) for made in others)]


async def owner(service: Service, brand: str | None) -> dict[str, str]:
    """Return the header of an owner's token, of the installation or of a brand."""
    who = Principal("owner", Role.OWNER, brand, frozenset(Scope))
    made = await service.directory.grant(who, builders.RECORDED, secrets.token_hex(4))
    return {"authorization": f"Bearer {made}"}


async def answers(clients: Sequence[httpx.AsyncClient], headers: dict[str, str], brand: str) -> dict[str, httpx.Response]:
    """Return what each edge answers to somebody who names the brand."""
    found = {}
    for service, method, path, body in EDGES:
        told = body | {"brand": brand} if body is KEY else body
        found[path] = await clients[service].request(method, path.format(brand), json=told, headers=headers)
    return found


async def test_every_edge_says_that_the_brand_is_not_there(parts: Addresses) -> None:
    services = all_of(parts)
    async with running(*services) as clients:
        told = await answers(clients, await owner(services[0], None), "acmee")

    assert {path: answer.status_code for path, answer in told.items()} == dict.fromkeys(told, 404)
    for answer in told.values():
        assert answer.headers["content-type"] == "application/problem+json"
        assert "no brand acmee" in answer.json()["detail"]
        assert "`veche apply -f`" in answer.json()["detail"]


async def test_who_may_not_look_into_a_brand_is_not_told_whether_it_is_there(parts: Addresses) -> None:
    services = all_of(parts)
    async with running(*services) as clients:
        for brand in ("acme", "there"):
            await with_brand(services[0].directory, brand)
        of_acme = await owner(services[0], "acme")
        there, nowhere = [await answers(clients, of_acme, brand) for brand in ("there", "nowhere")]

    assert {path: answer.status_code for path, answer in nowhere.items()} == dict.fromkeys(nowhere, 403)
    assert {path: answer.status_code for path, answer in there.items()} == dict.fromkeys(there, 403)


async def test_a_brand_is_declared_and_compared_before_it_is_there(parts: Addresses) -> None:
    services = all_of(parts)
    async with running(*services) as (taking, judging, *_):
        headers = await owner(services[0], None)

        none = await judging.get("/v1/documents?brand=acme", headers=headers)
        nobody = await taking.get("/v1/documents?kind=Brand&brand=acme", headers=headers)
        declared = await taking.put("/v1/documents?brand=acme", json=BRAND, headers=headers)
        key = await taking.post("/v1/keys", json=KEY | {"brand": "acme"}, headers=headers)

    assert (none.json(), nobody.json()) == ([], [])
    assert (declared.status_code, key.status_code) == (200, 201)


async def test_a_document_of_a_brand_that_is_not_there_is_refused_with_the_place(parts: Addresses) -> None:
    services = all_of(parts)
    misspelt = POLICY | {"metadata": {"name": "default", "brand": "acmee"}}
    async with running(*services) as (_, judging, *_):
        refused = await judging.put("/v1/documents", json=misspelt, headers=await owner(services[0], None))

    assert [(error["at"], "no brand acmee" in error["message"]) for error in refused.json()["errors"]] == [
        ("$.metadata.brand", True)
    ]
