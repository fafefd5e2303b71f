"""What the fold of sanctions is told: strikes given and withdrawn, and what staff and timers ask for. Keyed by member."""

from __future__ import annotations

from typing import Literal

import msgspec

from shared.documents.discipline import Sanctioning
from shared.errors import Unprocessable
from shared.events.codec import reason
from shared.events.envelope import Instant, Int, Name, Text


class About(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Whom it concerns, and when it was."""

    id: Name
    brand: Name
    community: Name
    member: Name
    source: Name
    at: Instant
    """When it happened; what fades, fades from then."""
    recorded: Instant
    """Under the policy of which moment it is judged."""


class Strike(About, frozen=True, kw_only=True, tag="moderation.strike.given"):
    """A content of the member was taken away, or the member is sanctioned. `id` is the decision's."""

    points: Int
    sanction: Sanctioning | None = None
    """What follows whatever the points are, because the rule or the moderator said so."""
    until: Instant | None = None
    content: Name | None = None
    replaces: tuple[Name, ...] | None = None
    """Decisions in whose place this one stands: their strikes are none any more."""
    language: Literal["en", "ru"] = "en"
    reason: Text | None = None


class Withdrawal(About, frozen=True, kw_only=True, tag="moderation.strike.withdrawn"):
    """A decision was taken back, and with it its strike."""

    decision: Name
    by: Name | None = None


class Lift(About, frozen=True, kw_only=True, tag="moderation.sanction.lift"):
    """A member of staff ends a sanction; the strike stays. The fold of cases has noted who it was."""

    sanction: Name
    by: Name
    reason: Text | None = None


class End(About, frozen=True, kw_only=True, tag="moderation.sanction.end"):
    """The time of a sanction is over: its timer says so."""

    sanction: Name


Told = Strike | Withdrawal | Lift | End

_decoder: msgspec.json.Decoder[Told] = msgspec.json.Decoder(Told)


def decoded(raw: bytes) -> Told:
    """Return what is told. Raises Unprocessable where it is none of these."""
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unprocessable(f"nothing about strikes: {reason(error)}") from error
