"""One callback of each kind, made up by us, and the golden events that they decode into.

`python -m tests.unit.ingest.slack_callbacks` writes the golden file anew; read the difference before committing it. What we
read in a callback may change; an `id` may not: it is by its id that an event told again is known.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Decoded, Payload
from tests.unit.ingest import golden_file

GOLDEN = Path(__file__).parent / "golden" / "slack.json"
RECORDED = datetime(2026, 3, 1, 12, tzinfo=UTC)
Json = dict[str, Any]

SLACK = CONNECTORS["slack"]
TS, LATER, LATEST = "1767225600.000100", "1767225660.000200", "1767225720.000300"
ITEM: Json = {"type": "message", "channel": "C1", "ts": TS}


def request(event: Json, **outer: object) -> Json:
    return {"type": "event_callback", "team_id": "T1", "event_time": 1767225600, "event": event} | outer


def callback(event: Json, **outer: object) -> bytes:
    return json.dumps(request(event, **outer)).encode()


def said(**more: object) -> Json:
    return {"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "ts": TS, "text": "Hi"} | more


def digest_of(body: bytes, secret: str, stamp: str) -> str:
    """Return what Slack sends as the signature."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()


def reacted(kind: str, at: str = LATER, **more: object) -> Json:
    return {"type": kind, "user": "U2", "item": ITEM, "item_user": "U1", "reaction": "+1", "event_ts": at} | more


def changed(text: str, **more: object) -> Json:
    before = {"type": "message", "user": "U1", "text": "Hi", "ts": TS}
    after = before | {"text": text, "edited": {"user": "U1", "ts": LATER}}
    return said(subtype="message_changed", message=after, previous_message=before, ts=LATER) | more


def command(name: str, text: str) -> bytes:
    """What Slack sends of a command of its own: a form."""
    fields = {"team_id": "T1", "user_id": "U1", "channel_id": "C1", "trigger_id": "1.2.abc", "command": name, "text": text}
    return urlencode(fields).encode()


FILE: Json = {"id": "F1", "mimetype": "image/png", "size": 5_000}

CASES: dict[str, Json | bytes] = {
    "message": request(said(text="<@U2> смотри: <https://a.example|тут>")),
    "answer": request(said(thread_ts="1767225500.000000")),
    "mention_of_the_app": request(said(type="app_mention", text="<@U2> смотри")),
    "file": request(said(subtype="file_share", files=[FILE], text="")),
    "message_of_an_app": request(said(subtype="bot_message", user=None, bot_id="B1", username="Новости")),
    "edited": request(changed("Hello")),
    "previewed": request(changed("Hi")),
    "deleted": request(said(subtype="message_deleted", deleted_ts=TS, ts=LATER)),
    "reaction": request(reacted("reaction_added")),
    "reaction_taken_back": request(reacted("reaction_removed", LATEST)),
    "reaction_to_a_file": request(reacted("reaction_added", item={"type": "file", "file": "F1"})),
    "joined_a_channel": request({"type": "member_joined_channel", "user": "U1", "channel": "C1"}),
    "joined_the_workspace": request({"type": "team_join", "user": {"id": "U1"}}),
    "left_a_channel": request({"type": "member_left_channel", "user": "U1"}),
    "topic": request(said(subtype="channel_topic")),
    "talk": request(said(channel_type="im")),
    "of_no_workspace": request(said(), team_id=None),
    "report": command("/report", "спам"),
    "rank": command("/rank", ""),
    "command_unheard_of": command("/hologram", ""),
    "unheard_of": request({"type": "hologram"}),
}


def bytes_of(sent: object) -> bytes:
    return sent if isinstance(sent, bytes) else json.dumps(sent, ensure_ascii=False).encode()


def payload(sent: object, **fields: object) -> Payload:
    body = bytes_of(sent)
    first = Payload(body=body, brand="acme", connection="hook", community=SLACK.place(body, {}), recordedtime=RECORDED)
    return msgspec.structs.replace(first, **fields)


def decode(sent: object, **fields: object) -> Decoded:
    return SLACK.decode(payload(sent, **fields))


def told(name: str, **fields: object) -> Decoded:
    return decode(CASES[name], **fields)


if __name__ == "__main__":
    golden_file.write(GOLDEN, {name: told(name) for name in CASES})
