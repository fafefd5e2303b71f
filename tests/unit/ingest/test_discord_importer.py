from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Payload
from services.ingest.importers import IMPORTERS
from services.ingest.importers.importer import Broken
from shared.errors import Unprocessable
from shared.events import Envelope
from shared.events.community import ContentCreated, MemberJoined, ReactionAdded
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


def by_the_gateway(kind: str, told: Json) -> Envelope:
    """What the connector makes of a frame."""
    body = json.dumps({"t": kind, "op": 0, "s": 1, "d": told | {"guild_id": "5"}}).encode()
    payload = Payload(body=body, brand="acme", connection="bot", recordedtime=histories.RECORDED)
    (event,) = CONNECTORS["discord"].decode(payload).told
    return event


GATEWAY_ANNA: Json = {"id": "42", "username": "anna", "global_name": "Анна"}
SAME: dict[str, tuple[Json, Json]] = {
    "text": ({}, {}),
    "an edited one": (
        {"timestampEdited": "2026-01-01T00:01:00.5+00:00"},
        {"edited_timestamp": "2026-01-01T00:01:00.500000+00:00"},
    ),
    "a reply": (
        {"type": "Reply", "reference": {"messageId": "3", "channelId": "6", "guildId": "5"}},
        {"type": 19, "message_reference": {"message_id": "3", "channel_id": "6"}},
    ),
    "a file": (
        {"attachments": [{"fileName": "a.PNG", "fileSizeBytes": 5}]},
        {"attachments": [{"filename": "a.PNG", "content_type": "image/png", "size": 5}]},
    ),
    "an app's": (
        {"content": "", "author": ANNA | {"isBot": True}, "embeds": [{"title": "built", "url": "https://a.example"}]},
        {"content": "", "author": GATEWAY_ANNA | {"bot": True}, "embeds": [{"title": "built", "url": "https://a.example"}]},
    ),
    "a link and mentions": (
        {"content": "https://a.example", "mentions": [IVAN]},
        {"content": "https://a.example", "mentions": [{"id": "43", "username": "ivan"}]},
    ),
    "an answer to a command": ({"type": "20"}, {"type": 20}),
}


@pytest.mark.parametrize("name", SAME)
def test_an_export_tells_what_the_gateway_told_and_under_the_same_id(tmp_path: Path, name: str) -> None:
    row, frame = SAME[name]
    sent: Json = {"id": "7", "channel_id": "6", "type": 0, "content": "text 7", "author": GATEWAY_ANNA}

    (told,) = read(tmp_path, said(7, **row))
    heard = by_the_gateway("MESSAGE_CREATE", sent | {"timestamp": "2026-01-01T00:00:07.250000+00:00"} | frame)

    assert isinstance(told, ContentCreated)
    assert isinstance(heard, ContentCreated)
    assert (told.id, told.time, told.community, told.subject) == (heard.id, heard.time, heard.community, heard.subject)
    assert told.data == heard.data
    assert (told.community, told.data.content_id, told.time) == ("discord:5", "discord:5:6:7", AT)


def test_channels_are_merged_by_time_in_whatever_order_they_stand(tmp_path: Path) -> None:
    export(tmp_path, channel(said(5), said(3), said(1)), channel(said(2), said(4), number="8"))

    texts = [event.data.text for event in histories.read(FORMAT, tmp_path) if isinstance(event, ContentCreated)]

    assert texts == [f"text {n}" for n in range(1, 6)]
    assert IMPORTERS[FORMAT].count(tmp_path) == 5


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
        (None, None, "custom_emoji:99", None, 3),
        ("discord:43", "👍", None, 1, None),
    ]
    assert isinstance(message, ContentCreated)
    assert {one.content_id for one in data} == {message.data.content_id}
    put = {"user_id": "42", "channel_id": "6", "message_id": "7", "emoji": {"id": None, "name": "❤"}}
    assert events(found)[0].id == by_the_gateway("MESSAGE_REACTION_ADD", put).id


def test_joins_are_events_and_other_notices_nothing(tmp_path: Path) -> None:
    rows = [said(7, type="GuildMemberJoin"), said(3, type="ChannelPinnedMessage"), said(4, type="ThreadCreated")]

    (joined,) = read(tmp_path, *rows)

    heard = by_the_gateway("GUILD_MEMBER_ADD", {"user": GATEWAY_ANNA, "joined_at": "2026-01-01T00:00:07.250000+00:00"})
    assert isinstance(joined, MemberJoined)
    assert isinstance(heard, MemberJoined)
    assert (joined.id, joined.data) == (heard.id, heard.data), "where the notice has the same millisecond"


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
    rows = [said(1, type="GuildMemberJoin", timestamp="0001-01-01T00:00:00+14:00")]
    (item,) = read(tmp_path, *rows)
    assert isinstance(item, Broken)
    assert "beyond the calendar" in item.reason
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
