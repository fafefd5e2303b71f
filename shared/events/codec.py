"""Events to bytes and back, and the ids of events."""

from __future__ import annotations

import hashlib
from typing import Any, Union

import msgspec

from shared.errors import Unprocessable
from shared.events.envelope import Envelope
from shared.events.registry import TYPES

ID_BYTES = 16
"""128 bits: no two of 10**15 events meet by chance (p < 1e-8)."""


class _Type(msgspec.Struct):
    """Just enough of a record to see what it claims to be."""

    type: str


_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(Union[tuple(TYPES.values())])  # noqa: UP007 - from a tuple
_type_decoder = msgspec.json.Decoder(_Type)


def encode(event: Envelope) -> bytes:
    """Return the event as structured-mode CloudEvents JSON."""
    return _encoder.encode(event)


def decode(raw: bytes) -> Envelope | None:
    """Return the event, or None for a type that this version does not know.

    Raises Unprocessable with a reason that names the place but quotes no member's text.
    """
    try:
        event: Envelope = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if _is_unknown(raw):
            return None
        raise Unprocessable(f"not an event of the contract: {reason(error)}") from error
    return event


def _is_unknown(raw: bytes) -> bool:
    try:
        return _type_decoder.decode(raw).type not in TYPES
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def reason(error: Exception) -> str:
    """Say what is wrong without quoting the payload: msgspec names the path; others only their class."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    what, quoted, rest = str(error).partition("'")  # msgspec quotes values so, and what it expected in backticks
    return f"{what.strip()} - at {rest.rpartition(' at ')[2]}" if quoted else what


def event_id(*cause: str | int) -> str:
    """Return the id of what follows from `cause`: a digest of its parts, in order, unambiguous."""
    joined = "\x1f".join(map(str, cause)).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=ID_BYTES).hexdigest()
