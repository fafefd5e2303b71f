from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.importers import IMPORTERS
from services.ingest.importers.importer import Broken
from services.ingest.importers.telegram_desktop.mended import Mended, mended
from shared.errors import Unprocessable
from shared.events import Envelope
from shared.events.community import ContentCreated, ContentMeasured, MemberJoined, MemberLeft
from tests.unit.ingest import histories
from tests.unit.ingest import telegram_updates as sent
from tests.unit.ingest.histories import WHERE, Item, Json, broken, events

FORMAT = "telegram-desktop"
BARE = 1_234_567_890
"""The number of the chat of telegram_updates.py as Telegram Desktop tells it."""
ANNA: Json = {"from": "Анна К.", "from_id": "user5000000001"}
CLOCK: Json = {"date": "2026-01-01T03:00:00", "date_unixtime": str(sent.DATE)}


def said(number: int = 7, **fields: object) -> Json:
    return {"id": number, "type": "message"} | CLOCK | ANNA | {"text": f"text {number}"} | fields


def noticed(action: str, number: int = 7, **fields: object) -> Json:
    who = {"actor": ANNA["from"], "actor_id": ANNA["from_id"]}
    return {"id": number, "type": "service", "action": action, "text": ""} | CLOCK | who | fields


def chat(*rows: object, **fields: object) -> Json:
    return {"name": "Мастерская", "type": "public_supergroup", "id": BARE} | fields | {"messages": list(rows)}


def export(folder: Path, whole: Json | bytes) -> Path:
    file = folder / "result.json"
    file.write_bytes(whole if isinstance(whole, bytes) else json.dumps(whole, ensure_ascii=False, indent=1).encode())
    return folder


def read(folder: Path, *rows: object, **fields: object) -> list[Item]:
    return histories.read(FORMAT, export(folder, chat(*rows, **fields)))


def one(folder: Path, row: Json, **fields: object) -> Envelope:
    (event,) = read(folder, row, **fields)
    assert not isinstance(event, Broken)
    return event


def by_a_bot(update: Json) -> Envelope:
    (event,) = histories.live("telegram", json.dumps(update).encode())
    return event


ENTITIES = [
    "😀 ",
    {"type": "text_link", "text": "tut", "href": "https://a.example"},
    " ",
    {"type": "link", "text": "https://b.example"},
    " ",
    {"type": "mention", "text": "@ivan"},
    " ",
    {"type": "hashtag", "text": "#Новость"},
    {"type": "mention_name", "text": " Иван", "user_id": 42},
]
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


def test_private_talks_alone_are_refused_and_not_quoted(tmp_path: Path) -> None:
    with pytest.raises(Unprocessable, match="no community"):
        read(tmp_path, said(text="a secret"), type="personal_chat")


def test_what_is_no_export_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unprocessable, match="choose JSON"):
        list(IMPORTERS[FORMAT].read(tmp_path, WHERE))


def test_rows_that_cannot_be_imported_are_set_aside_with_what_they_say(tmp_path: Path) -> None:
    bad = [
        {"id": 1, "type": "unsupported"},
        said(2, text=""),
        said(3, from_id="nobody"),
        said(4, date_unixtime="999999999999"),
        noticed("invite_members", 5, members=["Ivan", None]),
        said(6, date_unixtime=None, date="2026-02-30T00:00:00"),
    ]
    found = read(tmp_path, said(), *bad, said(8))

    assert [item.at for item in broken(found)] == [1, 2, 3, 4, 5, 6]
    assert [json.loads(item.raw) for item in broken(found)] == bad
    assert len(events(found)) == 2


def test_a_file_that_breaks_off_gives_what_stands_before(tmp_path: Path) -> None:
    whole = json.dumps(chat(*(said(n) for n in range(100)))).encode()
    found = histories.read(FORMAT, export(tmp_path, whole[: len(whole) // 2]))

    assert 20 < len(events(found)) < 60
    assert "breaks off" in broken(found)[0].reason


def test_control_characters_are_read_as_telegram_desktop_writes_them(tmp_path: Path) -> None:
    whole = json.dumps(chat(said(text="a-b"))).replace("a-b", r"a\x0Bb \\x0B \u000b \\\x1F\n\x00").encode()
    (event,) = histories.read(FORMAT, export(tmp_path, whole))

    assert isinstance(event, ContentCreated)
    assert event.data.text == "a\x0bb \\x0B \x0b \\\x1f\n\x00"


@given(text=st.text(alphabet='\\x0Ba1"u\n', max_size=40), sizes=st.integers(1, 7))
def test_wherever_a_chunk_ends_a_stream_is_mended_as_a_whole(text: str, sizes: int) -> None:
    data = text.encode()
    stream = Mended(io.BytesIO(data))

    pieces = iter(lambda: stream.read(sizes), b"")

    assert b"".join(pieces) == mended(data)


@given(st.text(max_size=40))
def test_whatever_telegram_desktop_escapes_is_read_as_it_was(text: str) -> None:
    written = "".join(f"\\x{ord(c):02X}" if ord(c) < 32 and c not in "\n\r\t" else json.dumps(c)[1:-1] for c in text)

    assert json.loads(mended(f'"{written}"'.encode())) == text


def test_a_long_run_of_backslashes_takes_no_time() -> None:
    stream = Mended(io.BytesIO(b"\\" * 2_000_001 + b"x0B"))

    assert len(b"".join(iter(lambda: stream.read(1 << 16), b""))) == 2_000_001 + 5


WHOLE = {
    "chats": {
        "list": [
            chat(
                said(1, text=ENTITIES, edited="2026-01-01T04:00:00", reply_to_message_id=3),
                noticed("invite_members", 2, members=["Анна К."]),
                noticed("topic_created", 3),
                said(4, poll={"question": "a", "answers": [{"text": ["b", {"type": "bold", "text": "c"}]}]}),
                said(5, photo="a.jpg", photo_file_size=7, reactions=[{"type": "emoji", "count": 3, "emoji": "👍"}]),
            )
        ]
    }
}


@settings(deadline=None)
@given(histories.spoiled(WHOLE))
def test_a_spoiled_export_gives_events_and_broken_rows_and_never_raises(
    tmp_path_factory: pytest.TempPathFactory, whole: Json
) -> None:
    path = export(tmp_path_factory.mktemp("spoiled"), whole)

    try:
        found = list(IMPORTERS[FORMAT].read(path, WHERE))
    except Unprocessable:
        return

    assert all(isinstance(item, Broken | Envelope) for item in found)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for size in (2_000, 20_000):
        path = export(tmp_path, chat(*(said(n) for n in range(size))))
        peaks.append(histories.peak_mb(IMPORTERS[FORMAT].read(path, WHERE)))

    assert peaks[1] < 1.5 * peaks[0] + 1


def test_joins_and_leaves_are_events(tmp_path: Path) -> None:
    rows = [
        noticed("join_group_by_request", 1),
        noticed("remove_members", 2, members=["Анна К."]),
        noticed("pin_message", 3),
    ]

    assert [type(event) for event in read(tmp_path, *rows)] == [MemberJoined, MemberLeft]
