"""An incident as people work on it: its evidence, what the playbook asks for, and all that was done. Frozen data.

Times are milliseconds since 1970; seconds of evidence are those of the signs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

import msgspec
from msgspec.structs import replace

from services.reporting.rules.crises.lookout import Part
from services.reporting.rules.incidents import Severity
from shared.documents.playbook import Signal
from shared.events import event_id

MOMENTS_MAX = 1_000
"""Of a time line: who writes more notes than that writes a book, and the incident stays one document."""

TEXTS_BYTES_MAX = 500_000
"""Of all that people wrote into it: an incident is one document, and rules must be able to close it."""

BY_RULES = "veche/reporting"
"""Who did it, where nobody did: no person is called so, for names have no slash."""

BETWEEN = "\n\n"
"""Between the languages of a statement."""

Did = Literal[
    "opened",
    "joined",
    "worsened",
    "reopened",
    "slowed",
    "eased",
    "held",
    "let_go",
    "acknowledged",
    "assigned",
    "noted",
    "finished",
    "approved",
    "closed",
]


class Piece(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of an incident."""


class Moment(Piece, frozen=True, kw_only=True):
    """One line of the time line."""

    at_ms: int
    by: str
    did: Did
    what: Mapping[str, str] = {}


class Signed(Piece, frozen=True, kw_only=True):
    """Who did it, and when."""

    by: str
    at_ms: int


class CrisisStep(Piece, frozen=True, kw_only=True):
    """A step of the playbook, as it was when the incident was opened."""

    id: str
    role: str
    en: str
    ru: str
    done: Signed | None = None


class Draft(Piece, frozen=True, kw_only=True):
    """A statement that may be published, as it was when the incident was opened."""

    id: str
    audience: Literal["public", "internal"]
    approval: str
    en: str
    ru: str
    languages: tuple[str, ...]
    community: str | None = None
    """Where it is written; None: where the incident is."""
    channel: str | None = None
    approved: Signed | None = None

    @property
    def text(self) -> str:
        """What is published."""
        return BETWEEN.join({"en": self.en, "ru": self.ru}[language] for language in self.languages)


class Slow(Piece, frozen=True, kw_only=True):
    """Slow mode that was asked for."""

    play: str
    pause_s: int
    channels: tuple[str, ...]
    communities: tuple[str, ...]
    until_ms: int
    ended_ms: int | None = None

    def covers(self, community: str, channel: str | None) -> bool:
        """Say whether it goes on there: in a channel also where the whole community is slowed down."""
        is_there = community in self.communities and (not self.channels or channel in self.channels)
        return is_there and self.ended_ms is None


class Closing(Piece, frozen=True, kw_only=True):
    """How it ended."""

    by: str
    at_ms: int
    reason: str | None = None


class Crisis(Piece, frozen=True, kw_only=True):
    """An incident."""

    id: str
    brand: str
    community: str
    """Empty: the whole brand."""
    own: bool
    opened_ms: int
    parts: Mapping[Signal, Part]
    communities: tuple[str, ...] = ()
    """Where it goes on."""
    severity: Severity = "low"
    version: int = 0
    plays: tuple[str, ...] = ()
    """Those that were begun, each once."""
    routes: tuple[str, ...] = ()
    steps: tuple[CrisisStep, ...] = ()
    statements: tuple[Draft, ...] = ()
    slow: tuple[Slow, ...] = ()
    held_ms: int | None = None
    """Up to when what is planned to be published waits; None where no play asks for it, or where it was let go."""
    acknowledged: Signed | None = None
    assigned: str | None = None
    closed: Closing | None = None
    moments: tuple[Moment, ...] = ()

    @property
    def last(self) -> float:
        """The second of its last alarm."""
        return max(part.last for part in self.parts.values())

    @property
    def main(self) -> Signal:
        """The signal that is furthest from the usual."""
        return max(self.parts, key=lambda signal: (self.parts[signal].worst.ratio, signal))

    def noted(self, moment: Moment) -> Crisis:
        """Return its next version, with a line more."""
        return replace(self, version=self.version + 1, moments=(*self.moments, moment)[:MOMENTS_MAX])


def crisis_of(document: Mapping[str, object]) -> Crisis:
    """Return the incident of a document."""
    return msgspec.convert(document, Crisis)


def crisis_id(brand: str, community: str, signal: Signal, second: float) -> str:
    """Return the id of an incident: what it began with."""
    return event_id("reporting.incident", brand, community, signal, round(second * 1_000))


def milliseconds(at: datetime) -> int:
    """Return a moment as it is stored."""
    return round(at.timestamp() * 1_000)


def moment(at_ms: float) -> datetime:
    """Return a stored moment."""
    return datetime.fromtimestamp(at_ms / 1_000, UTC)
