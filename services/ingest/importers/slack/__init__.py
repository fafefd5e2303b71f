"""Slack's workspace export: a folder for each channel, in it a file for each day, and lists of users and channels.

Channels are read side by side, a day's file at a time, and merged by the messages' stamps, so memory holds one day of each
channel. Direct messages are left out: they are no community. A member joins with the first channel_join of the workspace.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

import msgspec

from services.ingest.connectors.slack.messages import Room, events_of
from services.ingest.connectors.slack.wire import Message, User
from services.ingest.connectors.slack.wire import Room as Listed
from services.ingest.importers.importer import Broken, Where, as_text
from shared.errors import Unprocessable
from shared.events import Envelope
from shared.events.codec import reason
from shared.events.community import MemberJoined

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

PRIVATE = ("dms.json", "mpims.json")
"""Lists of talks between two or a few; their folders are not read."""

Item = Message | Broken
Stamped = tuple[tuple[int, int], Room, Item]
Row = TypeVar("Row")

_rows = msgspec.json.Decoder(list[msgspec.Raw])
_message = msgspec.json.Decoder(Message)


class Slack:
    """The importer."""

    format = "slack"

    def count(self, path: Path) -> int:
        """Return how many records the channels' files hold; a file that cannot be read counts as one."""
        return sum(_length(file) for folder in _folders(path) for file in sorted(folder.glob("*.json")))

    def read(self, path: Path, where: Where) -> Iterator[Envelope | Broken]:
        """Yield the workspace's events, channels merged by time."""
        if not (path / "users.json").is_file():  # of a file, too
            raise Unprocessable("not a Slack export: users.json is missing")
        yield from _first_joins(_merged(path, where))


def _merged(path: Path, where: Where) -> Iterator[Envelope | Broken]:
    community = where.community or f"slack:{path.resolve().name.removeprefix('slack_')}"
    names, channels = _names(path), _channels(path)
    rooms = [(folder, Room(where, community, channels.get(folder.name, folder.name), names)) for folder in _folders(path)]
    streams = [_channel(folder, room) for folder, room in rooms]
    for _, room, item in heapq.merge(*streams, key=itemgetter(0)):
        if isinstance(item, Broken):
            yield item
        else:
            yield from events_of(item, room)


def _first_joins(items: Iterator[Envelope | Broken]) -> Iterator[Envelope | Broken]:
    inside: set[str] = set()
    for item in items:
        if isinstance(item, MemberJoined):
            if item.data.member in inside:
                continue
            inside.add(item.data.member)
        yield item


def _channel(folder: Path, room: Room) -> Iterator[Stamped]:
    last = (0, 0)
    for file in sorted(folder.glob("*.json")):
        day = sorted(((_key(item, last), item) for item in _items(file)), key=itemgetter(0))
        for key, item in day:
            last = max(last, key)
            yield last, room, item


def _key(item: Item, otherwise: tuple[int, int]) -> tuple[int, int]:
    if isinstance(item, Broken):
        return otherwise
    second, _, micro = item.ts.partition(".")
    return int(second), int(micro)


def _items(file: Path) -> Iterator[Item]:
    name = f"{file.parent.name}/{file.name}"
    try:
        rows = _rows.decode(file.read_bytes())
    except UNREADABLE as error:
        yield Broken(name, 0, reason(error))
        return
    for at, row in enumerate(rows):
        try:
            yield _message.decode(row)
        except UNREADABLE as error:
            yield Broken(name, at, reason(error), as_text(bytes(row)))


def _length(file: Path) -> int:
    try:
        return len(_rows.decode(file.read_bytes()))
    except UNREADABLE:
        return 1


def _folders(path: Path) -> list[Path]:
    if not path.is_dir():
        return []
    private = {name for file in PRIVATE for room in _listed(path / file, Listed) for name in (room.id, room.name)}
    return sorted(folder for folder in path.iterdir() if folder.is_dir() and folder.name not in private)


def _channels(path: Path) -> Mapping[str, str]:
    """Return the ids of channels by name: a channel keeps its id when it is renamed."""
    return {room.name: room.id for room in _listed(path / "channels.json", Listed) if room.name}


def _names(path: Path) -> Mapping[str, str]:
    called = {}
    for user in _listed(path / "users.json", User):
        profile = user.profile
        name = (profile.display_name or profile.real_name) if profile is not None else None
        if name or user.name:
            called[user.id] = name or user.name or ""
    return called


def _listed(file: Path, row: type[Row]) -> list[Row]:
    if not file.is_file():
        return []
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[row])  # type: ignore[valid-type] # made at run time
    except UNREADABLE as error:
        raise Unprocessable(f"not a Slack export: {file.name}: {reason(error)}") from error
