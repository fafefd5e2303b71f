"""One request of a platform to a webhook, and what a connector may answer: the part of the port that knows HTTP."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import msgspec

WINDOW = timedelta(minutes=5)
"""A request that is signed with its time is genuine for so long; Slack's own advice."""

STAMP_CHARS_MAX = 11
"""Seconds until the year 5138."""

_object = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Delivery(NamedTuple):
    """A request as it came: header names in lower case, the body as it was sent, for signatures are over its bytes."""

    headers: Mapping[str, str]
    body: bytes
    at: datetime
    """When it came, for signatures that grow old."""

    def is_fresh(self, stamp: str) -> bool:
        """Return whether a signed stamp, in Unix seconds, is not long ago: a recorded request cannot be sent again later."""
        is_second = stamp.isdecimal() and len(stamp) <= STAMP_CHARS_MAX
        return is_second and abs(self.at.timestamp() - int(stamp)) <= WINDOW.total_seconds()


class Keys(NamedTuple):
    """What a connection knows of its platform's credentials."""

    secrets: Sequence[str] = ()
    """Of signatures, or as they are sent along; two while one is being replaced."""
    handshake: str | None = None
    """What the platform is to hear, or will send, when it asks whether the address is ours.

    Empty where it is declared and cannot be read: then nothing fits it.
    """
    communities: Sequence[str] = ()
    """Those that the connection lists; none: whichever speak."""


class Answer(NamedTuple):
    """What a platform hears."""

    body: bytes = b"ok"
    media_type: str = "text/plain"
    status: int = 200


OK = Answer()
"""What every platform is content to hear; VK insists on these two letters."""


class Unreadable(ValueError):
    """A body that is not even in the platform's format, or whose secrets cannot be found to drop them."""


T = TypeVar("T")


def read_or_none(decoder: msgspec.json.Decoder[T], body: bytes) -> T | None:
    """Return what the body tells an edge that only looks at it; None where it cannot be read, which decoding says better."""
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def json_object(body: bytes) -> None:
    """Raise Unreadable where the body is no JSON object. One that is too deep is kept: its dead letter says so."""
    try:
        _object.decode(body)
    except RecursionError:
        return
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable("the body is not a JSON object") from error


def without(body: bytes, names: Collection[str]) -> bytes:
    """Return a JSON object without these of its own fields, all others as they came; Unreadable where it is none."""
    try:
        fields = _object.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable("the body is not a JSON object that can be read") from error
    if not any(name in fields for name in names):
        return body
    return msgspec.json.encode({name: value for name, value in fields.items() if name not in names})


def anything(body: bytes) -> Any:  # noqa: ANN401 - JSON
    """Return whatever JSON the body holds, to look for what must not be kept; Unreadable where it is none."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable("the body is not JSON that can be read") from error


def objects(value: object) -> list[dict[str, Any]]:
    """Return the objects of a JSON list; none where it is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
