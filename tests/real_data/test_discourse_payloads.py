"""Deliveries of Discourse that others collected become events without anybody's e-mail address; and a real signature."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.delivery import Answer, Delivery, Keys
from services.ingest.connectors.payload import Payload
from shared.events import decode, encode

DISCOURSE = CONNECTORS["discourse"]
RECORDED = datetime(2026, 1, 1, tzinfo=UTC)

OUTCOMES = [
    # the file, what the header may say of it, and the type of the event
    ("post", "post_created", "community.content.created"),
    ("post", "post_edited", "community.content.edited"),
    ("post", "post_destroyed", "community.content.deleted"),
    ("post", "post_recovered", "community.content.restored"),
    ("user", "user_created", "community.member.joined"),
    ("user", "user_destroyed", "community.member.left"),
    ("user", "user_updated", "not_a_fact"),
]


def test_no_sample_is_left_out(real_data: Path) -> None:
    files = {file.name for file in (real_data / "payloads" / "discourse").glob("*")}

    assert files == {f"wpdc_webhook_{name}.json" for name, _, _ in OUTCOMES}


@pytest.mark.parametrize(("name", "event", "outcome"), OUTCOMES)
def test_a_real_delivery_is_told_or_refused_without_personal_data(
    real_data: Path, name: str, event: str, outcome: str
) -> None:
    body = (real_data / "payloads" / "discourse" / f"wpdc_webhook_{name}.json").read_bytes()
    kept = DISCOURSE.keep(body)
    headers = {"x-discourse-instance": "https://forum.example", "x-discourse-event": event}

    told = DISCOURSE.decode(Payload(body=kept, brand="acme", connection="hook", recordedtime=RECORDED, headers=headers))

    assert [str(one.__struct_config__.tag) for one in told.events] + [one.reason for one in told.refused] == [outcome]
    assert all(decode(encode(one)) == one for one in told.events)
    assert b"@test.com" not in kept
    assert b"email" not in kept
    assert (kept == body) == (name == "post")


def test_a_real_signature_is_genuine_and_a_real_ping_is_answered(real_data: Path) -> None:
    vector = json.loads((real_data / "payloads" / "signature_vectors" / "discourse_sha256.json").read_bytes())
    headers = {name.lower(): value for name, value in vector.items() if name.startswith("X-")}
    ping, keys = Delivery(headers, vector["body"].encode(), RECORDED), Keys((vector["secret"],))

    assert DISCOURSE.verify(ping, keys)
    assert DISCOURSE.greeting(ping, keys) == Answer()
    assert not DISCOURSE.verify(ping._replace(body=b'{"ping": "OK"}'), keys)
