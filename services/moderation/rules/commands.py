"""What moderation is asked to change: the commands on its own topic, and what follows from them. Pure."""

from __future__ import annotations

import msgspec

from shared.errors import Unprocessable
from shared.events.codec import reason
from shared.events.envelope import Instant, Name, Text
from shared.events.moderation import Verdict


class Reverse(msgspec.Struct, frozen=True, kw_only=True, tag="moderation.command.reverse", tag_field="type"):
    """Take a decision back. It names what the API read of the decision, so nothing has to be looked up."""

    id: Name
    brand: Name
    community: Name
    decision: Name
    verdict: Verdict
    content: Name
    member: Name | None = None
    source: Name
    imported: bool = False
    at: Instant
    """When it was asked for."""
    by: Name
    reason: Text | None = None


_decoder = msgspec.json.Decoder(Reverse)


def decoded(raw: bytes) -> Reverse:
    """Return the command. Raises Unprocessable where it is none."""
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unprocessable(f"not a command of moderation: {reason(error)}") from error
