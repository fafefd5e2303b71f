"""What the ledger is told of a member beside points: the commands of `engagement.commands.v1`, keyed by member."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from services.engagement.rules.participation.commands import ReplyTo
from services.engagement.rules.participation.doings import ByMember
from shared.errors import Unprocessable
from shared.events.actions import Rows
from shared.events.codec import reason
from shared.events.envelope import Instant, Int, Name, Text

Language = Literal["en", "ru"]

AMOUNT_MAX = 10**12
"""Points of one order."""

NOTE_CHARS_MAX = 500

Amount = Annotated[int, Meta(ge=1, le=AMOUNT_MAX)]
Note = Annotated[str, Meta(min_length=1, max_length=NOTE_CHARS_MAX)]


class About(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """What every command says."""

    id: Name
    brand: Name
    member: Name
    at: Instant
    """When it happened, or was asked for."""


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


class Order(About, frozen=True, kw_only=True):
    """What somebody wants done to an account. A second telling of the same id is skipped."""

    by: Name
    """Who asks: a person, or a service's key."""


class Spend(Order, frozen=True, kw_only=True, tag="engagement.command.spend"):
    """Take points for something, if there are enough."""

    amount: Amount
    note: Note
    """For what: the member reads it."""
    thing: Name | None = None
    """The goods that it is for: they are told whether it was paid."""


class Refund(Order, frozen=True, kw_only=True, tag="engagement.command.refund"):
    """Give back what was spent, once. The points come back without a day on which they expire."""

    spend: Name
    """Id of the order; its amount and member are what the ledger's entry says."""
    amount: Amount
    note: Note


class Adjust(Order, frozen=True, kw_only=True, tag="engagement.command.adjust"):
    """Give points, or take some away, by hand."""

    amount: Annotated[int, Meta(ge=-AMOUNT_MAX, le=AMOUNT_MAX)]
    note: Note


class Transfer(Order, frozen=True, kw_only=True, tag="engagement.command.transfer"):
    """Give points to another member, if there are enough and the day's limit allows it."""

    to: Name
    amount: Amount
    per_day: Amount
    """What the policy allowed to be given away on one day when it was asked for."""
    note: Note | None = None


class Receive(Order, frozen=True, kw_only=True, tag="engagement.command.receive"):
    """Points come from another member: the ledger tells it to itself."""

    sender: Name
    amount: Amount
    note: Note | None = None


class Expire(About, frozen=True, kw_only=True, tag="engagement.command.expire"):
    """A lot expires: its timer says so."""

    lot: Int


class Review(About, frozen=True, kw_only=True, tag="engagement.command.review"):
    """A member's standing is to be looked at again: a day came, or there are other levels, badges and tasks."""


class Say(About, frozen=True, kw_only=True, tag="engagement.command.say"):
    """A member gives the community's bot a command."""

    name: Name
    text: Text = ""
    reply: ReplyTo


class Come(About, frozen=True, kw_only=True, tag="engagement.command.come"):
    """A member came by somebody's invitation."""

    by: Name


class Credit(About, frozen=True, kw_only=True, tag="engagement.command.credit"):
    """A friend whom the member invited stayed: their standing tells it."""

    friend: Name


class Prefer(About, frozen=True, kw_only=True, tag="engagement.command.prefer"):
    """What a member wants, in the place of what they wanted before."""

    quiet: bool
    """Whether nothing is written to them that they did not ask for."""


class Tell(About, frozen=True, kw_only=True, tag="engagement.command.tell"):
    """Something is to be written to a member, if they want that: their standing knows."""

    community: Name
    source: Name
    text: Text
    deadline: Instant
    cause: Name
    buttons: Rows | None = None


class Participate(About, frozen=True, kw_only=True, tag="engagement.command.participate"):
    """A member takes part in something: their account adds what is known of them and passes it on."""

    thing: Name
    does: ByMember
    reply: ReplyTo | None = None


Ordered = Spend | Refund | Adjust | Transfer | Receive | Expire
"""What changes an account."""

Accounted = Ask | Reach | Ordered
"""What the ledger takes in."""

Stood = Review | Participate | Say | Come | Credit | Prefer | Tell
"""What the member's standing takes in."""

Command = Accounted | Stood

_decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)


def decoded(value: bytes) -> Command:
    """Return a command. Raises Unprocessable with what is wrong, and never with what it held."""
    try:
        return _decoder.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unprocessable(f"no command that is known: {reason(error)}") from error
