"""What delivery tells itself through `delivery.commands.v1`: what became of acts and connections, what may be forgotten."""

from __future__ import annotations

from datetime import datetime

import msgspec

from services.delivery.platforms.platform import Ending
from shared.bus.record import Outgoing

ANSWER_CHARS_MAX = 500
"""What is kept of a platform's answer."""


class Finished(msgspec.Struct, frozen=True, tag="finished", omit_defaults=True):
    """An act is over, one way or the other."""

    action: str
    brand: str
    community: str
    target: str
    at: datetime
    attempts: int = 0
    """How often the platform was asked to do it."""
    connection: str | None = None
    answer: str | None = None
    content: str | None = None
    """What came into the world by it."""
    code: Ending | None = None
    """Why it was not carried out; absent where it was."""
    reason: str | None = None


class LineChanged(msgspec.Struct, frozen=True, tag="line", omit_defaults=True):
    """A connection stopped working, or works again."""

    brand: str
    connection: str
    platform: str
    at: datetime
    lost: bool
    reason: str | None = None


class Forget(msgspec.Struct, frozen=True, tag="forget"):
    """What was remembered of a reversal is not needed any more."""

    id: str
    """Of its timer."""
    brand: str
    community: str
    target: str
    decision: str


Command = Finished | LineChanged | Forget

_decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)


def to_record(command: Finished | LineChanged, key: str) -> Outgoing:
    """Return a command as a record, with the key of what it is folded with."""
    return Outgoing(key.encode(), msgspec.json.encode(command), ())


def from_bytes(raw: bytes) -> Command:
    """Return the command. Raises msgspec.DecodeError where it is none."""
    return _decoder.decode(raw)
