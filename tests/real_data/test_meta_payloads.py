"""Every request of Meta that others collected becomes events or is refused with a reason; and a real signature."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.delivery import Delivery, Keys
from services.ingest.connectors.payload import Payload, Reason
from services.ingest.connectors.secrets import is_hub_signed
from shared.events import decode, encode

RECORDED = datetime(2026, 1, 1, tzinfo=UTC)
CREATED, EDITED, DELETED, RESTORED = (f"community.content.{what}" for what in ("created", "edited", "deleted", "restored"))
ADDED, REMOVED = "community.reaction.added", "community.reaction.removed"

OUTCOMES = {
    # platform, field, item and verb, or field alone: types of all events, or the reason why there is none
    "facebook": {
        "feed album add": {CREATED},
        "feed album edited": {Reason.NOT_A_FACT},  # not published
        "feed comment add": {CREATED},
        "feed comment edited": {EDITED},
        "feed comment hide": {DELETED},
        "feed comment remove": {DELETED},
        "feed comment unhide": {RESTORED},
        "feed event add": {Reason.NO_CONTENT},
        "feed like add": {ADDED, "community.member.joined"},  # of a post, of the page
        "feed like remove": {REMOVED},
        "feed photo add": {CREATED},
        "feed photo edited": {EDITED},
        "feed photo hide": {DELETED},
        "feed photo remove": {DELETED},
        "feed post add": {CREATED},
        "feed post edit": {EDITED},
        "feed post hide": {DELETED},
        "feed post remove": {DELETED},
        "feed post unhide": {RESTORED},
        "feed reaction add": {ADDED},
        "feed reaction edit": {ADDED},
        "feed reaction remove": {REMOVED},
        "feed share add": {CREATED},
        "feed share hide": {DELETED},
        "feed share unhide": {RESTORED},
        "feed status add": {CREATED},
        "feed status edited": {EDITED},
        "feed status hide": {DELETED},
        "feed status unhide": {RESTORED},
        "feed video add": {CREATED},
        "feed video block": {Reason.NOT_A_FACT},
        "feed video edited": {EDITED},
        "feed video hide": {DELETED},
        "feed video mute": {Reason.NOT_A_FACT},
        "feed video remove": {DELETED},
        "feed video unblock": {Reason.NOT_A_FACT},
        "mention comment add": {Reason.NOT_A_FACT},  # on the page itself: its feed tells it
        "mention post add": {Reason.NOT_A_FACT, CREATED},
        "parking": {Reason.NOT_A_FACT},
        "payment_options": {Reason.NOT_A_FACT},
        "ratings comment add": {CREATED},
        "ratings comment edited": {EDITED},
        "ratings comment remove": {DELETED},
        "ratings like add": {ADDED},
        "ratings like remove": {REMOVED},
        "ratings rating add": {CREATED, ADDED},
        "ratings rating edit": {EDITED, ADDED},
        "ratings rating remove": {DELETED},
        "ratings reaction add": {ADDED},
        "ratings reaction edit": {ADDED},
        "ratings reaction remove": {REMOVED},
    },
    "instagram": {
        "comments": {CREATED},
        "live_comments": {CREATED},
        "mentions": {CREATED},
        "story_insights": {"community.content.measured"},
    },
}


def kind_of(part: bytes) -> str:
    change = json.loads(part)["entry"][0]["changes"][0]
    value = change.get("value", {})
    return " ".join(word for word in (change["field"], value.get("item"), value.get("verb")) if word)


@pytest.mark.parametrize(("platform", "files"), [("facebook", 68), ("instagram", 5)])
def test_every_change_is_told_or_refused(real_data: Path, platform: str, files: int) -> None:
    connector, found = CONNECTORS[platform], dict[str, set[str]]()
    samples = [file.read_bytes() for file in sorted((real_data / "payloads" / platform).glob("*.json"))]
    for part in (part for body in samples for part in connector.parts(connector.keep(body))):
        place = connector.place(part, {})
        told = connector.decode(Payload(body=part, brand="acme", connection="hook", community=place, recordedtime=RECORDED))
        assert all(decode(encode(event)) == event and event.community == place for event in told.events)
        types = {str(event.__struct_config__.tag) for event in told.events} | {refusal.reason for refusal in told.refused}
        found.setdefault(kind_of(part), set()).update(types)

    assert len(samples) == files
    assert found == OUTCOMES[platform]


def test_real_signatures_are_genuine(real_data: Path) -> None:
    vector = json.loads((real_data / "payloads" / "signature_vectors" / "facebook_hub.json").read_bytes())
    body, keys = vector["body"].encode(), Keys((vector["app_secret"],))
    (newer,) = (value for name, value in vector.items() if name.startswith("X-Hub-Signature-256"))
    signed = Delivery({"x-hub-signature-256": newer}, body, RECORDED)

    assert CONNECTORS["facebook"].verify(signed, keys)
    assert CONNECTORS["instagram"].verify(signed, keys)
    assert not CONNECTORS["facebook"].verify(signed._replace(body=body + b" "), keys)
    assert is_hub_signed(vector["X-Hub-Signature"], body, keys.secrets, {"sha1"})
    assert not CONNECTORS["facebook"].verify(Delivery({"x-hub-signature": vector["X-Hub-Signature"]}, body, RECORDED), keys)
