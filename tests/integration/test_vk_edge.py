"""VK at the door: its confirmation is answered, a callback delivered twice is one fact."""

from __future__ import annotations

import json
from pathlib import Path

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.raw import from_record
from services.ingest.facts import identity
from tests.integration.edge import SECRET, Edge, edge
from tests.integration.services import eventually
from tests.parts import Addresses
from tests.unit.ingest.vk_callbacks import CASES, GROUP, HANDSHAKE


async def connect(asked: Edge, folder: Path) -> str:
    """Declare a connection of VK; return its name."""
    name = f"vk-{asked.brand}"
    (folder / asked.brand / "handshake").write_text(HANDSHAKE)
    spec = {"platform": "vk", "secrets": [{"file": "secret"}], "handshake": {"file": "handshake"}}
    await asked.service.directory.put("Connection", asked.brand, name, spec)
    return name


async def test_a_confirmation_is_answered_and_a_callback_told_twice_is_one_fact(parts: Addresses, tmp_path: Path) -> None:
    async with edge(parts, tmp_path) as asked:
        hook = await connect(asked, tmp_path)
        asks = {"type": "confirmation", "group_id": GROUP, "secret": SECRET}
        like = json.dumps(CASES["like"] | {"secret": SECRET}).encode()

        greeted = await eventually(  # a connection that was declared just now is known in a moment
            lambda: asked.hook(json.dumps(asks).encode(), hook), lambda answer: answer.status_code != 404
        )
        forged = await asked.hook(json.dumps(asks | {"secret": "guess"}).encode(), hook)
        taken = [await asked.hook(like, hook) for _ in range(2)]
        kept = [record for record in await asked.kept() if dict(record.headers).get("connection") == hook.encode()]

    assert (greeted.status_code, greeted.text) == (200, HANDSHAKE)
    assert greeted.headers["content-type"].startswith("text/plain")
    assert forged.status_code == 401
    assert [(answer.status_code, answer.text) for answer in taken] == [(200, "ok")] * 2
    assert [record.key for record in kept] == [f"{asked.brand}/vk:{GROUP}".encode()] * 2
    told = [event for record in kept for event in CONNECTORS["vk"].decode(from_record(record).payload).told]
    assert len({event.recordedtime for event in told}) == 2
    assert len({identity(event.brand, event.community, event.id) for event in told}) == 1
