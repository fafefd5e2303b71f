"""Discourse at the door: a ping is answered, a delivery is kept without e-mail addresses, and told twice is one fact."""

from __future__ import annotations

from pathlib import Path

import httpx

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.raw import from_record
from services.ingest.facts import identity
from tests.integration.edge import SECRET, Edge, edge
from tests.integration.services import eventually
from tests.parts import Addresses
from tests.unit.ingest.discourse_deliveries import CASES, EMAIL, bytes_of, headers
from tests.unit.ingest.test_discourse_connector import signature


async def sent(asked: Edge, hook: str, name: str, delivery: str = "1") -> httpx.Response:
    event, found = CASES[name]
    body = bytes_of(found)
    told = headers(event) | {
        "x-discourse-event-type": next(iter(found)),
        "x-discourse-event-id": delivery,
        "x-discourse-event-signature": signature(body, SECRET),
    }
    return await asked.http.post(f"/v1/hooks/{hook}", content=body, headers=told)


async def test_a_ping_is_answered_and_a_delivery_told_twice_is_one_fact(parts: Addresses, tmp_path: Path) -> None:
    async with edge(parts, tmp_path) as asked:
        hook = f"discourse-{asked.brand}"
        spec = {"platform": "discourse", "secrets": [{"file": "secret"}]}
        await asked.service.directory.put("Connection", asked.brand, hook, spec)

        pinged = await eventually(  # a connection that was declared just now is known in a moment
            lambda: sent(asked, hook, "ping"), lambda answer: answer.status_code != 404
        )
        taken = [await sent(asked, hook, name, delivery) for name in ("member", "post") for delivery in "12"]
        got = await asked.http.get(f"/v1/hooks/{hook}")
        kept = [record for record in await asked.kept() if dict(record.headers).get("connection") == hook.encode()]

    assert (pinged.status_code, pinged.text) == (200, "ok")
    assert got.status_code == 405
    assert [answer.status_code for answer in taken] == [200] * 4
    assert [record.key for record in kept] == [f"{asked.brand}/discourse:forum.example".encode()] * 4
    assert not [record for record in kept if EMAIL.encode() in (record.value or b"")]
    told = [event for record in kept for event in CONNECTORS["discourse"].decode(from_record(record).payload).events]
    assert len(told) == 4
    assert len({identity(event.brand, event.community, event.id) for event in told}) == 2
