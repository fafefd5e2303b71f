from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from services.ingest.importers import IMPORTERS
from shared.errors import Unprocessable
from shared.events import Envelope
from shared.events.community import ContentCreated, ContentMeasured, MemberJoined, MemberLeft
from tests.unit.ingest import histories
from tests.unit.ingest import telegram_updates as sent
from tests.unit.ingest.histories import WHERE, Json, events
from tests.unit.ingest.telegram_desktop import BARE, ENTITIES, FORMAT, chat, export, noticed, one, read, said


def by_a_bot(update: Json) -> Envelope:
    (event,) = histories.live("telegram", json.dumps(update).encode())
    return event


SAME = {
    "text": (said(), sent.said(text="text 7")),
    "a reply": (
        said(reply_to_message_id=3),
        sent.said(text="text 7", reply_to_message={"message_id": 3, "date": 1, "chat": sent.CHAT}),
    ),
    "marks": (
        said(text=ENTITIES),
        sent.said(
            text="😀 tut https://b.example @ivan #Новость Иван",
            entities=[
                {"type": "text_link", "offset": 3, "length": 3, "url": "https://a.example"},
                {"type": "url", "offset": 7, "length": 17},
                {"type": "mention", "offset": 25, "length": 5},
                {"type": "hashtag", "offset": 31, "length": 8},
                {"type": "text_mention", "offset": 39, "length": 5, "user": sent.IVAN},
            ],
        ),
    ),
    "an anonymous admin": (
        said() | {"from": "Мастерская", "from_id": f"channel{BARE}"},
        sent.said(text="text 7", sender_chat=sent.CHAT, **{"from": sent.ADMIN}),
    ),
    "a channel as member": (
        said() | {"from": "Новости мастерской", "from_id": "channel9876543210"},
        sent.said(text="text 7", sender_chat=sent.CHANNEL, **{"from": sent.ADMIN}),
    ),
    "a copied post": (
        said(forwarded_from_id="channel9876543210") | {"from": "Новости мастерской", "from_id": "channel9876543210"},
        sent.said(text="text 7", sender_chat=sent.CHANNEL, is_automatic_forward=True),
    ),
    "a deleted account's words": (
        said() | {"from": None, "from_id": "user42"},
        sent.said(text="text 7", **{"from": {"id": 42, "first_name": "", "is_bot": False}}),
    ),
    "a location": (said(text="", location_information={"latitude": 1.5, "longitude": 2}), sent.said(location={})),
    "a venue": (
        said(text="", place_name="Кафе", address="Арбат, 1", location_information={}),
        sent.said(venue={"title": "Кафе", "address": "Арбат, 1"}, location={}),
    ),
    "a join by link": (
        noticed("join_group_by_link", inviter="Ivan"),
        sent.said(new_chat_members=[sent.ANNA]),
    ),
    "a join": (noticed("invite_members", members=["Анна К."]), sent.said(new_chat_members=[sent.ANNA])),
    "a leave": (noticed("remove_members", members=["Анна К."]), sent.said(left_chat_member=sent.ANNA)),
}


@pytest.mark.parametrize("name", SAME)
def test_an_export_tells_what_a_bot_heard_and_under_the_same_id(tmp_path: Path, name: str) -> None:
    row, update = SAME[name]

    told, heard = one(tmp_path, row), by_a_bot(update)

    assert told.id == heard.id
    assert type(told) is type(heard)
    assert (told.time, told.community, told.subject) == (heard.time, heard.community, heard.subject)
    assert told.data == heard.data  # type: ignore[attr-defined] # every type of the union has it


@pytest.mark.parametrize(
    ("fields", "update"),
    [
        ({"photo": "photos/1.jpg", "photo_file_size": 90_000}, {"photo": sent.PHOTO}),
        ({"file": "stickers/1.webp", "media_type": "sticker", "sticker_emoji": "😀"}, {"sticker": {"emoji": "😀"}}),
        ({"file": "voice/1.ogg", "media_type": "voice_message", "file_size": 5}, {"voice": {"file_size": 5}}),
        ({"file": "a.pdf", "mime_type": "application/pdf"}, {"document": {}}),
        ({"poll": {"question": "Чем клеить?", "answers": [{"text": "ПВА", "voters": 2}]}}, {"poll": sent.POLL}),
    ],
)
def test_media_have_the_format_and_id_that_a_bot_told(tmp_path: Path, fields: Json, update: Json) -> None:
    told, heard = one(tmp_path, said(text="", **fields)), by_a_bot(sent.said(**update))

    assert isinstance(told, ContentCreated)
    assert isinstance(heard, ContentCreated)
    assert (told.id, told.data.format) == (heard.id, heard.data.format)
    assert [part.type for part in told.data.media or ()] == [part.type for part in heard.data.media or ()]
    assert told.data.poll is None, "an export does not tell it"


def test_a_channels_posts_are_its_own(tmp_path: Path) -> None:
    told = one(tmp_path, said() | {"from": "Новости", "from_id": "channel5"}, type="private_channel", id=5, name="Новости")
    heard = by_a_bot(
        sent.told(
            "channel_post", sent.message(text="text 7", chat={"id": -1000000000005, "type": "channel", "title": "Новости"})
        )
    )

    assert isinstance(told, ContentCreated)
    assert told.data.kind == "post"
    assert (told.id, told.data) == (heard.id, heard.data)  # type: ignore[attr-defined] # as above


def test_a_basic_group_has_the_number_that_bots_know(tmp_path: Path) -> None:
    assert one(tmp_path, said(), type="private_group", id=77).community == "telegram:-77"


def test_an_edited_message_is_created_with_its_last_text_and_says_when_it_was_edited(tmp_path: Path) -> None:
    told = one(tmp_path, said(edited="2026-01-01T04:00:00", edited_unixtime=str(sent.DATE + 3_600)))

    assert isinstance(told, ContentCreated)
    assert told.id == by_a_bot(sent.said(text="before")).id
    assert (told.data.edition, told.time.timestamp()) == (sent.DATE + 3_600, sent.DATE)


def test_reactions_are_a_count_behind_their_message(tmp_path: Path) -> None:
    told = [
        {"type": "emoji", "count": 3, "emoji": "👍", "recent": [{"from": "Ivan", "from_id": "user42", "date": "2026"}]},
        {"type": "paid", "count": 2},
    ]
    message, measured = read(tmp_path, said(reactions=told))

    assert isinstance(message, ContentCreated)
    assert isinstance(measured, ContentMeasured)
    assert (measured.data.reactions, measured.data.content_id) == (5, message.data.content_id)


def test_topics_of_a_forum_are_channels(tmp_path: Path) -> None:
    rows = [
        noticed("topic_created", 2, title="Станки"),
        said(3, reply_to_message_id=2),
        said(4, reply_to_message_id=3),
        said(5),
    ]

    found = [event.data for event in read(tmp_path, *rows) if isinstance(event, ContentCreated)]

    topic = f"telegram:-100{BARE}:2"
    assert [(one.channel, one.parent) for one in found] == [
        (topic, None),
        (topic, f"telegram:-100{BARE}:3"),
        (None, None),
    ]


def test_an_answer_to_another_chat_has_no_parent_here(tmp_path: Path) -> None:
    told = one(tmp_path, said(reply_to_message_id=3, reply_to_peer_id="channel9"))

    assert isinstance(told, ContentCreated)
    assert told.data.parent is None


def test_old_exports_tell_users_by_number_and_times_by_the_clock_of_the_computer(tmp_path: Path) -> None:
    row = {"id": 7, "type": "message", "date": "2019-07-12T16:55:32", "from": "Анна", "from_id": (1 << 32) + 42, "text": "a"}
    path = export(tmp_path, chat(row))

    (event,) = IMPORTERS[FORMAT].read(path, msgspec.structs.replace(WHERE, zone=ZoneInfo("Europe/Moscow")))

    assert isinstance(event, ContentCreated)
    assert event.data.actor is not None
    assert event.data.actor.id == "telegram:42"
    assert event.time == datetime(2019, 7, 12, 13, 55, 32, tzinfo=UTC)


def test_an_account_gives_its_groups_and_channels_and_nothing_private(tmp_path: Path) -> None:
    account = {
        "about": "x",
        "personal_information": {"user_id": 1, "name": "n"},
        "chats": {
            "about": "x",
            "list": [
                chat(said(1, text="a secret"), type="personal_chat", id=5000000001),
                chat(said(1), said(2)),
                {"type": "saved_messages", "id": 1, "messages": [said(1)]},
                chat(said(3), id=7, type="private_channel"),
            ],
        },
        "left_chats": {"about": "x", "list": [chat(said(4), id=8)]},
    }
    path = export(tmp_path, account)

    found = histories.read(FORMAT, path)
    alone = histories.read(FORMAT, path, msgspec.structs.replace(WHERE, community="telegram:-1000000000007"))

    assert [event.community for event in events(found)] == [
        *2 * [f"telegram:-100{BARE}"],
        *("telegram:-1000000000007", "telegram:-1000000000008"),
    ]
    assert [event.id for event in events(alone)] == [events(found)[2].id]
    assert IMPORTERS[FORMAT].count(path) == 6
    with pytest.raises(Unprocessable, match=r"does not hold telegram:-9; it holds telegram:-1000000000007, .*"):
        list(IMPORTERS[FORMAT].read(path, msgspec.structs.replace(WHERE, community="telegram:-9")))


def test_joins_and_leaves_are_events(tmp_path: Path) -> None:
    rows = [
        noticed("join_group_by_request", 1),
        noticed("remove_members", 2, members=["Анна К."]),
        noticed("pin_message", 3),
    ]

    assert [type(event) for event in read(tmp_path, *rows)] == [MemberJoined, MemberLeft]
