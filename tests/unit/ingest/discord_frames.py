"""One frame of each kind, made up by us, and the golden events that they decode into.

`python -m tests.unit.ingest.discord_frames` writes the golden file anew; read the difference before committing it. What we
read in a frame may change; an `id` may not: it is by its id that an event told again is known.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.discord import SESSION
from services.ingest.connectors.payload import Decoded, Payload
from tests.unit.ingest import golden_file

GOLDEN = Path(__file__).parent / "golden" / "discord.json"
RECORDED = datetime(2026, 3, 1, 12, tzinfo=UTC)
Json = dict[str, Any]

GUILD, CHANNEL, MESSAGE = "1147000000000000001", "1147000000000000002", "1147000000000000777"
ANNA: Json = {"id": "71", "username": "anna", "global_name": "Анна", "discriminator": "0"}
IVAN: Json = {"id": "72", "username": "ivan"}
AT, LATER = "2026-03-01T11:59:58.250000+00:00", "2026-03-01T12:01:00.500000+00:00"


def frame(kind: str, data: Json, **outer: object) -> Json:
    return {"op": 0, "s": 7, "t": kind, "d": {"guild_id": GUILD} | data} | outer


def message(**fields: object) -> Json:
    return {
        "id": MESSAGE,
        "channel_id": CHANNEL,
        "type": 0,
        "content": "Привет",
        "timestamp": AT,
        "edited_timestamp": None,
        "author": ANNA,
        "member": {"nick": None},
    } | fields


def said(**fields: object) -> Json:
    return frame("MESSAGE_CREATE", message(**fields))


def edited(**fields: object) -> Json:
    return frame("MESSAGE_UPDATE", message(**({"content": "Приветы", "edited_timestamp": LATER} | fields)))


def reacted(kind: str, **fields: object) -> Json:
    base: Json = {"user_id": "72", "channel_id": CHANNEL, "message_id": MESSAGE, "emoji": {"id": None, "name": "👍🏽"}}
    return frame(kind, base | fields)


def voted(kind: str) -> Json:
    return frame(kind, {"user_id": "72", "channel_id": CHANNEL, "message_id": MESSAGE, "answer_id": 2})


def member(**fields: object) -> Json:
    return {"user": IVAN, "nick": "Ваня", "joined_at": AT, "premium_since": None} | fields


def called(name: str, **data: object) -> Json:
    """What Discord sends of a command of an application."""
    outer: Json = {"id": "900", "application_id": "9", "type": 2, "version": 1, "guild_id": GUILD, "channel_id": CHANNEL}
    return outer | {"member": {"nick": "Аня", "user": ANNA}, "data": {"name": name} | data, "locale": "ru"}


def pressed(custom_id: str, **fields: object) -> Json:
    """What Discord sends of a button."""
    outer: Json = {"id": "901", "application_id": "800", "type": 3, "version": 1, "token": "t0ken", "locale": "ru"}
    place: Json = {"guild_id": GUILD, "channel_id": CHANNEL, "member": {"nick": "Аня", "user": ANNA}}
    return outer | place | {"message": {"id": "70"}, "data": {"component_type": 2, "custom_id": custom_id}} | fields


REFERENCE: Json = {"message_id": "1147000000000000700", "channel_id": CHANNEL}
MARKED = "<@71> и <@!72> в <#5>: <:wave:6> </rank:7> <t:1700000000:R> <@&8> https://c.example/?q=1. #не-метка"

CASES: dict[str, Json] = {
    "message": said(),
    "message_of_marks": said(content=MARKED, mentions=[ANNA | {"member": {"nick": "Аня"}}]),
    "message_reply_with_files": said(
        type=19,
        message_reference=REFERENCE,
        attachments=[{"content_type": "image/png", "size": 5_000, "url": "https://a.example/8"}, {"size": 9}],
    ),
    "message_forwarded": said(content="", message_reference=REFERENCE | {"type": 1}),
    "message_of_a_webhook": said(webhook_id="9", author={"id": "9", "username": "Новости"}),
    "message_of_an_app": said(
        content="",
        author=IVAN | {"bot": True},
        embeds=[
            {"type": "rich", "title": "Сводка", "description": "Всё хорошо"},
            {"type": "link", "title": "чужое", "url": "https://d.example"},
        ],
    ),
    "message_of_a_link": said(content="https://b.example"),
    "message_poll": said(
        content="",
        poll={"question": {"text": "Какой?"}, "answers": [{"answer_id": 1, "poll_media": {"text": "тот"}}]},
    ),
    "message_notice": said(type=7),
    "message_to_one_person": said(guild_id=None),
    "message_edited": edited(),
    "message_edited_without_author": frame(
        "MESSAGE_UPDATE", {"id": MESSAGE, "channel_id": CHANNEL, "edited_timestamp": LATER, "content": "а"}
    ),
    "message_previewed": frame("MESSAGE_UPDATE", {"id": MESSAGE, "channel_id": CHANNEL, "embeds": [{"type": "link"}]}),
    "message_pinned": edited(edited_timestamp=None, pinned=True),
    "message_deleted": frame("MESSAGE_DELETE", {"id": MESSAGE, "channel_id": CHANNEL}),
    "messages_deleted": frame("MESSAGE_DELETE_BULK", {"ids": [MESSAGE, "5", MESSAGE], "channel_id": CHANNEL}),
    "reaction": reacted("MESSAGE_REACTION_ADD", message_author_id="71", member={"user": IVAN, "nick": "Ваня"}),
    "reaction_of_an_own_emoji": reacted("MESSAGE_REACTION_ADD", emoji={"id": "6", "name": "wave"}, message_author_id="0"),
    "reaction_taken_back": reacted("MESSAGE_REACTION_REMOVE"),
    "vote": voted("MESSAGE_POLL_VOTE_ADD"),
    "vote_taken_back": voted("MESSAGE_POLL_VOTE_REMOVE"),
    "joined": frame("GUILD_MEMBER_ADD", member()),
    "joined_at_an_unknown_time": frame("GUILD_MEMBER_ADD", member(joined_at=None)),
    "left": frame("GUILD_MEMBER_REMOVE", {"user": IVAN}),
    "removed": frame(
        "GUILD_AUDIT_LOG_ENTRY_CREATE",
        {"id": "1147000000000000900", "action_type": 20, "target_id": "72", "user_id": "71", "reason": "реклама"},
    ),
    "logged_else": frame("GUILD_AUDIT_LOG_ENTRY_CREATE", {"id": "9", "action_type": 22, "target_id": "72", "user_id": "71"}),
    "banned": frame("GUILD_BAN_ADD", {"user": IVAN}),
    "unbanned": frame("GUILD_BAN_REMOVE", {"user": IVAN}),
    "boosted": frame("GUILD_MEMBER_UPDATE", member(premium_since=AT)),
    "renamed": frame("GUILD_MEMBER_UPDATE", member()),
    "channel": frame("CHANNEL_CREATE", {"id": CHANNEL, "name": "склад"}),
    "typing": frame("TYPING_START", {"user_id": "71"}),
    "of_a_later_version": frame("GUILD_SOMETHING_NEW", {"id": "1"}),
    "heartbeat": {"op": 11, "d": None, "s": None, "t": None},
    "report": called("report", target_id=MESSAGE),
    "rank": called("rank"),
    "pressed": pressed("v1:quiz spring 2 b"),
    "pressed_another_s": pressed("their-button"),
    "command_unheard_of": called("hologram"),
    "authorized": {
        "version": 1,
        "application_id": "9",
        "type": 1,
        "event": {"type": "APPLICATION_AUTHORIZED", "timestamp": AT, "data": {"user": IVAN}},
    },
}


def decode(body: object, **stamp: Any) -> Decoded:  # noqa: ANN401 - fields of a payload
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    fields: dict[str, Any] = {
        "brand": "acme",
        "connection": "bot",
        "recordedtime": RECORDED,
        "headers": {SESSION: "s1"},
    } | stamp
    return CONNECTORS["discord"].decode(Payload(body=raw, **fields))


def told(name: str, **stamp: Any) -> Decoded:  # noqa: ANN401 - fields of a payload
    return decode(CASES[name], **stamp)


if __name__ == "__main__":
    golden_file.write(GOLDEN, {name: decode(case) for name, case in CASES.items()})
