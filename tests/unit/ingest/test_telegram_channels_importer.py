from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.importers import IMPORTERS
from services.ingest.importers.telegram_channels.markdown import marked
from shared.errors import Unprocessable
from shared.events.community import ContentCreated, ContentMeasured
from tests.unit.ingest import histories
from tests.unit.ingest import telegram_updates as sent
from tests.unit.ingest.histories import WHERE, Item, Json, broken, events

FORMAT = "telegram-channels"


def post(number: int = 7, **fields: object) -> Json:
    return {
        "message_id": number,
        "sender_id": sent.CHANNEL["id"],
        "text": f"text {number}",
        "date": f"2026-01-01T00:00:{number:02}+00:00",
        "channel": sent.CHANNEL["title"],
        "category": "it",
    } | fields


def export(folder: Path, *posts: object, name: str = "1") -> Path:
    (folder / f"{name}_messages.json").write_text(json.dumps(posts))
    return folder


def read(folder: Path, *posts: object) -> list[Item]:
    return histories.read(FORMAT, export(folder, *posts))


def test_a_post_is_the_one_that_a_bot_heard(tmp_path: Path) -> None:
    words = "**Новость** для [всех 😀](https://a.example/?q=1): https://b.example #Тег @ivan_k"
    (told,) = read(tmp_path, post(text=words, date="2026-01-01T03:00:00+03:00"))
    plain = "Новость для всех 😀: https://b.example #Тег @ivan_k"
    entities = [
        {"type": "text_link", "offset": 12, "length": 7, "url": "https://a.example/?q=1"},
        {"type": "url", "offset": 21, "length": 17},
        {"type": "hashtag", "offset": 39, "length": 4},
        {"type": "mention", "offset": 44, "length": 7},
    ]
    update = sent.told("channel_post", sent.message(chat=sent.CHANNEL, text=plain, entities=entities))
    (heard,) = histories.live("telegram", json.dumps(update).encode())

    assert isinstance(told, ContentCreated)
    assert isinstance(heard, ContentCreated)
    assert (told.id, told.time, told.data) == (heard.id, heard.time, heard.data)


def test_channels_are_merged_by_time_although_they_stand_newest_first(tmp_path: Path) -> None:
    export(tmp_path, post(5), post(3), post(1), name="1")
    export(tmp_path, post(4, sender_id=-1005), post(2, sender_id=-1005), name="2")

    texts = [event.data.text for event in histories.read(FORMAT, tmp_path) if isinstance(event, ContentCreated)]

    assert texts == [f"text {n}" for n in range(1, 6)]
    assert IMPORTERS[FORMAT].count(tmp_path) == 5


def test_one_channel_can_be_chosen(tmp_path: Path) -> None:
    path = export(tmp_path, post(1), post(2, sender_id=-1005))

    found = histories.read(FORMAT, path, msgspec.structs.replace(WHERE, community="telegram:-1005"))

    assert [event.community for event in events(found)] == ["telegram:-1005"]


def test_views_are_measured_where_they_are_told(tmp_path: Path) -> None:
    created, measured = read(tmp_path, post(views=120))

    assert isinstance(created, ContentCreated)
    assert isinstance(measured, ContentMeasured)
    assert (measured.data.views, measured.data.content_id) == (120, created.data.content_id)


def test_posts_that_cannot_be_read_are_set_aside(tmp_path: Path) -> None:
    bad = [post(sender_id=5), post(date="soon"), post(text=""), 7, {"message_id": 1 << 60}]
    found = read(tmp_path, post(1), *bad, post(2))

    assert sorted(item.at for item in broken(found)) == [1, 2, 3, 4, 5]
    assert {item.at: json.loads(item.raw) for item in broken(found)} == dict(enumerate(bad, start=1))
    assert len(events(found)) == 2


def test_a_file_that_breaks_off_gives_what_stands_before(tmp_path: Path) -> None:
    file = next(export(tmp_path, post(1), post(2)).iterdir())
    file.write_bytes(file.read_bytes()[:-20])

    found = histories.read(FORMAT, tmp_path)

    assert (len(events(found)), [item.reason for item in broken(found)]) == (
        1,
        ["the file breaks off, or goes on in another way than JSON"],
    )


def test_a_folder_without_posts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unprocessable, match=r"_messages\.json"):
        list(IMPORTERS[FORMAT].read(tmp_path, WHERE))


@settings(deadline=None)
@given(histories.spoiled({"posts": [post(1), post(2, views=3)]}))
def test_spoiled_posts_give_events_and_broken_rows(tmp_path_factory: pytest.TempPathFactory, whole: Json) -> None:
    folder = tmp_path_factory.mktemp("spoiled")
    (folder / "1_messages.json").write_text(json.dumps(whole["posts"]))

    list(IMPORTERS[FORMAT].read(folder, WHERE))


@given(st.text(alphabet="[]()*_`~#@ah:/.t😀ps \n", max_size=60))
def test_any_markdown_becomes_text_with_marks_inside_of_it(told: str) -> None:
    text, entities = marked(told)

    units = len(text.encode("utf-16-le")) // 2
    assert all(entity.offset <= units + len(told) and entity.length >= 0 for entity in entities)


def test_hostile_markdown_takes_no_time() -> None:
    assert marked("[" * 100_000 + "](" * 50_000)[1] == ()
