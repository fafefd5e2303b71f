"""Meta at the door: its handshake is answered, changes of two pages are records of two communities, a retry is one fact."""

from __future__ import annotations

from pathlib import Path

import httpx

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.raw import from_record
from services.ingest.facts import identity
from tests.integration.edge import SECRET, Edge, edge
from tests.integration.services import eventually
from tests.parts import Addresses
from tests.unit.ingest.meta_requests import PAGE, TOKEN, bytes_of
from tests.unit.ingest.test_meta_connector import MIXED, signature

ASKED = {"hub.mode": "subscribe", "hub.verify_token": TOKEN, "hub.challenge": "1158201444"}


async def connect(asked: Edge, folder: Path) -> str:
    """Declare a connection of Facebook; return its webhook's path."""
    name = f"facebook-{asked.brand}"
    (folder / asked.brand / "token").write_text(TOKEN)
    spec = {"platform": "facebook", "secrets": [{"file": "secret"}], "handshake": {"file": "token"}}
    await asked.service.directory.put("Connection", asked.brand, name, spec)
    return f"/v1/hooks/{name}"


async def sent(asked: Edge, hook: str, body: bytes, secret: str = SECRET) -> httpx.Response:
    return await asked.http.post(hook, content=body, headers={"x-hub-signature-256": signature(body, secret)})


async def test_a_handshake_is_answered_and_a_request_about_two_pages_told_twice_is_each_fact_once(
    parts: Addresses, tmp_path: Path
) -> None:
    async with edge(parts, tmp_path) as asked:
        hook, body = await connect(asked, tmp_path), bytes_of(MIXED)

        greeted = await eventually(  # a connection that was declared just now is known in a moment
            lambda: asked.http.get(hook, params=ASKED), lambda answer: answer.status_code != 404
        )
        forged = await asked.http.get(hook, params=ASKED | {"hub.verify_token": "guess"})
        refused = await sent(asked, hook, body, "guess")
        taken = [await sent(asked, hook, body) for _ in range(2)]
        kept = [record for record in await asked.kept() if dict(record.headers).get("platform") == b"facebook"]

    assert (greeted.status_code, greeted.text) == (200, "1158201444")
    assert (forged.status_code, refused.status_code) == (403, 401)
    assert [answer.status_code for answer in taken] == [200] * 2
    keys = sorted(f"{asked.brand}/facebook:{page}".encode() for page in (PAGE, PAGE, "702", PAGE) for _ in taken)
    assert sorted(record.key or b"" for record in kept) == keys
    told = [event for record in kept for event in CONNECTORS["facebook"].decode(from_record(record).payload).events]
    assert len(told) == 6
    assert len({identity(event.brand, event.community, event.id) for event in told}) == 3
