"""What reporting is asked, and what its lookouts tell: the commands on its own topic."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace

from services.reporting.rules.crises.lookout import Part
from shared.documents.playbook import Signal
from shared.errors import Unprocessable
from shared.events.codec import event_id, reason
from shared.events.envelope import Instant, Name, Text
from shared.events.reporting import ScheduledReport


class About(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """What every command says."""

    brand: Name
    community: str
    """Empty: the whole brand."""
    at: Instant
    """When it was asked for; of signs, when the edge took them in."""


class Spread(About, frozen=True, kw_only=True, tag="reporting.command.spread"):
    """Somebody gave a sign in a community who was not heard of there lately: told to the whole brand's lookout."""

    signal: Signal
    second: float
    member: Name | None = None
    of: Name
    """The community."""
    imported: bool = False


class Raise(About, frozen=True, kw_only=True, tag="reporting.command.raise"):
    """A lookout opens an incident, adds a signal to it, or sees it worse than it was."""

    incident: Name
    parts: Mapping[Signal, Part]
    own: bool = True
    """Whether the community is the brand's own."""


class Order(About, frozen=True, kw_only=True):
    """What every person, and every timer, says."""

    id: Name
    """A second telling of the same id is skipped."""
    incident: Name
    by: Name
    version: int | None = None
    """Of the incident that its author saw; None: whichever."""


class Acknowledge(Order, frozen=True, kw_only=True, tag="reporting.command.acknowledge"):
    """Somebody looks after it."""


class Assign(Order, frozen=True, kw_only=True, tag="reporting.command.assign"):
    """Have somebody look after it."""

    to: Name


class Note(Order, frozen=True, kw_only=True, tag="reporting.command.note"):
    """Write something down."""

    text: Text


class Finish(Order, frozen=True, kw_only=True, tag="reporting.command.finish"):
    """A step is done."""

    step: Name
    text: Text | None = None


class Approve(Order, frozen=True, kw_only=True, tag="reporting.command.approve"):
    """Have a statement published."""

    statement: Name


class Close(Order, frozen=True, kw_only=True, tag="reporting.command.close"):
    """End it."""

    reason: Text | None = None


class Quiet(Order, frozen=True, kw_only=True, tag="reporting.command.quiet"):
    """It may have been quiet for long enough: its timer says so."""


class Ease(Order, frozen=True, kw_only=True, tag="reporting.command.ease"):
    """Slow mode has lasted long enough: its timer says so."""

    play: Name


class Assess(About, frozen=True, kw_only=True, tag="reporting.command.assess"):
    """A goal was looked at."""

    goal: Name
    version: int
    """Of its document."""
    figure: Name
    target: float
    forecast: float
    due: Instant
    probability: float


class Announce(About, frozen=True, kw_only=True, tag="reporting.command.announce"):
    """A scheduled report was made."""

    id: Name
    """Of its making: a second telling of the same id is skipped."""
    report: ScheduledReport


Asked = Acknowledge | Assign | Note | Finish | Approve | Close
Due = Quiet | Ease
Command = Spread | Raise | Assess | Announce | Asked | Due

EPOCH = datetime.fromtimestamp(0, UTC)

_decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)


def decoded(raw: bytes) -> Command:
    """Return the command. Raises Unprocessable where it is none."""
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unprocessable(f"not a command of reporting: {reason(error)}") from error


def digest(order: Asked) -> str:
    """Return what an order asks, but for when: the same asked twice has the same."""
    return event_id(msgspec.json.encode(replace(order, at=EPOCH)).decode())
