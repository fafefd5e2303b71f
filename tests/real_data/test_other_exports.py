"""What the importers make of exports that others published, held against counts of the same files by plain JSON."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from services.ingest.importers import IMPORTERS
from shared.errors import Unprocessable
from shared.events.community import ContentCreated, ReactionAdded
from tests.unit.ingest import histories
from tests.unit.ingest.histories import WHERE, broken, events


def contents(found: list[histories.Item]) -> list[ContentCreated]:
    return [event for event in found if isinstance(event, ContentCreated)]


def test_every_post_of_six_channels_is_there_once_in_the_order_of_time(real_data: Path) -> None:
    folder = real_data / "exports" / "telegram_channels_ru"
    posts = [post for file in folder.glob("*_messages.json") for post in json.loads(file.read_bytes())]

    found = histories.read("telegram-channels", folder)

    written = contents(found)
    assert (len(posts), len(found)) == (5_382, 5_382)
    assert Counter(event.community for event in written) == Counter(f"telegram:{post['sender_id']}" for post in posts)
    assert {(event.data.content_id, event.time) for event in written} == {
        (f"telegram:{post['sender_id']}:{post['message_id']}", datetime.fromisoformat(post["date"])) for post in posts
    }
    assert [event.time for event in written] == sorted(event.time for event in written)
    assert len({event.id for event in written}) == len(posts)


def test_a_talk_of_two_is_refused_and_the_same_rows_of_a_group_are_read(real_data: Path, tmp_path: Path) -> None:
    file = real_data / "exports" / "telegram_desktop" / "samples_chat-analytics" / "DM_2A_7M.json"
    whole: dict[str, Any] = json.loads(file.read_bytes())
    rows = whole["messages"]
    with pytest.raises(Unprocessable, match="no community"):
        list(IMPORTERS["telegram-desktop"].read(file, WHERE))

    whole["type"] = "private_supergroup"
    (tmp_path / "result.json").write_text(json.dumps(whole))
    found = histories.read("telegram-desktop", tmp_path)

    said = [row for row in rows if row["type"] == "message"]
    assert len(said) == len(contents(found)) == len(events(found)) == 6
    assert broken(found) == []
    assert Counter(event.data.actor.id for event in contents(found) if event.data.actor) == Counter(
        row["from_id"].replace("user", "telegram:") for row in said
    )
    assert Counter(event.data.format for event in contents(found)) == Counter(
        "photo" if "photo" in row else "text" for row in said
    )


def test_a_guilds_channel_is_read_and_talks_of_two_or_a_few_are_refused(real_data: Path) -> None:
    folder = real_data / "exports" / "discord_chat_exporter" / "samples_chat-analytics"
    for private in ("DM_2A_2M.json", "GC_3A_5M.json"):
        with pytest.raises(Unprocessable, match="no community"):
            list(IMPORTERS["discord"].read(folder / private, WHERE))
    guild: dict[str, Any] = json.loads((folder / "SV_5A_5M.json").read_bytes())

    found = histories.read("discord", folder)

    rows = guild["messages"]
    assert Counter(event.data.content_id for event in contents(found)) == Counter(
        f"discord:253601524398293010:253601524398293010:{row['id']}" for row in rows
    )
    assert Counter(type(event).__name__ for event in events(found)) == {"ContentCreated": 5, "ReactionAdded": 2}
    assert len({event.id for event in events(found)}) == 6, "one message stands there twice"
    assert sum(event.data.count or 0 for event in events(found) if isinstance(event, ReactionAdded)) == sum(
        told["count"] for row in rows for told in row["reactions"]
    )


def test_a_talk_of_a_few_would_be_read_if_it_were_a_guilds(real_data: Path, tmp_path: Path) -> None:
    folder = real_data / "exports" / "discord_chat_exporter" / "samples_chat-analytics"
    for name in ("DM_2A_2M.json", "GC_3A_5M.json"):
        whole: dict[str, Any] = json.loads((folder / name).read_bytes())
        (tmp_path / name).write_text(json.dumps(whole | {"guild": {"id": "5"}}))

    found = histories.read("discord", tmp_path)

    assert broken(found) == []
    assert len(contents(found)) == 5, "calls and changes of name and picture are no content"


def test_every_thing_of_reddits_archives_is_there_with_its_score_and_its_end(real_data: Path) -> None:
    folder = real_data / "exports" / "reddit_pushshift"
    rows = [json.loads(line) for file in sorted(folder.glob("*.ndjson")) for line in file.read_bytes().splitlines()]

    found = histories.read("pushshift", folder)

    names = [f"t{3 if 'title' in row else 1}_{row['id']}" for row in rows]
    assert len(rows) == 58
    assert broken(found) == []
    assert Counter(event.data.content_id for event in contents(found)) == Counter(f"reddit:{name}" for name in names)
    assert Counter(event.community for event in contents(found)) == Counter(
        f"reddit:{row['subreddit'].lower()}" for row in rows
    )
    assert [event.time for event in contents(found)] == sorted(event.time for event in contents(found))
    assert Counter(type(event).__name__ for event in events(found)) == {
        "ContentCreated": len(rows),
        "ContentEdited": sum(row["edited"] is not False for row in rows),
        "ContentMeasured": sum(row["score"] != 1 for row in rows),
        "ContentDeleted": sum(row.get("body", row.get("selftext")) in {"[deleted]", "[removed]"} for row in rows),
    }
