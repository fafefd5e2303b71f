"""What is asked of cases, as JSON holds it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from services.moderation.rules.commands import Ruling
from shared.documents.discipline import Duration
from shared.documents.shape import Spec
from shared.events.envelope import Name
from shared.events.moderation import Severity

BULK_MAX = 100
"""Cases that are decided at once: more is a rule's work, and a slip of the hand should not reach further."""

NOTE_CHARS_MAX = 5_000
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=NOTE_CHARS_MAX)]

VERSION_MAX = 2**63 - 1
Version = Annotated[int, msgspec.Meta(ge=0, le=VERSION_MAX)]
"""What the stores can hold: JSON allows longer numbers, and the folds could not read them."""


class Seen(Spec, frozen=True, kw_only=True):
    """What every change of a case says: which version its author saw."""

    version: Version | None = None


class ClaimRequest(Seen, frozen=True, kw_only=True):
    """Work on it."""

    force: bool = False
    """Take it from whoever has it."""


class AssignRequest(Seen, frozen=True, kw_only=True):
    """Have somebody work on it."""

    to: Annotated[Name, msgspec.Meta(min_length=1)]


class NoteRequest(Seen, frozen=True, kw_only=True):
    """Write something down."""

    text: Words


class EscalateRequest(Seen, frozen=True, kw_only=True):
    """Have a community manager look."""

    reason: Words | None = None


class DecisionRequest(Seen, frozen=True, kw_only=True):
    """End it."""

    ruling: Ruling
    lasts: Duration | None = msgspec.field(name="for", default=None)
    """How long a mute or a ban lasts."""
    severity: Severity | None = None
    reason: Words | None = None


class Named(Spec, frozen=True, kw_only=True):
    """A case of several."""

    key: str
    version: Version | None = None


class BulkRequest(Spec, frozen=True, kw_only=True):
    """End several cases alike."""

    cases: Annotated[tuple[Named, ...], msgspec.Meta(min_length=1, max_length=BULK_MAX)]
    ruling: Ruling
    lasts: Duration | None = msgspec.field(name="for", default=None)
    severity: Severity | None = None
    reason: Words | None = None


class DisputeRequest(Spec, frozen=True, kw_only=True):
    """Open a case between two members."""

    community: Annotated[Name, msgspec.Meta(min_length=1)]
    members: tuple[Name, Name]
    about: Words
    brand: str | None = None


class StatementRequest(Seen, frozen=True, kw_only=True):
    """What one side says."""

    of: Name
    text: Words


class SettleRequest(Seen, frozen=True, kw_only=True):
    """End a dispute."""

    outcome: Literal["settled", "first", "second", "both"]
    text: Words
