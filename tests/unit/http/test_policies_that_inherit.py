"""What `apply` takes of a community's policy, keeps of it, and says where it does not go together with the brand's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

import httpx
from fastapi import FastAPI

from services.moderation.rules.inheriting import check_merged, merged
from services.moderation.store.lists import read_lists
from shared.directory import Principal, Role, Scope
from shared.http import problems
from shared.http.documents import Inheritance, policy_routes
from shared.policy import Version
from shared.shelf import MongoShelf
from tests.unit.moderation.cases import NOON

KIND = "ModerationPolicy"
WRITER = Principal("vera", Role.KEY, "acme", frozenset({Scope.POLICIES_READ, Scope.POLICIES_WRITE}), None)


class FakeDirectory:
    async def principal(self, token: str) -> Principal:
        del token
        return WRITER


class Anywhere:
    async def check(self, brand: str) -> None:
        del brand


class FakeShelf:
    """Keeps versions in a list."""

    def __init__(self) -> None:
        self.versions: list[Version] = []

    async def all(self, kind: str) -> Iterable[Version]:
        return [version for version in self.versions if version.kind == kind]

    async def latest(self, kind: str, brand: str, name: str) -> Version | None:
        found = [v for v in self.versions if (v.kind, v.brand, v.name) == (kind, brand, name)]
        return found[-1] if found else None

    async def store(self, kind: str, brand: str, name: str, spec: Mapping[str, Any], by: str) -> Version:
        del by
        before = await self.latest(kind, brand, name)
        self.versions.append(Version(kind, brand, name, 1 + (before.version if before else 0), NOON, spec))
        return self.versions[-1]


class Service:
    def __init__(self) -> None:
        app = FastAPI()
        problems.install(app)
        app.state.directory, app.state.brands = FakeDirectory(), Anywhere()
        inheritance = Inheritance(merged, lambda spec: check_merged(read_lists(), spec))
        self.shelf = FakeShelf()
        app.include_router(policy_routes(KIND, cast("MongoShelf", self.shelf), lambda _: None, inheritance))
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://moderation")

    async def apply(self, spec: dict[str, Any], community: str | None = None) -> httpx.Response:
        metadata = {"name": "default", "brand": "acme"} | ({"community": community} if community else {})
        document = {"apiVersion": "veche/v1", "kind": KIND, "metadata": metadata, "spec": spec}
        return await self._http.put("/v1/documents", json=document, headers={"authorization": "Bearer key"})

    async def shown(self) -> list[dict[str, Any]]:
        answer = await self._http.get("/v1/documents", headers={"authorization": "Bearer key"})
        return cast("list[dict[str, Any]]", answer.json())


def rules(count: int, prefix: str) -> list[dict[str, Any]]:
    return [{"id": f"{prefix}{number}", "when": "true"} for number in range(count)]


async def test_a_communitys_policy_is_kept_as_it_was_given_and_its_brands_whole() -> None:
    service = Service()

    await service.apply({"flood": {"messages": 3}})
    await service.apply({"flood": {"messages": 5}}, "telegram:-1")

    brand, community = await service.shown()
    assert {"words", "flood", "rules"} <= set(brand["spec"])
    assert set(community["spec"]) == {"flood"}
    assert community["spec"]["flood"]["seconds"] == 15


async def test_what_does_not_go_together_is_refused_whichever_comes_last() -> None:
    service = Service()
    assert (await service.apply({"rules": rules(150, "a")})).status_code == 200
    assert (await service.apply({"rules": rules(50, "b")}, "telegram:-1")).status_code == 200

    too_many = [
        await service.apply({"rules": rules(51, "b")}, "telegram:-1"),
        await service.apply({"rules": rules(151, "a")}),
    ]

    assert [answer.status_code for answer in too_many] == [422, 422]
    assert all("telegram:-1 do not go together" in answer.text and "status: off" in answer.text for answer in too_many)
    assert (await service.apply({"rules": rules(200, "b")}, "telegram:-2")).status_code == 422
    assert len(service.shelf.versions) == 2
