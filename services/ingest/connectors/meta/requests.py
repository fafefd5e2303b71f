"""A request of Meta into parts, and what of it is kept.

One request may hold changes of several accounts, and up to a thousand of them. A part is the same object with one entry, and
in it one change: so each belongs to one community, and one that cannot be read is a dead letter of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from services.ingest.connectors.delivery import anything, objects, read_or_none
from services.ingest.connectors.meta.wire import CHANGES_MAX, Placed, Request

Fields = dict[str, msgspec.Raw]

PRIVATE = frozenset(
    {
        "message_deliveries",
        "message_echoes",
        "message_edits",
        "message_reactions",
        "message_reads",
        "messages",
        "messaging_postbacks",
        "messaging_referral",
        "messaging_seen",
        "standby",
    }
)
"""Fields of changes, and of entries, that are talks with one person."""

TALKS = ("messaging", "standby")
"""Fields of an entry that hold such talks."""

_fields = msgspec.json.Decoder(Fields)
_list = msgspec.json.Decoder(list[msgspec.Raw])
_request = msgspec.json.Decoder(Request)
places = msgspec.json.Decoder(Placed)
"""Reads where a part happened, and nothing else."""
_encoder = msgspec.json.Encoder()


def read(part: bytes) -> Request:
    """Return a part. Raises msgspec's errors."""
    return _request.decode(part)


def parts(body: bytes) -> Sequence[bytes]:
    """Return the request in parts, in its order; one that is a part already, or cannot be read, as it came."""
    try:
        outer = _fields.decode(body)
        found = [change for entry in _list.decode(outer["entry"]) for change in _changes(entry)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError):
        return (body,)
    if not 1 < len(found) <= CHANGES_MAX:
        return (body,)
    return [_encoder.encode(outer | {"entry": [entry]}) for entry in found]


def _changes(entry: msgspec.Raw) -> list[object]:
    """Return an entry with one of its changes at a time."""
    try:
        fields = _fields.decode(entry)
        changes = _list.decode(fields["changes"])
    except (msgspec.DecodeError, KeyError):
        return [entry]
    return [fields | {"changes": [change]} for change in changes] if len(changes) > 1 else [entry]


LIKES = frozenset({"like", "reaction"})
"""Items of a page's feed."""


class _Liked(msgspec.Struct, frozen=True):
    item: str = ""


class _Change(msgspec.Struct, frozen=True):
    value: _Liked = _Liked()


class _Entry(msgspec.Struct, frozen=True):
    changes: list[_Change] = []


class _Changes(msgspec.Struct, frozen=True):
    entry: list[_Entry] = []


_changes_of = msgspec.json.Decoder(_Changes)


def is_likes(body: bytes) -> bool:
    """Return whether a request tells of likes and of nothing else."""
    found = read_or_none(_changes_of, body)
    changes = [change for entry in found.entry for change in entry.changes] if found is not None else []
    return bool(changes) and all(change.value.item in LIKES for change in changes)


def without_talks(body: bytes) -> bytes:
    """Return a request without what was said in talks with one person: that they were, and of whose account, stays."""
    request = anything(body)
    entries = objects(request.get("entry") if isinstance(request, dict) else None)
    dropped = [_drop_talks(entry) for entry in entries]
    return _encoder.encode(request) if any(dropped) else body


def _drop_talks(entry: dict[str, Any]) -> bool:
    """Empty what holds talks; return whether anything did."""
    talks = [name for name in TALKS if entry.get(name)]
    entry.update({name: [] for name in talks})
    changes = [c for c in objects(entry.get("changes")) if str(c.get("field")) in PRIVATE and "value" in c]
    for change in changes:
        del change["value"]
    return bool(talks or changes)
