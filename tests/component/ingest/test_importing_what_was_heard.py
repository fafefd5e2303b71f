"""What was heard live and is imported, or the other way round, leaves the normaliser once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from services.ingest.connectors import CONNECTORS
from shared.events import encode
from tests.component.ingest.world import World
from tests.unit.ingest import histories, reddit_things, test_discord_importer, test_slack_importer
from tests.unit.ingest import telegram_desktop as desktop
from tests.unit.ingest import telegram_updates as sent
from tests.unit.ingest.histories import Item, Json

Told = tuple[str, list[Json], list[Item]]
"""The platform, what it sent, and what the importer reads of the same."""


def telegram(folder: Path) -> Told:
    rows = [desktop.noticed("join_group_by_link", 6), desktop.said(7), desktop.said(8, reply_to_message_id=7)]
    reply = sent.message(message_id=8, text="text 8", reply_to_message={"message_id": 7})
    updates = [sent.said(message_id=6, new_chat_members=[sent.ANNA]), sent.said(text="text 7"), sent.told("message", reply)]
    return "telegram", updates, desktop.read(folder, *rows)


def discord(folder: Path) -> Told:
    put = {"emoji": test_discord_importer.HEART, "count": 1, "users": [test_discord_importer.ANNA]}
    found = test_discord_importer.read(folder, test_discord_importer.said(7, reactions=[put]))
    message: Json = {
        "id": "7",
        "channel_id": "6",
        "type": 0,
        "content": "text 7",
        "timestamp": "2026-01-01T00:00:07.25+00:00",
    }
    reaction: Json = {"user_id": "42", "channel_id": "6", "message_id": "7", "emoji": {"id": None, "name": "❤"}}
    frames = [("MESSAGE_CREATE", message), ("MESSAGE_REACTION_ADD", reaction)]
    return "discord", [{"t": kind, "op": 0, "s": 1, "d": told | {"guild_id": "5"}} for kind, told in frames], found


def reddit(folder: Path) -> Told:
    edited = reddit_things.COMMENT | {"edited": reddit_things.AT + 60, "score": 7, "body": "[removed]"}
    (folder / "RC.ndjson").write_text(json.dumps(edited))
    return "reddit", [{"kind": "t1", "data": edited}], histories.read("pushshift", folder)


def slack(folder: Path) -> Told:
    put = [{"name": "wave", "users": ["U2"], "count": 1}]
    said = test_slack_importer.said(1)
    found = test_slack_importer.read(test_slack_importer.export(folder, general_1=[said | {"reactions": put}]))
    item = {"type": "message", "channel": "C1", "ts": said["ts"]}
    reacted = {"type": "reaction_added", "user": "U2", "reaction": "wave", "item": item, "event_ts": said["ts"]}
    events = [said | {"channel": "C1"}, reacted]
    return "slack", [{"team_id": "acme", "event_time": 1, "event": event} for event in events], found


@pytest.mark.parametrize("platform", [telegram, discord, reddit, slack])
@pytest.mark.parametrize("first", ["live", "import"])
async def test_what_both_tell_is_told_once(tmp_path: Path, platform: Callable[[Path], Told], first: str) -> None:
    name, payloads, found = platform(tmp_path)
    bodies = [json.dumps(payload).encode() for payload in payloads]
    community = CONNECTORS[name].place(bodies[0], {})
    world = World()

    def heard() -> None:
        for body in bodies:
            world.send(name, body, community)

    def imported() -> None:
        for event in histories.events(found):
            world.send("events", encode(event), community, imported=True)

    one, other = (heard, imported) if first == "live" else (imported, heard)
    one()
    before = await world.fold()
    other()

    after = await world.fold()

    assert len(found) == len(before) >= len(bodies)
    assert [event.id for event in after] == [event.id for event in before]
