"""Every callback of VK that others collected becomes events or is refused with a reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.delivery import Answer, Delivery, Keys
from services.ingest.connectors.payload import Decoded, Payload, Reason
from services.ingest.connectors.vk.callbacks import READ, REFUSED
from shared.events import decode, encode

VK = CONNECTORS["vk"]
RECORDED = datetime(2026, 1, 1, tzinfo=UTC)

COMMENTS = ("wall_reply", "photo_comment", "video_comment", "market_comment", "board_post")
CHANGES = {"new": "created", "edit": "edited", "delete": "deleted", "restore": "restored"}

OUTCOMES = {
    # kind: types of the events of all its samples, or the reason why there is none
    **{f"{place}_{change}": {f"community.content.{name}"} for place in COMMENTS for change, name in CHANGES.items()},
    "confirmation": {Reason.NOT_A_FACT},
    "donut_money_withdraw": {Reason.NOT_A_FACT},
    "donut_money_withdraw_error": {Reason.NOT_A_FACT},
    "donut_subscription_cancelled": {"community.subscription.ended"},
    "donut_subscription_create": {"community.subscription.started"},
    "donut_subscription_expired": {"community.subscription.ended"},
    "donut_subscription_price_changed": {Reason.NOT_A_FACT},
    "donut_subscription_prolonged": {"community.subscription.renewed"},
    "group_change_photo": {Reason.NOT_A_FACT},
    "group_join": {"community.member.join_requested"},
    "group_leave": {"community.member.left"},
    "group_officers_edit": {Reason.NOT_A_FACT},
    "message_allow": {Reason.PRIVATE_CHAT},
    "message_deny": {Reason.PRIVATE_CHAT},
    "message_edit": {Reason.PRIVATE_CHAT},
    "message_event": {Reason.NOT_A_FACT},
    "message_new": {Reason.PRIVATE_CHAT},
    "message_reply": {Reason.PRIVATE_CHAT},
    "photo_new": {"community.content.created"},
    "poll_vote_new": {"community.poll.voted"},
    "user_block": {"community.member.banned"},
    "user_unblock": {"community.member.unbanned"},
    "video_new": {"community.content.created"},
    "wall_post_new": {"community.content.created"},
}


def decoded(body: bytes) -> Decoded:
    return VK.decode(Payload(body=body, brand="acme", connection="hook", recordedtime=RECORDED))


def outcome(body: bytes) -> set[str]:
    told = decoded(body)
    assert all(decode(encode(event)) == event for event in told.told)
    return {str(event.__struct_config__.tag) for event in told.told} | {refusal.reason for refusal in told.refused}


def samples(folder: Path) -> list[bytes]:
    return [
        file.read_bytes() for file in sorted((folder / "payloads" / "vk").glob("*.json")) if file.stem != "idreamzzer_post"
    ]


def read(body: bytes) -> Any:  # noqa: ANN401 - JSON
    return json.loads(body.decode("utf-8-sig"))


def test_every_callback_is_told_or_refused(real_data: Path) -> None:
    found: dict[str, set[str]] = {}
    for body in samples(real_data):
        found.setdefault(read(body)["type"], set()).update(outcome(body))

    assert len(samples(real_data)) == 49
    assert found == OUTCOMES


def test_a_message_to_one_person_is_content_once_it_stands_in_a_chat(real_data: Path) -> None:
    types: dict[str, set[str]] = {}
    for body in samples(real_data):
        callback = read(body)
        if callback["type"] in {"message_new", "message_edit", "message_reply"}:
            callback["object"].get("message", callback["object"])["peer_id"] = 2_000_000_001
            types.setdefault(callback["type"], set()).update(outcome(json.dumps(callback).encode()))

    assert types == {
        "message_new": {"community.content.created"},
        "message_edit": {"community.content.edited"},
        "message_reply": {"community.content.created"},
    }


def test_a_post_of_another_collection_is_told_inside_a_callback(real_data: Path) -> None:
    post = (real_data / "payloads" / "vk" / "idreamzzer_post.json").read_bytes()

    (event,) = decoded(b'{"type": "wall_post_new", "group_id": 22222, "object": ' + post + b"}").told

    assert event.data.actor.role == "community"  # type: ignore[attr-defined] # a content


def test_no_kind_of_the_official_schema_is_unknown(real_data: Path) -> None:
    schema = json.loads((real_data / "payloads" / "vk" / "schema" / "callback_objects.json").read_bytes())

    kinds = set(schema["definitions"]["callback_type"]["enum"])
    assert kinds - set(READ) - set(REFUSED) == set()


def test_a_real_confirmation_is_answered(real_data: Path) -> None:
    body = (real_data / "payloads" / "vk" / "idreamzzer_confirmation.json").read_bytes()
    delivery, keys = Delivery({}, body, RECORDED), Keys((read(body)["secret"],), read(body)["callbackString"])

    assert VK.verify(delivery, keys)
    assert VK.greeting(delivery, keys) == Answer(read(body)["callbackString"].encode())
    assert not VK.verify(delivery, Keys(("else",), "12345678"))
