"""YouTube's hub at the door: it is answered for a channel that is listed, and a video pushed twice is one fact."""

from __future__ import annotations

from pathlib import Path

import httpx

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.raw import from_record
from services.ingest.facts import identity
from tests.integration.edge import SECRET, Edge, edge
from tests.integration.services import eventually
from tests.parts import Addresses
from tests.unit.ingest.test_youtube_connector import ASKED, LEAVING, LISTED, signature
from tests.unit.ingest.youtube_payloads import CHANNEL, OTHER, TOPIC, feed, video

TELLINGS = (feed(video()), feed(video(updated="2026-01-01T00:00:31+00:00")))


async def sent(asked: Edge, hook: str, body: bytes, secret: str = SECRET) -> httpx.Response:
    return await asked.http.post(hook, content=body, headers={"x-hub-signature": signature(body, secret)})


async def test_a_hub_is_answered_and_a_video_told_twice_is_one_fact(parts: Addresses, tmp_path: Path) -> None:
    async with edge(parts, tmp_path) as asked:
        name = f"youtube-{asked.brand}"
        spec = {"platform": "youtube", "secrets": [{"file": "secret"}], "communities": [{"id": id_} for id_ in LISTED]}
        await asked.service.directory.put("Connection", asked.brand, name, spec)
        hook = f"/v1/hooks/{name}"

        greeted = await eventually(  # a connection that was declared just now is known in a moment
            lambda: asked.http.get(hook, params=ASKED), lambda answer: answer.status_code != 404
        )
        others = [
            await asked.http.get(hook, params=params)
            for params in (ASKED | {"hub.topic": TOPIC.replace(CHANNEL, OTHER)}, LEAVING)
        ]
        refused = [await sent(asked, hook, TELLINGS[0], "guess"), await sent(asked, hook, b"<!DOCTYPE a><a/>")]
        taken = [await sent(asked, hook, body) for body in TELLINGS]
        kept = [record for record in await asked.kept() if dict(record.headers).get("connection") == name.encode()]

    assert (greeted.status_code, greeted.text) == (200, "c7")
    assert [answer.status_code for answer in others] == [403, 403]
    assert [answer.status_code for answer in refused] == [401, 400]
    assert [answer.status_code for answer in taken] == [200, 200]
    assert [(record.key, record.value) for record in kept] == [
        (f"{asked.brand}/youtube:{CHANNEL}".encode(), body) for body in TELLINGS
    ]
    told = [event for record in kept for event in CONNECTORS["youtube"].decode(from_record(record).payload).events]
    assert len(told) == 2
    assert len({identity(event.brand, event.community, event.id) for event in told}) == 1
