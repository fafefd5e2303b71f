"""DiscordChatExporter's JSON: a file for each channel or thread, or for a part of one.

Give one file, or the folder of them: channels are merged by time. The community is the guild. Direct messages and groups are
no community: such files of a folder are left out, and alone they are refused.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import msgspec

from services.ingest.connectors.discord.guilds import Guild
from services.ingest.importers.discord.rows import events_of
from services.ingest.importers.discord.wire import Row
from services.ingest.importers.files import files_of, occurrences
from services.ingest.importers.importer import Broken, Where, as_text
from services.ingest.importers.ordering import Placed, in_order
from services.ingest.importers.stream import BREAKS_OFF, UNREADABLE, built, packed, tokens
from shared.errors import Unprocessable
from shared.events import Envelope
from shared.events.codec import reason

FILES_MAX = 500
"""Files that are read side by side: a process may open about a thousand."""

MARK = b'"timestampEdited"'
"""Each message has it once; within a text the quotes would be escaped."""

DIRECT = "0"
"""The guild of direct messages, as the exporter names it."""

HEADS = ("guild.id", "channel.id")
LAST = float("inf")

_row = msgspec.json.Decoder(Row)


class Room(NamedTuple):
    """Where the messages of a file stand."""

    guild: Guild
    channel: str


class Discord:
    """The importer."""

    format = "discord"

    def count(self, path: Path) -> int:
        """Return how many messages the files hold, private ones included."""
        return sum(occurrences(file, MARK) for file in files_of(path, ".json"))

    def read(self, path: Path, where: Where) -> Iterator[Envelope | Broken]:
        """Yield the events of the guilds, channels merged by time."""
        files = files_of(path, ".json")
        if len(files) > FILES_MAX:
            raise Unprocessable(f"{len(files)} files; put at most {FILES_MAX} of them into one folder at a time")
        rooms = {file: room for file in files if (room := _room(file, where)) is not None}
        _check(files, rooms, where)
        chosen = {file: room for file, room in rooms.items() if where.community in {None, room.guild.community}}
        streams = [_channel(file, room) for file, room in chosen.items()]
        return (item for _, item in heapq.merge(*streams, key=itemgetter(0)))


def _check(files: list[Path], rooms: dict[Path, Room], where: Where) -> None:
    """Raise Unprocessable where nothing is there to import."""
    if not rooms:
        named = files[0].name if len(files) == 1 else "every file"
        raise Unprocessable(f"{named} holds direct messages or a group's, which are no community")
    there = sorted({room.guild.community for room in rooms.values()})
    if where.community not in {None, *there}:
        raise Unprocessable(f"the export does not hold {where.community}; it holds {', '.join(there)}")


def _room(file: Path, where: Where) -> Room | None:
    """Return where the messages of a file stand; None where that is no community. Raises Unprocessable."""
    head = {}
    try:
        with file.open("rb") as source:
            for prefix, event, value in tokens(source):
                if prefix in HEADS and isinstance(value, str):
                    head[prefix] = value
                elif prefix == "messages" and event == "start_array":
                    break
    except UNREADABLE:
        pass  # what is missing says so
    guild, channel = (head.get(name, "") for name in HEADS)
    if not (guild.isdecimal() and channel.isdecimal()):
        raise Unprocessable(f"{file.name} is not DiscordChatExporter's JSON: it names no guild and channel")
    return None if guild == DIRECT else Room(Guild(guild, where), channel)


def _channel(file: Path, room: Room) -> Iterator[tuple[float, Envelope | Broken]]:
    for (second, _, number), raw in in_order(partial(_placed, file)):
        if not raw:
            yield second, Broken(file.name, number, BREAKS_OFF)
            continue
        try:
            yield from ((second, found) for found in events_of(_row.decode(raw), room.channel, room.guild))
        except msgspec.DecodeError as error:
            yield second, Broken(file.name, number, reason(error), as_text(raw))
        except OverflowError:
            yield second, Broken(file.name, number, "its time is beyond the calendar", as_text(raw))


def _placed(file: Path) -> Iterator[Placed]:
    """Yield the messages as far as the file can be read; where it breaks off, one without anything in it."""
    number = 0
    with file.open("rb") as source:
        found = tokens(source)
        try:
            for prefix, event, _ in found:
                if prefix == "messages.item" and event not in {"end_map", "end_array"}:
                    message = built(found) if event == "start_map" else None
                    yield Placed((_time(message), 0, number), packed(message))
                    number += 1
        except UNREADABLE:
            yield Placed((LAST, 0, number), b"")


def _time(message: dict[str, object] | None) -> float:
    try:
        return datetime.fromisoformat(str((message or {}).get("timestamp"))).timestamp()
    except (ValueError, OverflowError):
        return LAST
