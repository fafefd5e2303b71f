"""What the ledger is told of a member beside points: the commands of `engagement.commands.v1`, keyed by member."""

from __future__ import annotations

from typing import Literal

import msgspec

from shared.errors import Unprocessable
from shared.events.codec import reason
from shared.events.envelope import Instant, Name

Language = Literal["en", "ru"]


class About(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """What every command says."""

    id: Name
    """A second telling of the same id changes nothing."""
    brand: Name
    member: Name
    at: Instant
    """When it happened."""


class Ask(About, frozen=True, kw_only=True, tag="engagement.command.ask"):
    """The member asks the community's bot how they stand."""

    community: Name
    source: Name
    recorded: Instant
    channel: Name | None = None
    message: Name | None = None
    """The content by which it was said: the one to answer. None: asked by a command of the platform's own."""
    language: Language = "en"


class Reach(About, frozen=True, kw_only=True, tag="engagement.command.reach"):
    """A direct message to the member arrived, or the platform did not let it through."""

    arrived: bool


Command = Ask | Reach

_decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)


def decoded(value: bytes) -> Command:
    """Return a command. Raises Unprocessable with what is wrong, and never with what it held."""
    try:
        return _decoder.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unprocessable(f"no command that is known: {reason(error)}") from error
