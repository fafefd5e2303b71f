"""One callback of each kind, made up by us, and the golden events that they decode into.

`python -m tests.unit.ingest.vk_callbacks` writes the golden file anew; read the difference before committing it. What we
read in a callback may change; an `id` may not: it is by its id that an event told again is known.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Decoded, Payload
from tests.unit.ingest import golden_file

GOLDEN = Path(__file__).parent / "golden" / "vk.json"
RECORDED = datetime(2026, 3, 1, 12, tzinfo=UTC)
Json = dict[str, Any]

GROUP, CHAT, ANNA, IVAN = 501, 2_000_000_003, 71, 72
DATE = 1_767_225_600
SECRET, HANDSHAKE = "sesame", "c0ffee42"


def told(kind: str, object_: object, **outer: object) -> Json:
    return {
        "type": kind,
        "event_id": "e1",
        "v": "5.199",
        "group_id": GROUP,
        "object": object_,
        "secret": SECRET,
    } | outer


def message(**fields: object) -> Json:
    return {"id": 0, "date": DATE, "from_id": ANNA, "peer_id": CHAT, "conversation_message_id": 9, "text": "Привет"} | fields


def said(**fields: object) -> Json:
    return told("message_new", {"message": message(**fields), "client_info": {"keyboard": True}})


def pressed(payload: object, **fields: object) -> Json:
    """A press of a button that calls back."""
    press = {"user_id": ANNA, "peer_id": CHAT, "event_id": "c5ae1a2b", "payload": payload, "conversation_message_id": 12}
    return told("message_event", press | fields)


def comment(**fields: object) -> Json:
    return {"id": 31, "from_id": ANNA, "date": DATE, "text": "Где купить?"} | fields


def post(**fields: object) -> Json:
    return {"id": 30, "from_id": -GROUP, "owner_id": -GROUP, "date": DATE, "text": "Новинка", "post_type": "post"} | fields


def liked(**fields: object) -> Json:
    return {"liker_id": IVAN, "object_type": "post", "object_owner_id": -GROUP, "object_id": 30} | fields


ATTACHMENTS: list[Json] = [
    {"type": "photo", "photo": {"id": 8, "owner_id": ANNA, "sizes": [{"url": "https://a.example/8"}], "access_key": "k"}},
    {"type": "doc", "doc": {"id": 9, "owner_id": ANNA, "size": 5_000, "url": "https://a.example/9"}},
    {"type": "link", "link": {"url": "https://b.example", "title": "Б"}},
]
POLL: Json = {
    "id": 44,
    "owner_id": -GROUP,
    "question": "Какой?",
    "answers": [{"id": 1, "text": "тот"}, {"id": 2, "text": "этот"}],
}
MARKED = "[id72|Иван], [club502|Лавка]: [https://c.example/?q=1|тут] и https://d.example. #Клей#x [не метка|1] #скидка@shop"
ON_WALL: Json = {"post_owner_id": -GROUP, "post_id": 30}
ON_PHOTO: Json = {"photo_owner_id": -GROUP, "photo_id": 33}
ON_VIDEO: Json = {"video_owner_id": -GROUP, "video_id": 34}
ON_GOODS: Json = {"market_owner_id": -GROUP, "item_id": 35}
IN_TOPIC: Json = {"topic_owner_id": -GROUP, "topic_id": 36}

CASES: dict[str, Json] = {
    "message": said(),
    "message_of_old_shape": told("message_new", message()),
    "message_of_marks": said(text=MARKED),
    "message_reply_with_attachments": said(
        reply_message={"conversation_message_id": 5, "from_id": IVAN}, attachments=ATTACHMENTS
    ),
    "message_of_a_sticker": said(text="", attachments=[{"type": "sticker", "sticker": {"sticker_id": 1}}]),
    "message_of_a_bot": said(from_id=-777),
    "message_of_the_community": told("message_reply", message(from_id=-GROUP, admin_author_id=IVAN, out=1)),
    "message_edited": told("message_edit", message(text="Приветы", update_time=DATE + 60)),
    "chat_joined": said(from_id=ANNA, action={"type": "chat_invite_user", "member_id": ANNA}),
    "chat_added": said(from_id=IVAN, action={"type": "chat_invite_user", "member_id": ANNA}),
    "chat_added_a_bot": said(from_id=IVAN, action={"type": "chat_invite_user", "member_id": -777}),
    "chat_invited_by_email": said(action={"type": "chat_invite_user", "member_id": -1, "email": "a@b.example"}),
    "chat_joined_by_link": said(action={"type": "chat_invite_user_by_link"}),
    "chat_left": said(action={"type": "chat_kick_user", "member_id": ANNA}),
    "chat_removed": said(from_id=IVAN, action={"type": "chat_kick_user", "member_id": ANNA}),
    "chat_renamed": said(action={"type": "chat_title_update", "text": "Склад"}),
    "message_of_a_person": said(peer_id=ANNA),
    "message_nowhere": told("message_new", {}),
    "message_reacted": told("message_reaction_event", {"reacted_id": IVAN, "peer_id": CHAT, "cmid": 9, "reaction_id": 4}),
    "message_reaction_gone": told("message_reaction_event", {"reacted_id": IVAN, "peer_id": CHAT, "cmid": 9}),
    "message_of_a_person_reacted": told(
        "message_reaction_event", {"reacted_id": IVAN, "peer_id": IVAN, "cmid": 9, "reaction_id": 4}
    ),
    "post": told("wall_post_new", post()),
    "post_of_a_member": told("wall_post_new", post(from_id=ANNA, attachments=ATTACHMENTS[::-1])),
    "post_of_a_poll": told("wall_post_new", post(text="", attachments=[{"type": "poll", "poll": POLL}])),
    "post_suggested": told("wall_post_new", post(from_id=ANNA, post_type="suggest")),
    "repost": told(
        "wall_repost",
        post(id=3, from_id=ANNA, owner_id=ANNA, copy_history=[{"id": 7, "owner_id": 99}, {"id": 30, "owner_id": -GROUP}]),
    ),
    "repost_of_something_else": told("wall_repost", post(id=3, from_id=ANNA, owner_id=ANNA)),
    "comment": told("wall_reply_new", comment(**ON_WALL)),
    "comment_answered": told("wall_reply_new", comment(**ON_WALL, id=32, from_id=-GROUP, reply_to_comment=31)),
    "comment_of_another_community": told("wall_reply_new", comment(**ON_WALL, from_id=-502)),
    "comment_edited": told("wall_reply_edit", comment(**ON_WALL, text="Где?", attachments=ATTACHMENTS)),
    "comment_deleted": told("wall_reply_delete", {"owner_id": -GROUP, "id": 31, "deleter_id": IVAN, "post_id": 30}),
    "comment_restored": told("wall_reply_restore", comment(**ON_WALL)),
    "photo": told("photo_new", {"id": 33, "album_id": 5, "owner_id": -GROUP, "user_id": ANNA, "text": "", "date": DATE}),
    "photo_of_the_community": told(
        "photo_new", {"id": 33, "album_id": 5, "owner_id": -GROUP, "user_id": 100, "text": "Цех", "date": DATE}
    ),
    "photo_in_a_post": told("photo_new", {"id": 33, "album_id": -7, "owner_id": -GROUP, "text": "", "date": DATE}),
    "photo_comment": told("photo_comment_new", comment(**ON_PHOTO)),
    "photo_comment_edited": told("photo_comment_edit", comment(**ON_PHOTO)),
    "photo_comment_deleted": told("photo_comment_delete", {"owner_id": -GROUP, "id": 31, "user_id": 1, "photo_id": 33}),
    "photo_comment_restored": told("photo_comment_restore", comment(**ON_PHOTO)),
    "video": told(
        "video_new", {"id": 34, "owner_id": -GROUP, "title": "Цех", "description": "#клей", "duration": 4, "date": DATE}
    ),
    "video_comment": told("video_comment_new", comment(**ON_VIDEO)),
    "video_comment_edited": told("video_comment_edit", comment(**ON_VIDEO)),
    "video_comment_deleted": told("video_comment_delete", {"owner_id": -GROUP, "id": 31, "deleter_id": 1, "video_id": 34}),
    "video_comment_restored": told("video_comment_restore", comment(**ON_VIDEO)),
    "market_comment": told("market_comment_new", comment(**ON_GOODS)),
    "market_comment_edited": told("market_comment_edit", comment(**ON_GOODS)),
    "market_comment_deleted": told("market_comment_delete", {"owner_id": -GROUP, "id": 31, "item_id": 35}),
    "market_comment_restored": told("market_comment_restore", comment(**ON_GOODS)),
    "board_post": told("board_post_new", comment(**IN_TOPIC)),
    "board_post_edited": told("board_post_edit", comment(**IN_TOPIC)),
    "board_post_deleted": told("board_post_delete", {"topic_owner_id": -GROUP, "id": 31, "topic_id": 36}),
    "board_post_restored": told("board_post_restore", comment(**IN_TOPIC)),
    "like": told("like_add", liked()),
    "like_of_a_comment": told("like_add", liked(object_type="comment", object_id=31, post_id=30)),
    "like_taken_back": told("like_remove", liked()),
    "joined": told("group_join", {"user_id": ANNA, "join_type": "join"}),
    "joined_by_approval": told("group_join", {"user_id": ANNA, "join_type": "approved"}),
    "join_requested": told("group_join", {"user_id": ANNA, "join_type": "request"}),
    "left": told("group_leave", {"user_id": ANNA, "self": 1}),
    "put_out": told("group_leave", {"user_id": ANNA, "self": 0}),
    "banned_until": told(
        "user_block", {"admin_id": IVAN, "user_id": ANNA, "unblock_date": DATE, "reason": 1, "comment": "реклама"}
    ),
    "banned_for_good": told(
        "user_block", {"admin_id": IVAN, "user_id": ANNA, "unblock_date": 0, "reason": 0, "comment": ""}
    ),
    "unbanned": told("user_unblock", {"admin_id": IVAN, "user_id": ANNA, "by_end_date": 0}),
    "ban_over": told("user_unblock", {"admin_id": IVAN, "user_id": ANNA, "by_end_date": 1}),
    "pressed": pressed({"veche": "v1:quiz spring 2 b"}),
    "pressed_another_s": pressed({"button": "theirs"}),
    "voted": told("poll_vote_new", {"owner_id": -GROUP, "poll_id": 44, "option_id": 2, "user_id": ANNA}),
    "subscribed": told("donut_subscription_create", {"amount": 150, "amount_without_fee": 135.5, "user_id": ANNA}),
    "renewed": told("donut_subscription_prolonged", {"amount": 149.9, "amount_without_fee": 135.5, "user_id": ANNA}),
    "expired": told("donut_subscription_expired", {"user_id": ANNA}),
    "cancelled": told("donut_subscription_cancelled", {"user_id": ANNA}),
    "price_changed": told("donut_subscription_price_changed", {"amount_old": 1, "amount_new": 2, "user_id": ANNA}),
    "allowed": told("message_allow", {"user_id": ANNA}),
    "officers": told("group_officers_edit", {"admin_id": IVAN, "user_id": ANNA, "level_old": 0, "level_new": 1}),
    "confirmation": told("confirmation", {}),
    "unheard_of": told("hologram_new", {"user_id": ANNA}),
    "of_no_community": told("group_join", {"user_id": ANNA}, group_id=None),
}


def payload(callback: object, **fields: object) -> Payload:
    body = callback if isinstance(callback, bytes) else json.dumps(callback, ensure_ascii=False).encode()
    return msgspec.structs.replace(Payload(body=body, brand="acme", connection="hook", recordedtime=RECORDED), **fields)


def decode(callback: object, **fields: object) -> Decoded:
    return CONNECTORS["vk"].decode(payload(callback, **fields))


if __name__ == "__main__":
    golden_file.write(GOLDEN, {name: decode(callback) for name, callback in CASES.items()})
