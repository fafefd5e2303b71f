"""Policies and things of engagement: stored, listed, deleted, refused with their place, each by who may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from services.engagement import app as engagement
from services.engagement.rules.participation.commands import decoded
from shared.bus import past
from shared.directory import Scope
from shared.topics import PARTICIPATION
from tests.builders import PLACE
from tests.integration.services import eventually, running, settings_for, token
from tests.integration.test_standing import WORDS, document
from tests.parts import Addresses

SCOPES = (Scope.POLICIES_READ, Scope.POLICIES_WRITE)
POLL = {"title": WORDS, "options": [WORDS, WORDS]}


async def test_documents_are_stored_listed_and_deleted(parts: Addresses) -> None:
    service = engagement.create_app(settings_for(parts))
    async with running(service) as (client,):
        client.headers.update(await token(service, "acme", *SCOPES))
        assert await changed(client, document("Poll", "spring", **POLL)) is True
        assert await changed(client, document("Poll", "spring", **POLL)) is False
        assert await changed(client, document("Poll", "autumn", **POLL, community=PLACE)) is True
        assert await changed(client, document("Standing", "default", vip={"enter": 10, "keep": 5})) is True
        assert await names(client, "Poll") == ["autumn", "spring"]
        assert await names(client, "Standing") == ["default"]

        assert (await client.delete("/v1/documents/Poll/spring")).status_code == 204
        assert (await client.delete("/v1/documents/Poll/spring")).status_code == 404
        assert (await client.delete("/v1/documents/Standing/default")).status_code == 422
        assert await names(client, "Poll") == ["autumn"]
        assert (await client.get("/v1/documents", params={"kind": "Brand"})).status_code == 422
        await every_version_is_told(parts)
        await who_looks_after_one_community_has_things_there_alone(service, client)


async def changed(client: httpx.AsyncClient, told: Mapping[str, Any]) -> bool:
    answer = await client.put("/v1/documents", json=told)
    assert answer.status_code == 200, answer.text
    is_changed: bool = answer.json()["changed"]
    return is_changed


async def names(client: httpx.AsyncClient, kind: str) -> list[str]:
    answer = await client.get("/v1/documents", params={"kind": kind})
    return sorted(one["metadata"]["name"] for one in answer.json())


async def every_version_is_told(parts: Addresses) -> None:
    """The bus tells what things are, and that they are no more; what another process tells again is the same version."""

    async def told() -> set[tuple[str, bool]]:
        found = [decoded(record.value or b"") async for record in past.records(parts.kafka, PARTICIPATION.name)]
        return {(one.thing, one.spec is None) for one in found if one.brand == "acme"}  # type: ignore[union-attr]

    wanted = {("poll/spring", False), ("poll/spring", True), ("poll/autumn", False)}
    assert wanted <= await eventually(told, lambda found: wanted <= found)


async def who_looks_after_one_community_has_things_there_alone(service: Any, client: httpx.AsyncClient) -> None:  # noqa: ANN401
    client.headers.update(await token(service, "acme", *SCOPES, communities=frozenset({PLACE}), name="oleg"))

    assert (await client.put("/v1/documents", json=document("Poll", "mine", **POLL))).status_code == 403
    assert (await client.put("/v1/documents", json=document("Poll", "mine", **POLL, community=PLACE))).status_code == 200
    assert (await client.delete("/v1/documents/Poll/autumn")).status_code == 204
    assert (await client.put("/v1/documents", json=document("Standing", "default"))).status_code == 403


@pytest.mark.parametrize(
    ("kind", "spec", "at"),
    [
        ("Poll", {"title": WORDS}, "$.spec.options"),
        ("Poll", POLL | {"from": "2027-01-02T00:00:00Z", "until": "2027-01-01T00:00:00Z"}, "$.spec.until"),
        ("Contest", {"title": WORDS, "enter": {"by": "hashtag"}, "until": "2027-01-01T00:00:00Z"}, "$.spec.enter.tag"),
        ("Contest", {"title": WORDS, "enter": {"by": "form"}}, "$.spec.until"),
        ("Standing", {"vip": {"enter": 5, "keep": 10}}, "$.spec.vip.keep"),
        ("RewardsPolicy", {"rules": [{"id": "a", "for": "task", "points": -1}]}, "$.spec.rules[0].points"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_place(
    parts: Addresses, kind: str, spec: Mapping[str, Any], at: str
) -> None:
    service = engagement.create_app(settings_for(parts))
    async with running(service) as (client,):
        client.headers.update(await token(service, "acme", *SCOPES))
        answer = await client.put("/v1/documents", json=document(kind, "spring", **spec))

        assert answer.status_code == 422, answer.text
        assert [one["at"] for one in answer.json()["errors"]] == [at]


async def test_a_goal_gets_no_price_nor_goods_a_goal_even_after_they_were_deleted(parts: Addresses) -> None:
    service = engagement.create_app(settings_for(parts))
    price, goal = {"title": WORDS, "price": 5}, {"title": WORDS, "goal": {"target": 10}}
    async with running(service) as (client,):
        client.headers.update(await token(service, "acme", *SCOPES))
        assert await changed(client, document("Goods", "fund", **goal)) is True
        assert await changed(client, document("Goods", "mug", **price)) is True
        assert await changed(client, document("Goods", "mug", **price | {"price": 7})) is True
        for is_deleted in (False, True):
            if is_deleted:
                assert (await client.delete("/v1/documents/Goods/fund")).status_code == 204
                assert (await client.delete("/v1/documents/Goods/mug")).status_code == 204
            for name, spec, at in (("fund", price, "$.spec.price"), ("mug", goal, "$.spec.goal")):
                answer = await client.put("/v1/documents", json=document("Goods", name, **spec))
                assert answer.status_code == 422, answer.text
                assert [one["at"] for one in answer.json()["errors"]] == [at]
        assert await changed(client, document("Goods", "fund", **goal)) is True


async def test_a_draw_without_a_key_is_warned_of(parts: Addresses) -> None:
    service = engagement.create_app(settings_for(parts))
    spec = {"title": WORDS, "enter": {"by": "form"}, "until": "2099-01-01T00:00:00Z"}
    async with running(service) as (client,):
        client.headers.update(await token(service, "acme", *SCOPES))
        drawn = await client.put("/v1/documents", json=document("Contest", "drawn", **spec))
        judged = await client.put("/v1/documents", json=document("Contest", "judged", **spec, win="jury"))

    assert ["VECHE_DRAW_KEY" in warning for warning in drawn.json()["warnings"]] == [True]
    assert judged.json()["warnings"] == []
