"""A token that is limited to communities reaches these, and never what concerns the whole brand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.engagement import app as engagement
from services.moderation import app as moderation
from shared.directory import ROLE_SCOPES, Role, Scope
from shared.runtime import Service
from tests.integration.services import running, settings_for, token
from tests.parts import Addresses

OWN, OTHER = "telegram:-1", "telegram:-2"
MINE = frozenset({OWN})
ANNA = "telegram:1"
AT = datetime(2026, 3, 2, tzinfo=UTC)


def policy(kind: str, community: str | None) -> dict[str, Any]:
    place = {"community": community} if community else {}
    return {"apiVersion": "veche/v1", "kind": kind, "metadata": {"name": "default", **place}, "spec": {}}


async def stored(service: Service, group: str, *entries: dict[str, Any]) -> None:
    """Store entries as the fold would have written them."""
    database = service.client.get_database(service.database)
    await database[f"{group}.entries"].insert_many(
        [{"brand": "acme", "member": ANNA, "at": AT} | entry for entry in entries]
    )


async def test_a_manager_of_one_community_changes_its_policies_and_not_the_brands(parts: Addresses) -> None:
    settings = settings_for(parts)
    services = {"ModerationPolicy": moderation.create_app(settings), "RewardsPolicy": engagement.create_app(settings)}
    async with running(*services.values()) as clients:
        for (kind, service), client in zip(services.items(), clients, strict=True):
            scopes = ROLE_SCOPES[Role.COMMUNITY_MANAGER]
            client.headers.update(await token(service, "acme", *scopes, communities=MINE))
            everywhere = await token(service, "acme", *scopes)

            puts = [await client.put("/v1/documents", json=policy(kind, place)) for place in (None, OTHER, OWN)]
            for place in (None, OTHER):
                assert (await client.put("/v1/documents", json=policy(kind, place), headers=everywhere)).is_success
            shown = (await client.get("/v1/documents")).json()

            assert [answer.status_code for answer in puts] == [403, 403, 200]
            assert "limited to some of its communities" in puts[0].json()["detail"]
            assert {document["metadata"].get("community") for document in shown} == {None, OWN}


async def test_a_moderator_of_one_community_sees_its_entries_alone_and_no_best_of_the_brand(parts: Addresses) -> None:
    service = engagement.create_app(settings_for(parts))
    async with running(service) as (points,):
        places = enumerate((OWN, OTHER, None))
        await stored(service, "ledger", *({"_id": str(n), "n": n, "community": place} for n, place in places))
        limited = await token(service, "acme", Scope.MEMBERS_READ, communities=MINE)
        everywhere = await token(service, "acme", Scope.MEMBERS_READ)

        history = f"/v1/members/{ANNA}/history"
        seen = [(await points.get(history, headers=who)).json() for who in (limited, everywhere)]
        best = [(await points.get("/v1/members/top", headers=who)).status_code for who in (limited, everywhere)]

        assert [[entry["community"] for entry in entries] for entries in seen] == [[OWN], [None, OTHER, OWN]]
        assert best == [403, 200]


async def test_a_moderator_of_one_community_reads_the_decisions_made_there(parts: Addresses) -> None:
    service = moderation.create_app(settings_for(parts))
    async with running(service) as (decisions,):
        made = {"kind": "decision", "imported": False}
        await stored(service, "moderation", *({"_id": place, "community": place, **made} for place in (OWN, OTHER)))
        decisions.headers.update(await token(service, "acme", Scope.DECISIONS_READ, communities=MINE))

        listed = (await decisions.get("/v1/decisions")).json()
        named = [await decisions.get("/v1/decisions", params={"community": place}) for place in (OWN, OTHER)]
        single = [await decisions.get(f"/v1/decisions/{place}") for place in (OWN, OTHER)]

        assert [decision["community"] for decision in listed] == [OWN]
        assert [answer.status_code for answer in named] == [200, 403]
        assert [answer.status_code for answer in single] == [200, 404]
