"""What Telegram sent, in one form: where only its words tell a fact from another, the fact's id is a digest of them.

Of what Telegram sent, not of what we read in it: a decoder that reads more, or better, gives the same fact the same id
(docs/decisions/ids-are-made-of-what-was-sent.md). What is sent anew for each bot or at another time is left out: of a file
its `file_unique_id` stays, of a user the id. Ids are kept for good, so this form never changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from shared.errors import Unprocessable
from shared.events.codec import reason

Fields = Mapping[str, msgspec.Raw]
"""A part of an update by the API's own names, each value as it was sent."""

_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])


def fields(body: bytes, kind: str) -> Fields:
    """Return the part of an update that has that kind. Raises Unprocessable where a name that is not read cannot be."""
    try:
        return _fields.decode(_fields.decode(body)[kind])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unprocessable(f"not an update of Telegram: {reason(error)}") from error


def some(sent: Fields, names: Iterable[str]) -> str:
    """Return those of the fields that hold something. Raises Unprocessable where a field that is not read cannot be."""
    found = {name: _value(sent[name]) for name in names if name in sent}
    return _canonical({name: value for name, value in found.items() if value})


def each(sent: Fields, name: str) -> list[str]:
    """Return the items of a list, in its order. Raises Unprocessable where a field that is not read cannot be."""
    return [_canonical(item) for item in _value(sent[name])] if name in sent else []


def _value(raw: msgspec.Raw) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(bytes(raw), object_hook=_kept)
    except (ValueError, RecursionError) as error:
        why = reason(error) if isinstance(error, RecursionError | UnicodeDecodeError) else "malformed"
        raise Unprocessable(f"not an update of Telegram: {why}") from error


def _kept(node: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """Return what of an object is the same for every bot."""
    if "file_unique_id" in node:
        return node["file_unique_id"]
    return node.get("id") if "is_bot" in node else node


def _canonical(value: object) -> str:
    try:
        return json.dumps(value, sort_keys=True)
    except RecursionError as error:
        raise Unprocessable(f"not an update of Telegram: {reason(error)}") from error
