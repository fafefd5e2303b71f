"""What reporting owns of a brand's documents: three kinds at one address; goals by name, each by who may."""

from __future__ import annotations

from typing import Any

import httpx

from services.reporting.app import create_app
from shared.directory import Scope
from tests.integration.services import running, settings_for, token
from tests.parts import Addresses

SCOPES = (Scope.POLICIES_READ, Scope.POLICIES_WRITE)
WORDS = {"en": "More", "ru": "Больше"}
GOAL = {"title": WORDS, "figure": "content", "baseline": 10, "target": 20, "owner": "anna"}
GOAL |= {"from": "2026-01-01", "due": "2026-06-30"}


def document(kind: str, name: str = "default", **spec: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    return {"apiVersion": "veche/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


async def names(client: httpx.AsyncClient, kind: str) -> list[str]:
    answer = await client.get("/v1/documents", params={"kind": kind})
    assert answer.status_code == 200, answer.text
    return sorted(one["metadata"]["name"] for one in answer.json())


async def test_every_kind_is_stored_listed_and_a_goal_is_deleted(parts: Addresses) -> None:
    service = create_app(settings_for(parts))
    async with running(service) as (client,):
        client.headers.update(await token(service, "acme", *SCOPES))
        for told in (document("Playbook"), document("Listening"), document("Goal", "more", **GOAL)):
            answer = await client.put("/v1/documents", json=told)
            assert (answer.status_code, answer.json().get("changed")) == (200, True), answer.text
        again = await client.put("/v1/documents", json=document("Goal", "more", **GOAL))
        assert again.json()["changed"] is False
        assert again.json()["metadata"] == {"name": "more", "brand": "acme"}
        found = [await names(client, kind) for kind in ("Playbook", "Listening", "Goal")]
        assert found == [["default"], ["default"], ["more"]]

        assert (await client.delete("/v1/documents/Goal/more")).status_code == 204
        assert (await client.delete("/v1/documents/Goal/more")).status_code == 404
        assert (await client.delete("/v1/documents/Playbook/default")).status_code == 422
        assert (await client.get("/v1/documents", params={"kind": "Brand"})).status_code == 422
        assert await names(client, "Goal") == []


async def test_what_is_wrong_is_told_and_what_no_platform_tells_is_warned_of(parts: Addresses) -> None:
    service = create_app(settings_for(parts))
    async with running(service) as (client,):
        client.headers.update(await token(service, "acme", *SCOPES))
        refused = await client.put("/v1/documents", json=document("Goal", "g", **GOAL | {"target": 10, "figure": "wisdom"}))
        views = {"figure": "views", "communities": ["discord:1"]}
        warned = await client.put("/v1/documents", json=document("Goal", "v", **GOAL | views))

    assert refused.status_code == 422
    assert [one["at"] for one in refused.json()["errors"]] == ["$.spec.figure", "$.spec.target"]
    assert "discord does not tell views" in warned.json()["warnings"][0]


async def test_who_looks_after_one_community_has_goals_of_it_alone(parts: Addresses) -> None:
    service = create_app(settings_for(parts))
    async with running(service) as (client,):
        whole = await token(service, "acme", *SCOPES)
        own = await token(service, "acme", *SCOPES, communities=frozenset({"discord:1"}), name="boris")
        here, all_ = {"communities": ["discord:1"]}, document("Goal", "all", **GOAL)
        assert (await client.put("/v1/documents", json=all_, headers=whole)).status_code == 200
        assert (await client.put("/v1/documents", json=all_, headers=own)).status_code == 403
        mine = await client.put("/v1/documents", json=document("Goal", "mine", **GOAL | here), headers=own)
        assert mine.status_code == 200, mine.text
        taken = await client.put("/v1/documents", json=document("Goal", "all", **GOAL | here), headers=own)
        assert taken.status_code == 403, "a goal of the whole brand is nobody's to make one of theirs"
        assert (await client.delete("/v1/documents/Goal/all", headers=own)).status_code == 403
        client.headers.update(own)
        assert await names(client, "Goal") == ["mine"]
