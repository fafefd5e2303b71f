"""What moderation is asked to change: the commands on its own topic. Each names its case, and what its author saw of it.

A case is all that concerns one content; what concerns none (a raid, a request to join, a dispute) has an id of its own.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from shared.errors import Unprocessable
from shared.events.codec import reason
from shared.events.envelope import Instant, Int, Name, Text
from shared.events.moderation import Severity

Ruling = Literal["allow", "keep", "hide", "remove", "warn", "mute", "ban"]
"""What a person may decide of a case: nothing is wrong with it; it stays as it is; or what is to be done."""


class About(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What every command says."""

    id: Name
    """A second telling of the same id is skipped."""
    brand: Name
    community: Name
    case: Name
    at: Instant
    """When it was asked for."""
    by: Name
    version: Int | None = None
    """The version of the case that its author saw: what was changed meanwhile is not decided blindly. None: whichever."""


class Claim(About, frozen=True, kw_only=True, tag="moderation.command.claim"):
    """Work on a case; it is the moderator's alone for a while."""

    force: bool = False
    """Take it from whoever has it: for community managers."""


class Release(About, frozen=True, kw_only=True, tag="moderation.command.release"):
    """Give a claimed case back."""


class Assign(About, frozen=True, kw_only=True, tag="moderation.command.assign"):
    """Have somebody work on it."""

    to: Name


class Escalate(About, frozen=True, kw_only=True, tag="moderation.command.escalate"):
    """Have a community manager look."""

    reason: Text | None = None


class Note(About, frozen=True, kw_only=True, tag="moderation.command.note"):
    """Write something down for other moderators."""

    text: Text


class Decide(About, frozen=True, kw_only=True, tag="moderation.command.decide"):
    """End a case."""

    ruling: Ruling
    until: Instant | None = None
    """For a mute or a ban: its end."""
    severity: Severity | None = None
    """Absent: that of the rules."""
    reason: Text | None = None
    """For the member; absent: what the rules said."""
    content: Name | None = None
    member: Name | None = None
    """Of whom the content is: what the API read."""


class Reverse(About, frozen=True, kw_only=True, tag="moderation.command.reverse"):
    """Take a decision back."""

    decision: Name
    content: Name | None = None
    member: Name | None = None
    reason: Text | None = None


class Lift(About, frozen=True, kw_only=True, tag="moderation.command.lift"):
    """End a sanction of a member before its time; the case is that of the decision which brought it."""

    member: Name
    sanction: Name
    decision: Name
    source: Name
    """Through what the member is reached."""
    reason: Text | None = None


class Ask(About, frozen=True, kw_only=True, tag="moderation.command.appeal"):
    """A member asks for another look; `by` is the member."""

    decision: Name | None = None
    """Absent: the last one about the content that did something."""
    author: Name | None = None
    """Of the content, where that was told."""
    heard: Instant | None = None
    """When it was taken in; absent: `at`, which is our own time then."""
    text: Text | None = None


class Dispute(About, frozen=True, kw_only=True, tag="moderation.command.dispute"):
    """Open a case between two members."""

    members: tuple[Name, Name]
    about: Text


class Statement(About, frozen=True, kw_only=True, tag="moderation.command.statement"):
    """What one side says; `of` is the member."""

    of: Name
    text: Text


class Settle(About, frozen=True, kw_only=True, tag="moderation.command.settle"):
    """End a dispute."""

    outcome: Literal["settled", "first", "second", "both"]
    """They made peace; or who was found to be wrong."""
    text: Text


class Overdue(About, frozen=True, kw_only=True, tag="moderation.command.overdue"):
    """An appeal was not answered in time: its timer says so."""


class Nearing(About, frozen=True, kw_only=True, tag="moderation.command.nearing"):
    """An appeal is to be answered soon: its timer says so."""

    deadline: Instant


class Unheard(About, frozen=True, kw_only=True, tag="moderation.command.unheard"):
    """The decision that an appeal waited for never came: its timer says so."""

    appeal: Name
    """The id of its command."""
    member: Name | None = None
    """With whom it waits, where it names no content."""


class Forget(About, frozen=True, kw_only=True, tag="moderation.command.forget"):
    """A content is gone so long that nothing will be told of it any more: its timer says so."""


class Credit(About, frozen=True, kw_only=True, tag="moderation.command.credit"):
    """A reporter was right, or was not: cases tell it to their reporters' records."""

    reporter: Name
    was_right: bool


Command = (
    Claim
    | Release
    | Assign
    | Escalate
    | Note
    | Decide
    | Reverse
    | Lift
    | Ask
    | Dispute
    | Statement
    | Settle
    | Overdue
    | Nearing
    | Unheard
    | Forget
    | Credit
)

_decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)


def decoded(raw: bytes) -> Command:
    """Return the command. Raises Unprocessable where it is none."""
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unprocessable(f"not a command of moderation: {reason(error)}") from error
