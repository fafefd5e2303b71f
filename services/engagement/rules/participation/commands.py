"""What a thing that can be taken part in is told: the commands of `engagement.participation.v1`, by brand and thing."""

from __future__ import annotations

from typing import Any

import msgspec

from services.engagement.rules.participation.doings import ByMember, ByStaff
from shared.errors import Unprocessable
from shared.events.codec import reason
from shared.events.envelope import Instant, Int, Name


class ReplyTo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a member is answered who acted in a chat."""

    community: Name
    source: Name
    channel: Name | None = None
    message: Name | None = None
    """The content by which it was said. None: asked by a command of the platform's own."""
    press: Name | None = None
    """A button was pressed: what the platform needs to answer it."""
    language: Name = "en"


class Who(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of the member at the moment, by their account."""

    level: Int = 0
    """Its place in the brand's list."""
    since: Int = 0
    """The first day of which something is known of them, as an ordinal number; 0: none."""
    sanctioned: bool = False
    vip: bool = False


class About(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """What every command says."""

    id: Name
    """A second telling of the same is skipped."""
    brand: Name
    thing: Name
    """Kind and name: `quiz/spring`."""
    at: Instant


class Define(About, frozen=True, kw_only=True, tag="engagement.participation.define"):
    """What the thing is: a version of its document."""

    version: Int
    spec: dict[str, Any] | None
    """None: the document was deleted."""


class Take(About, frozen=True, kw_only=True, tag="engagement.participation.take"):
    """A member does something."""

    member: Name
    does: ByMember
    who: Who
    reply: ReplyTo | None = None


class Order(About, frozen=True, kw_only=True, tag="engagement.participation.order"):
    """Staff, or a service, do something."""

    by: Name
    does: ByStaff


class Due(About, frozen=True, kw_only=True, tag="engagement.participation.due"):
    """A timer of the thing's own is due."""

    what: Name


class Settled(About, frozen=True, kw_only=True, tag="engagement.participation.settled"):
    """The member's account paid what the thing asked it for, or could not."""

    order: Name
    member: Name
    refused: Name | None = None
    """Why not: a code of the ledger's."""


class Counted(About, frozen=True, kw_only=True, tag="engagement.participation.counted"):
    """What counts of a member in a contest now, in the place of what was told before."""

    member: Name
    n: Int
    """Grows with each telling of a member."""
    entries: Int
    score: Int
    """Votes that they were given, or points that they earned."""
    who: Who


class Polled(About, frozen=True, kw_only=True, tag="engagement.participation.polled"):
    """A member voted in the platform's own poll that shows this one, or took the vote back."""

    member: Name
    options: tuple[Int, ...]
    """None: it was taken back."""


Command = Define | Take | Order | Due | Settled | Counted | Polled

_decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)
_encoder = msgspec.json.Encoder()


def decoded(value: bytes) -> Command:
    """Return a command. Raises Unprocessable with what is wrong, and never with what it held."""
    try:
        return _decoder.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unprocessable(f"no command that is known: {reason(error)}") from error


def encoded(command: Command) -> bytes:
    """Return a command as it goes over the bus."""
    return _encoder.encode(command)
