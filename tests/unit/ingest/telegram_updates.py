"""One update of each kind, made up by us, and the golden events that they decode into.

`python -m tests.unit.ingest.telegram_updates` writes the golden file anew; read the difference before committing it. What we
read in an update may change; an `id` may not: it is by its id that an event told again is known, so a new one is counted as
a second event wherever raw records are decoded again.
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

GOLDEN = Path(__file__).parent / "golden" / "telegram.json"
RECORDED = datetime(2026, 3, 1, 12, tzinfo=UTC)
Json = dict[str, Any]

CHAT: Json = {"id": -1001234567890, "type": "supergroup", "title": "Мастерская"}
FORUM: Json = CHAT | {"is_forum": True}
CHANNEL: Json = {"id": -1009876543210, "type": "channel", "title": "Новости мастерской"}
ANNA: Json = {"id": 5_000_000_001, "is_bot": False, "first_name": "Анна", "last_name": "К.", "username": "anna"}
IVAN: Json = {"id": 42, "is_bot": False, "first_name": "Ivan"}
ROBOT: Json = {"id": 7_000_000_007, "is_bot": True, "first_name": "Robot"}
ADMIN: Json = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
DATE = 1_767_225_600
SMILE, THUMB = {"type": "emoji", "emoji": "😀"}, {"type": "emoji", "emoji": "👍"}


def message(**fields: object) -> Json:
    return {"message_id": 7, "from": ANNA, "chat": CHAT, "date": DATE} | fields


def told(kind: str, part: Json) -> Json:
    return {"update_id": 900, kind: part}


def said(**fields: object) -> Json:
    return told("message", message(**fields))


def standing(old: Json, new: Json, user: Json = ANNA, by: Json = ANNA, **fields: object) -> Json:
    change = {
        "chat": CHAT,
        "from": by,
        "date": DATE,
        "old_chat_member": {"user": user} | old,
        "new_chat_member": {"user": user} | new,
    }
    return told("chat_member", change | fields)


def reacted(old: list[Json], new: list[Json], **fields: object) -> Json:
    return told(
        "message_reaction", {"chat": CHAT, "message_id": 7, "date": DATE, "old_reaction": old, "new_reaction": new} | fields
    )


def pressed(data: str | None, **fields: object) -> Json:
    """A press of a button below a message of the bot."""
    below = {"message_id": 70, "from": ROBOT, "chat": CHAT, "date": DATE, "text": "Викторина"}
    press = {"id": "4382bfdwdsb323b2d9", "from": ANNA | {"language_code": "ru"}, "message": below, "chat_instance": "-1"}
    return told("callback_query", press | ({} if data is None else {"data": data}) | fields)


POLL: Json = {"id": "5001", "question": "Чем клеить?", "options": [{"text": "ПВА"}, {"text": "эпоксидкой"}]}
PHOTO = [{"file_unique_id": "s", "file_size": 900}, {"file_unique_id": "l", "file_size": 90_000}]
ENTITIES = [
    {"type": "text_link", "offset": 0, "length": 2, "url": "https://a.example/?q=1"},
    {"type": "url", "offset": 3, "length": 17},
    {"type": "mention", "offset": 21, "length": 5},
    {"type": "hashtag", "offset": 27, "length": 5},
    {"type": "text_mention", "offset": 33, "length": 4, "user": IVAN},
]
NAMED = ENTITIES[-1] | {"offset": 7}
RICH: Json = {
    "blocks": [
        {"type": "paragraph", "text": ["см. ", {"type": "url", "text": "тут", "url": "https://c.example"}]},
        {"type": "photo", "photo": [{"file_unique_id": "p", "file_id": "of-a-bot"}]},
    ]
}

CASES: dict[str, Json] = {
    "text": said(text="Кто пробовал клей на морозе?"),
    "only_a_link": said(text="https://b.example", entities=[{"type": "url", "offset": 0, "length": 17}]),
    "entities_after_an_emoji": said(text="👍 https://b.example @ivan #Клей Ivan", entities=ENTITIES),
    "reply": said(text="да", message_thread_id=3, reply_to_message={"message_id": 3, "date": DATE, "chat": CHAT}),
    "topic": said(text="тут", chat=FORUM, message_thread_id=3, is_topic_message=True, reply_to_message={"message_id": 3}),
    "topic_reply": said(
        text="ага", chat=FORUM, message_thread_id=3, is_topic_message=True, reply_to_message={"message_id": 5}
    ),
    "caption": said(photo=PHOTO, caption="см. #фото", caption_entities=[{"type": "hashtag", "offset": 4, "length": 5}]),
    "sticker": said(sticker={"file_unique_id": "st", "file_size": 1, "emoji": "🤣"}),
    "animation": said(animation={"file_unique_id": "an"}, document={"file_unique_id": "doc"}),
    "voice": said(voice={"file_unique_id": "v", "file_size": 5_000_000_000}),
    "location": said(location={"latitude": 1.5, "longitude": 2.5}),
    "checklist": said(checklist={"title": "Список", "tasks": [{"id": 1, "text": "клей"}]}),
    "rich": said(
        rich_message={
            "blocks": [{"type": "paragraph", "text": ["см. ", {"type": "url", "text": "тут", "url": "https://c.example"}]}]
        }
    ),
    "poll_in_a_message": said(poll=POLL),
    "forwarded_poll": said(poll=POLL, forward_origin={"type": "channel"}),
    "bot": said(**{"from": ROBOT}, text="Я робот"),
    "anonymous_admin": said(**{"from": ADMIN}, sender_chat=CHAT, text="Правила выше"),
    "as_a_channel": said(sender_chat=CHANNEL, text="из канала"),
    "linked_copy": said(sender_chat=CHANNEL, is_automatic_forward=True, text="Новость"),
    "comment": said(text="ура", message_thread_id=6, reply_to_message={"message_id": 6, "is_automatic_forward": True}),
    "edited": told("edited_message", message(text="Кто пробовал?", edit_date=DATE + 60)),
    "edited_caption": told(
        "edited_message",
        message(photo=PHOTO, caption="👍 тут Ivan", caption_entities=[ENTITIES[0], NAMED], edit_date=DATE + 60),
    ),
    "edited_rich": told("edited_message", message(rich_message=RICH, edit_date=DATE + 60)),
    "edited_poll": told("edited_message", message(poll=POLL, edit_date=DATE + 60)),
    "channel_post": told(
        "channel_post", {"message_id": 1, "chat": CHANNEL, "sender_chat": CHANNEL, "date": DATE, "text": "Новость"}
    ),
    "edited_post": told(
        "edited_channel_post", {"message_id": 1, "chat": CHANNEL, "date": DATE, "edit_date": DATE + 5, "text": "Новость!"}
    ),
    "reaction_changed": reacted([SMILE], [THUMB, {"type": "custom_emoji", "custom_emoji_id": "12"}], user=IVAN),
    "reaction_paid": reacted([], [{"type": "paid"}], user=IVAN),
    "reaction_by_the_group": reacted([THUMB], [], actor_chat=CHAT),
    "reaction_unchanged": reacted([THUMB], [THUMB], user=IVAN),
    "reaction_counts": told(
        "message_reaction_count",
        {
            "chat": CHANNEL,
            "message_id": 1,
            "date": DATE,
            "reactions": [{"type": THUMB, "total_count": 3}, {"type": SMILE, "total_count": 2}],
        },
    ),
    "joined_by_link": standing(
        {"status": "left"}, {"status": "member"}, invite_link={"invite_link": "https://t.me/+abc", "creator": IVAN}
    ),
    "added": standing({"status": "left"}, {"status": "restricted", "is_member": True}, by=IVAN),
    "left": standing({"status": "member"}, {"status": "left"}),
    "banned_until": standing({"status": "member"}, {"status": "kicked", "until_date": DATE + 86400}, by=ADMIN),
    "banned_for_good": standing({"status": "left"}, {"status": "kicked", "until_date": 0}, by=IVAN),
    "unbanned": standing({"status": "kicked", "until_date": 0}, {"status": "left"}, by=IVAN),
    "unbanned_and_added": standing({"status": "kicked"}, {"status": "member"}, by=IVAN),
    "promoted": standing({"status": "member"}, {"status": "administrator"}, by=IVAN),
    "own_bot_put_out": told(
        "my_chat_member", standing({"status": "member"}, {"status": "left"}, user=ROBOT, by=IVAN)["chat_member"]
    ),
    "join_request": told(
        "chat_join_request", {"chat": CHAT, "from": ANNA, "user_chat_id": 1, "date": DATE, "bio": "личное"}
    ),
    "service_joined": said(new_chat_members=[ANNA, ROBOT]),
    "service_left": said(left_chat_member=ANNA),
    "service_removed": said(**{"from": IVAN}, left_chat_member=ANNA),
    "service_pinned": said(pinned_message={"message_id": 1, "chat": CHAT, "date": DATE}),
    "service_migrated": said(migrate_to_chat_id=-1005555555555),
    "private": said(chat={"id": 42, "type": "private"}, text="личное"),
    "poll_totals": told("poll", POLL),
    "poll_answer": told("poll_answer", {"poll_id": "5001", "user": ANNA, "option_ids": [0, 2]}),
    "poll_answer_of_a_chat": told(
        "poll_answer", {"poll_id": "5001", "user": ADMIN, "voter_chat": CHANNEL, "option_ids": []}
    ),
    "pressed": pressed("v1:quiz spring 2 b"),
    "pressed_another_s": pressed("their-button"),
    "boost": told("chat_boost", {"chat": CHAT, "boost": {"boost_id": "x"}}),
    "business": told("business_message", message(text="личное")),
    "unheard_of": told("hologram", {"chat": CHAT}),
}


def payload(update: object, **fields: object) -> Payload:
    body = update if isinstance(update, bytes) else json.dumps(update, ensure_ascii=False).encode()
    return msgspec.structs.replace(Payload(body=body, brand="acme", connection="bot-1", recordedtime=RECORDED), **fields)


def decode(update: object, **fields: object) -> Decoded:
    return CONNECTORS["telegram"].decode(payload(update, **fields))


if __name__ == "__main__":
    golden_file.write(GOLDEN, {name: decode(update) for name, update in CASES.items()})
