"""What a backtest found. Frozen data: all of it is what a program is given."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the report."""


class Sample(Part, frozen=True, kw_only=True):
    """One content that only one of the two finds."""

    community: str
    content: str | None
    event: str
    verdict: str
    """What the rule says."""
    spans: tuple[tuple[int, int], ...] = ()
    """Matched pieces of the text as it was written."""
    broke: bool | None = None
    """What a person decided of it: whether it breaks the rules. None: nobody did."""
    text: str | None = None
    """Only where whoever asks may read members' texts."""


class Measure(Part, frozen=True, kw_only=True):
    """How a rule fared by what people decided of contents that it found."""

    hits: int
    """Events that it found."""
    right: int
    """Contents that people removed."""
    wrong: int
    """Contents that people let stand: false alarms."""
    precision: float | None
    """Right of those that people decided; None where they decided none."""
    recall: float | None
    """Right of all contents that people removed; None where they removed none."""


class RuleReport(Part, frozen=True, kw_only=True):
    """One rule. What it finds in shadow is a row of its own."""

    rule: str
    shadow: bool
    live: Measure
    candidate: Measure
    new: int
    """Events that only the candidate finds."""
    gone: int
    """Events that only the live one finds."""
    new_samples: tuple[Sample, ...]
    gone_samples: tuple[Sample, ...]


class Changed(Part, frozen=True, kw_only=True):
    """How many events would be decided otherwise."""

    was: str
    """The verdict now; `none` where nothing is found."""
    would_be: str
    events: int


class Load(Part, frozen=True, kw_only=True):
    """What one day brings. History does nothing, so it is not in here."""

    queue: int
    """Decisions that wait for a person: flagged, held, or parked by the brake."""
    removed: int
    """Decisions that take a content away at once: hidden, removed, muted or banned for."""


class Day(Part, frozen=True, kw_only=True):
    """A day in UTC, by when it was recorded."""

    day: str
    live: Load
    candidate: Load


class Sanctioned(Part, frozen=True, kw_only=True):
    """Members that strikes of rules sanction."""

    members: int
    warned: int
    muted: int
    banned: int


class Points(Part, frozen=True, kw_only=True):
    """Points that members have for contents of which the two decide otherwise."""

    clawed_back: int
    """Of contents that only the candidate takes away: before daily caps make room for others."""
    given_back: int
    """Of contents that only the live one takes away."""
    contents: int
    """Of which there are points."""


class Recorded(Part, frozen=True, kw_only=True):
    """The live policies read again, against what was decided then: how far the comparison can be trusted."""

    same: int
    differently: int
    not_recorded: int
    """Decided now and not then, or not yet."""
    not_found: int
    """Decided then and not now."""


class Report(Part, frozen=True, kw_only=True):
    """The whole."""

    brand: str
    documents: tuple[str, ...]
    """Of the candidate: `default` for the brand's, else communities."""
    warm: datetime
    """From when on was read, for what is remembered."""
    since: datetime
    until: datetime
    first_record: datetime | None
    """The first record that is there; later than `warm`, what was before is not remembered. None: there is none."""
    events: int
    """Judged by both."""
    unreadable: int
    """Records that are, or would be, dead letters."""
    decided_by_people: int
    """Contents among them of which a person decided."""
    broke: int
    """Those that people removed."""
    rules: tuple[RuleReport, ...]
    verdicts: tuple[Changed, ...]
    days: tuple[Day, ...]
    sanctioned_live: Sanctioned
    sanctioned_candidate: Sanctioned
    points: Points
    recorded: Recorded
