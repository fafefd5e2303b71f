from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.connectors.slack.text import plain
from services.ingest.importers import IMPORTERS
from services.ingest.importers.importer import Broken, Where
from shared.errors import Unprocessable
from shared.events import Envelope, decode, encode
from shared.events.community import (
    Content,
    ContentCreated,
    ContentDeleted,
    ContentEdited,
    MemberJoined,
    ReactionAdded,
)
from tests.builders import content_created

SLACK = IMPORTERS["slack"]
WHERE = Where(brand="acme", recordedtime=datetime(2026, 1, 1, tzinfo=UTC))
T = "17672256{:02}.000100"
Json = dict[str, object]
USERS: list[Json] = [{"id": "U1", "name": "anna", "profile": {"real_name": "Анна"}}, {"id": "U2", "name": "ivan"}]


def said(number: int, **fields: object) -> Json:
    return {"type": "message", "user": "U1", "text": f"text {number}", "ts": T.format(number)} | fields


def export(folder: Path, **days: Sequence[object] | bytes) -> Path:
    """Write an export: `general_1` is the file `general/1.json`."""
    path = folder / "slack_acme"
    path.mkdir()
    (path / "users.json").write_text(json.dumps(USERS))
    (path / "channels.json").write_text(json.dumps([{"id": "C1", "name": "general"}]))
    for name, rows in days.items():
        channel, _, day = name.partition("_")
        (path / channel).mkdir(exist_ok=True)
        (path / channel / f"{day}.json").write_bytes(rows if isinstance(rows, bytes) else json.dumps(rows).encode())
    return path


def read(path: Path) -> list[Envelope | Broken]:
    events = list(SLACK.read(path, WHERE))
    assert all(decode(encode(event)) == event for event in events if isinstance(event, Envelope))
    return events


def content(folder: Path, **fields: object) -> Content:
    (event,) = read(export(folder, general_1=[said(1, **fields)]))
    assert isinstance(event, ContentCreated)
    return event.data


def test_a_message_becomes_content_of_its_channel(tmp_path: Path) -> None:
    (event,) = read(export(tmp_path, general_1=[said(1)]))

    assert isinstance(event, ContentCreated)
    assert (event.community, event.source, event.imported) == ("slack:acme", "slack/import", True)
    assert event.time == datetime(2026, 1, 1, 0, 0, 1, 100, tzinfo=UTC)
    assert (event.data.content_id, event.data.channel) == (f"slack:acme:C1:{T.format(1)}", "slack:acme:C1")
    assert event.data.actor is not None
    assert (event.data.actor.id, event.data.actor.name) == ("slack:U1", "Анна")


def test_channels_and_days_are_merged_by_time(tmp_path: Path) -> None:
    path = export(tmp_path, general_1=[said(4), said(1)], general_2=[said(5)], random_1=[said(2), said(3)])

    texts = [event.data.text for event in read(path) if isinstance(event, ContentCreated)]

    assert texts == [f"text {number}" for number in range(1, 6)]


def test_a_member_joins_with_the_first_channel(tmp_path: Path) -> None:
    joins = [said(number, subtype="channel_join") for number in (1, 2)]
    events = read(export(tmp_path, general_1=joins[1:], random_1=joins[:1]))

    assert [event.time.second for event in events if isinstance(event, MemberJoined)] == [1]


def test_reactions_follow_their_message_with_names_or_as_a_count(tmp_path: Path) -> None:
    told = [{"name": "+1::skin-tone-2", "users": ["U1", "U2"], "count": 2}, {"name": "wave", "count": 3}]
    _, *events = read(export(tmp_path, general_1=[said(1, reactions=told)]))

    reactions = [event.data for event in events if isinstance(event, ReactionAdded)]
    assert [(one.actor and one.actor.id, one.kind, one.value, one.count) for one in reactions] == [
        ("slack:U1", "+1::skin-tone-2", 1, None),
        ("slack:U2", "+1::skin-tone-2", 1, None),
        (None, "wave", None, 3),
    ]


def test_an_answer_knows_its_thread_and_the_thread_not_itself(tmp_path: Path) -> None:
    path = export(tmp_path, general_1=[said(1, thread_ts=T.format(1)), said(2, thread_ts=T.format(1))])

    root, answer = (event.data for event in read(path) if isinstance(event, ContentCreated))

    assert root.thread is None
    assert answer.parent == answer.thread == root.content_id


def test_an_app_is_a_bot_and_says_what_its_attachments_say(tmp_path: Path) -> None:
    told = content(
        tmp_path, user=None, subtype="bot_message", bot_id="B1", username="ci", text="", attachments=[{"fallback": "built"}]
    )

    assert told.actor is not None
    assert (told.actor.id, told.actor.bot, told.text) == ("slack:B1", True, "built")


def test_a_files_comment_belongs_to_its_author(tmp_path: Path) -> None:
    told = content(
        tmp_path, user=None, subtype="file_comment", comment={"user": "U2", "comment": "nice"}, text="U2 commented: nice"
    )

    assert told.actor is not None
    assert (told.actor.id, told.text) == ("slack:U2", "nice")


@pytest.mark.parametrize(
    ("mimetype", "format_"), [("image/png", "photo"), ("video/mp4", "video"), ("text/plain", "file"), (None, "file")]
)
def test_a_file_gives_the_format(tmp_path: Path, mimetype: str | None, format_: str) -> None:
    told = content(tmp_path, files=[{"mimetype": mimetype, "size": 5_000_000_000}])

    assert told.format == format_
    assert told.media is not None
    assert told.media[0].size == 5_000_000_000


def test_an_edited_message_says_when(tmp_path: Path) -> None:
    assert content(tmp_path, edited={"user": "U1", "ts": "1767225700.000000"}).edition == 1767225700


def test_edits_and_deletions_that_are_told_are_events(tmp_path: Path) -> None:
    edit = said(2, subtype="message_changed", message=said(1, text="better"))
    deletion = said(3, subtype="message_deleted", deleted_ts=T.format(1))

    created, edited, deleted = read(export(tmp_path, general_1=[said(1), edit, deletion]))

    assert isinstance(created, ContentCreated)
    assert isinstance(edited, ContentEdited)
    assert isinstance(deleted, ContentDeleted)
    assert created.data.content_id == edited.data.content_id == deleted.data.content_id
    assert edited.data.text == "better"


def test_notices_and_other_types_are_nothing(tmp_path: Path) -> None:
    assert read(export(tmp_path, general_1=[said(1, subtype="channel_topic"), said(2, type="event")])) == []


def test_talks_between_two_are_not_read(tmp_path: Path) -> None:
    path = export(tmp_path, D1_1=[said(1)])
    (path / "dms.json").write_text('[{"id": "D1", "members": ["U1", "U2"]}]')

    assert read(path) == []
    assert SLACK.count(path) == 0


def test_broken_records_are_told_and_the_others_read(tmp_path: Path) -> None:
    path = export(
        tmp_path,
        general_1=[said(1), {"type": "message"}, said(2, ts="soon"), 7, said(3)],
        general_2=b"[{",
        general_3=[said(4)],
    )

    items = read(path)

    assert [(item.file, item.at) for item in items if isinstance(item, Broken)] == [
        ("general/1.json", 1),
        ("general/1.json", 2),
        ("general/1.json", 3),
        ("general/2.json", 0),
    ]
    assert len(items) == 7
    assert SLACK.count(path) == 7


@pytest.mark.parametrize("missing", ["users.json", "channels.json"])
def test_what_is_no_export_is_refused(tmp_path: Path, missing: str) -> None:
    path = export(tmp_path)
    (path / missing).write_text("<html>") if missing == "channels.json" else (path / missing).unlink()

    with pytest.raises(Unprocessable):
        read(path)


def test_importing_again_gives_the_same_ids(tmp_path: Path) -> None:
    path = export(tmp_path, general_1=[said(1, reactions=[{"name": "wave", "count": 3}]), said(2, subtype="channel_join")])

    assert read(path) == read(path)


@pytest.mark.parametrize(
    ("marked", "text", "links", "mentions"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c", None, None),
        ("<@U1> and <@U9|petr> and <@U8>", "@Анна and @petr and @U8", None, ("slack:U1", "slack:U9", "slack:U8")),
        ("see <https://a.example/?a=1&amp;b=2|here>", "see here", ("https://a.example/?a=1&b=2",), None),
        ("<https://a.example>", "https://a.example", ("https://a.example",), None),
        ("<#C1|general> <!channel> <!subteam^S1|@team>", "#general @channel @@team", None, None),
        ("1 < 2 > 0 <", "1  2  0 <", None, None),
        ("<>", None, None, None),
    ],
)
def test_markup_becomes_text(
    marked: str, text: str | None, links: tuple[str, ...] | None, mentions: tuple[str, ...] | None
) -> None:
    assert plain(marked, {"U1": "Анна"}) == (text, links, mentions, None)


def test_hostile_markup_takes_no_time() -> None:
    assert plain("<" * 50_000 + "a|" * 20_000, {}).links is None


def test_a_mention_longer_than_any_id_is_none(tmp_path: Path) -> None:
    assert content(tmp_path, text=f"<@{'U' * 5_000}>").mentions is None


@given(st.text(alphabet="<@#!|>&;aU1:/ \n", max_size=60))
def test_any_markup_fits_the_contract(text: str) -> None:
    said = plain(text, {"U1": "x" * 200})

    event = content_created(text=said.text, links=said.links, mentions=said.mentions)

    assert decode(encode(event)) == event
