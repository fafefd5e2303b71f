from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

from services.ingest.connectors.discord import ids
from services.ingest.facts import event
from services.ingest.importers import IMPORTERS
from services.ingest.importers.importer import Broken
from shared.errors import Unprocessable
from shared.events import Envelope
from shared.events.community import Content, ContentCreated, MemberJoined, ReactionAdded, SubscriptionStarted
from tests.unit.ingest import histories
from tests.unit.ingest.histories import WHERE, Item, Json, broken, events

FORMAT = "discord"
ANNA: Json = {"id": "42", "name": "anna", "nickname": "Анна", "isBot": False}
IVAN: Json = {"id": "43", "name": "ivan"}
AT = datetime(2026, 1, 1, 0, 0, 7, 250_000, tzinfo=UTC)
HEART: Json = {"id": "", "name": "❤", "code": "heart"}


def said(number: int = 7, **fields: object) -> Json:
    return {
        "id": str(number),
        "type": "Default",
        "timestamp": f"2026-01-01T03:00:{number:02}.25+03:00",
        "timestampEdited": None,
        "content": f"text {number}",
        "author": ANNA,
        "attachments": [],
        "reactions": [],
    } | fields


def channel(*rows: object, guild: str = "5", number: str = "6", kind: str = "GuildTextChat") -> Json:
    return {
        "guild": {"id": guild, "name": "Мастерская"},
        "channel": {"id": number, "type": kind, "categoryId": "1", "name": "general"},
        "messages": list(rows),
        "messageCount": len(rows),
    }


def export(folder: Path, *channels: Json) -> Path:
    for number, told in enumerate(channels):
        (folder / f"general [{number}].json").write_text(json.dumps(told, ensure_ascii=False, indent=2))
    return folder


def read(folder: Path, *rows: object) -> list[Item]:
    return histories.read(FORMAT, export(folder, channel(*rows)))


def content(folder: Path, **fields: object) -> Content:
    (event, *_) = read(folder, said(7, **fields))
    assert isinstance(event, ContentCreated)
    return event.data


def test_a_message_is_content_of_its_channel_with_the_id_that_the_gateway_gives(tmp_path: Path) -> None:
    (told,) = read(tmp_path, said())

    assert isinstance(told, ContentCreated)
    assert (told.community, told.time) == ("discord:5", AT)
    assert (told.data.content_id, told.data.channel) == ("discord:7", "discord:6")
    assert told.data.actor is not None
    assert (told.data.actor.id, told.data.actor.name) == ("discord:42", "Анна")
    assert told.id == event(ContentCreated, WHERE, ids.created("5", "7", AT), told.data).id


def test_channels_are_merged_by_time_in_whatever_order_they_stand(tmp_path: Path) -> None:
    export(tmp_path, channel(said(5), said(3), said(1)), channel(said(2), said(4), number="8"))

    texts = [event.data.text for event in histories.read(FORMAT, tmp_path) if isinstance(event, ContentCreated)]

    assert texts == [f"text {n}" for n in range(1, 6)]
    assert IMPORTERS[FORMAT].count(tmp_path) == 5


def test_a_reply_knows_what_it_answers_and_a_thread_its_first_message(tmp_path: Path) -> None:
    answer = said(9, type="Reply", reference={"messageId": "7", "channelId": "6", "guildId": "5"})
    thread = channel(said(7), answer, number="7", kind="GuildPublicThread")

    first, second = (
        event.data for event in histories.read(FORMAT, export(tmp_path, thread)) if isinstance(event, ContentCreated)
    )

    assert (first.parent, first.thread) == (None, None)
    assert (second.parent, second.thread) == ("discord:7", "discord:7")


def test_an_edited_message_says_when(tmp_path: Path) -> None:
    assert content(tmp_path, timestampEdited="2026-01-01T00:01:00+00:00").edition == 1_767_225_660


def test_files_links_mentions_and_apps_are_told(tmp_path: Path) -> None:
    file = content(tmp_path, attachments=[{"fileName": "a.PNG", "fileSizeBytes": 5}], stickers=[{"name": "x"}])
    app = content(
        tmp_path, content="", author=ANNA | {"isBot": True}, embeds=[{"title": "built", "url": "https://a.example"}]
    )
    link = content(tmp_path, content="https://a.example", mentions=[IVAN, IVAN])

    assert (file.format, [(part.type, part.size) for part in file.media or ()]) == (
        "photo",
        [("image/png", 5), ("sticker", None)],
    )
    assert (app.text, app.links, app.actor and app.actor.bot) == ("built", ("https://a.example",), True)
    assert (link.format, link.mentions) == ("link", ("discord:43",))


def test_reactions_follow_their_message_with_names_or_as_a_count(tmp_path: Path) -> None:
    told = [
        {"emoji": HEART, "count": 2, "users": [ANNA, IVAN]},
        {"emoji": {"id": "99", "name": "paul"}, "count": 3},
        {"emoji": {"id": None, "name": "👍"}, "count": 1, "users": [IVAN]},
    ]
    message, *found = read(tmp_path, said(reactions=told))

    data = [one.data for one in found if isinstance(one, ReactionAdded)]
    assert [(one.actor and one.actor.id, one.emoji, one.kind, one.value, one.count) for one in data] == [
        ("discord:42", "❤", None, None, None),
        ("discord:43", "❤", None, None, None),
        (None, None, "paul", None, 3),
        ("discord:43", "👍", None, 1, None),
    ]
    assert isinstance(message, ContentCreated)
    assert {one.content_id for one in data} == {message.data.content_id}
    live = event(ReactionAdded, WHERE, ids.reacted("5", "7", "42", ids.emoji_key(None, "❤"), AT), data[0])
    assert events(found)[0].id == live.id


def test_joins_and_boosts_are_events_and_other_notices_nothing(tmp_path: Path) -> None:
    rows = [
        said(1, type="GuildMemberJoin"),
        said(2, type="8"),
        said(3, type="ChannelPinnedMessage"),
        said(4, type="ThreadCreated"),
    ]

    joined, boosted = read(tmp_path, *rows)

    assert isinstance(joined, MemberJoined)
    assert joined.data.member == "discord:42"
    assert isinstance(boosted, SubscriptionStarted)
    at = datetime(2026, 1, 1, 0, 0, 1, 900_000, tzinfo=UTC)
    assert joined.id == event(MemberJoined, WHERE, ids.joined("5", "42", at), joined.data).id


def test_direct_messages_are_refused_alone_and_left_out_of_a_folder(tmp_path: Path) -> None:
    direct = channel(said(text="a secret"), guild="0", kind="DirectTextChat")
    (tmp_path / "alone").mkdir()
    with pytest.raises(Unprocessable, match="no community"):
        list(IMPORTERS[FORMAT].read(export(tmp_path / "alone", direct), WHERE))

    found = histories.read(FORMAT, export(tmp_path, direct, channel(said())))

    assert len(found) == 1


def test_one_guild_of_several_can_be_chosen(tmp_path: Path) -> None:
    export(tmp_path, channel(said(1)), channel(said(2), guild="77"))

    found = histories.read(FORMAT, tmp_path, msgspec.structs.replace(WHERE, community="discord:77"))

    assert [event.community for event in events(found)] == ["discord:77"]
    with pytest.raises(Unprocessable, match="it holds discord:5, discord:77"):
        list(IMPORTERS[FORMAT].read(tmp_path, msgspec.structs.replace(WHERE, community="discord:8")))


@pytest.mark.parametrize("body", ["[]", "{", '{"guild": {"id": "x"}, "channel": {"id": "1"}}', "<html>"])
def test_what_is_no_export_is_refused(tmp_path: Path, body: str) -> None:
    (tmp_path / "a.json").write_text(body)

    with pytest.raises(Unprocessable, match="names no guild and channel"):
        list(IMPORTERS[FORMAT].read(tmp_path, WHERE))


def test_rows_that_cannot_be_read_are_set_aside_and_what_stands_before_a_break_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    bad = [said(2, id="x"), said(3, timestamp="soon"), said(4, timestamp="2026-01-01T00:00:00"), 7]
    file.write_text(json.dumps(channel(said(1), *bad, said(8), said(9)))[:-200])

    found = histories.read(FORMAT, file)

    assert len(events(found)) == 2
    assert sorted(item.at for item in broken(found)) == [1, 2, 3, 4, 6]


@settings(deadline=None)
@given(
    histories.spoiled(
        channel(said(1, reactions=[{"emoji": HEART, "count": 2, "users": [ANNA]}]), said(2, embeds=[{"title": "a"}]))
    )
)
def test_a_spoiled_export_gives_events_and_broken_rows(tmp_path_factory: pytest.TempPathFactory, whole: Json) -> None:
    folder = export(tmp_path_factory.mktemp("spoiled"), whole)

    try:
        found = list(IMPORTERS[FORMAT].read(folder, WHERE))
    except Unprocessable:
        return

    assert all(isinstance(item, Broken | Envelope) for item in found)


def test_memory_does_not_grow_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.ingest.importers.ordering.LOOK_AHEAD", 100)
    peaks = []
    for size in (1_000, 10_000):
        path = export(tmp_path, channel(*(said(7, id=str(n)) for n in range(size))))
        peaks.append(histories.peak_mb(IMPORTERS[FORMAT].read(path, WHERE)))

    assert peaks[1] < 1.5 * peaks[0] + 1
