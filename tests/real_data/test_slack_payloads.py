"""Every callback of Slack that others collected becomes events or is refused with a reason; and a real signature."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.delivery import Delivery, Keys
from services.ingest.connectors.payload import Payload
from shared.events import decode, encode

SLACK = CONNECTORS["slack"]
RECORDED = datetime(2026, 1, 1, tzinfo=UTC)


def test_every_callback_is_told_or_refused(real_data: Path) -> None:
    outcomes: Counter[str] = Counter()
    for file in sorted((real_data / "payloads" / "slack").glob("bolt_event_callback__*.json")):
        told = SLACK.decode(Payload(body=file.read_bytes(), brand="acme", connection="hook", recordedtime=RECORDED))
        kind = file.name.removeprefix("bolt_event_callback__").rpartition("_")[0]
        outcomes.update(f"{kind}: {event.__struct_config__.tag}" for event in told.told)
        outcomes.update(f"{kind}: {refusal.reason}" for refusal in told.refused)
        assert all(decode(encode(event)) == event for event in told.told)

    assert {name for name in outcomes if "community." in name} == {
        "app_mention: community.content.created",
        "member_joined_channel: community.member.joined",
        "message: community.content.created",
        "message.bot_message: community.content.created",
        "message.file_share: community.content.created",
        "message.message_changed: community.content.edited",
        "message.message_deleted: community.content.deleted",
        "message.thread_broadcast: community.content.created",
        "reaction_added: community.reaction.added",
    }
    assert {name.partition(":")[0] for name in outcomes if "not_a_fact" in name} == {
        "app_home_opened",
        "app_uninstalled",
        "member_left_channel",
        "team_access_granted",
        "team_access_revoked",
        "tokens_revoked",
    }


def test_a_real_signature_is_genuine_in_its_time_alone(real_data: Path) -> None:
    vector = json.loads((real_data / "payloads" / "signature_vectors" / "slack_v0.json").read_bytes())
    stamp = vector["X-Slack-Request-Timestamp"]
    headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": vector["X-Slack-Signature"]}
    then, keys = datetime.fromtimestamp(int(stamp), UTC), Keys((vector["signing_secret"],))

    assert SLACK.verify(Delivery(headers, vector["body"].encode(), then), keys)
    assert not SLACK.verify(Delivery(headers, vector["body"].encode(), RECORDED), keys)
    assert not SLACK.verify(Delivery(headers, vector["body"].encode() + b" ", then), keys)
