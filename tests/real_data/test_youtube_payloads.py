"""The feed that YouTube's own documents show is read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Payload
from shared.events import decode, encode
from shared.events.community import ContentCreated, ContentEdited

YOUTUBE = CONNECTORS["youtube"]
RECORDED = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_documented_feed_is_a_changed_video_and_a_new_one_had_it_come_at_once(real_data: Path) -> None:
    body = (real_data / "payloads" / "youtube" / "push_notification_docs_example.xml").read_bytes()
    at_once = body.replace(b"2015-03-09T19:05:24", b"2015-03-06T21:41:02")

    YOUTUBE.check(body)
    (changed,), (new,) = (
        YOUTUBE.decode(Payload(body=sent, brand="acme", connection="hook", recordedtime=RECORDED)).events
        for sent in (body, at_once)
    )

    assert YOUTUBE.place(body, {}) == changed.community == new.community == "youtube:CHANNEL_ID"
    assert isinstance(changed, ContentEdited)
    assert isinstance(new, ContentCreated)
    assert changed.data.content_id == new.data.content_id == "youtube:CHANNEL_ID:VIDEO_ID"
    assert [decode(encode(event)) for event in (changed, new)] == [changed, new]
