"""What follows from a finding, for a content and for its author, and what a member may do about it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from shared.documents.shape import Spec
from shared.events.moderation import Severity

Then = Literal["allow", "label", "flag", "hold", "hide", "remove", "warn", "mute", "ban"]
"""From the mildest to the strictest: noted alone; the author is marked; a moderator looks; nobody sees it before a
moderator has looked; nobody sees it; it is deleted; the author is warned; deleted, and the author may not write for a
time; deleted, and the author is put out."""

Sanctioning = Literal["warn", "mute", "ban"]

Duration = Annotated[
    str, Meta(pattern=r"^[1-9][0-9]{0,3}[mhd]\Z", description="a time is a number and m, h or d: 30m, 12h, 7d")
]

SECONDS = {"m": 60, "h": 3_600, "d": 86_400}

Points = Annotated[int, Meta(ge=0, le=1_000)]
Percent = Annotated[int, Meta(ge=0, le=100)]


def seconds(duration: Duration) -> int:
    """Return how long that is, in seconds."""
    return int(duration[:-1]) * SECONDS[duration[-1]]


class Weights(Spec, frozen=True, kw_only=True):
    """Points of a strike, by the severity of the rule or of the moderator's decision."""

    low: Points = 1
    medium: Points = 2
    high: Points = 5
    critical: Points = 10

    def of(self, severity: Severity) -> int:
        """Return the points of a severity."""
        found: int = getattr(self, severity)
        return found


class Threshold(Spec, frozen=True, kw_only=True):
    """What befalls a member who has so many points."""

    points: Annotated[int, Meta(ge=1, le=10_000)]
    then: Sanctioning
    lasts: Duration | None = field(name="for", default=None)
    """How long a mute or a ban lasts; a ban without it has no end."""


class Strikes(Spec, frozen=True, kw_only=True):
    """Each content that was taken away is a strike. Strikes add up and fade; at thresholds sanctions follow."""

    weights: Weights = Weights()
    half_life: Duration = "30d"
    """After this time a strike counts half, after twice this time a quarter."""
    scope: Literal["community", "brand"] = "community"
    """Whether strikes of all communities add up, and sanctions hold in all of them."""
    thresholds: Annotated[tuple[Threshold, ...], Meta(max_length=10)] = ()


class Brakes(Spec, frozen=True, kw_only=True):
    """Beyond so many automatic acts in so short a time, further ones wait for a person: a rule that errs is soon stopped."""

    status: Literal["live", "off"] = "live"
    acts: Annotated[int, Meta(ge=1, le=100_000)] = 50
    """So many are let through in any case."""
    share: Percent = 20
    """Percent of the messages of the same time: a large community may lose more."""
    minutes: Annotated[int, Meta(ge=1, le=60)] = 10


class Notices(Spec, frozen=True, kw_only=True):
    """Who is told what became of a content."""

    author: bool = True
    reporters: bool = True


class Appeals(Spec, frozen=True, kw_only=True):
    """Members may ask for another look at what was decided about them."""

    status: Literal["live", "off"] = "live"
    within: Duration = "30d"
    """After the decision."""
    answer: Duration = "7d"
    """By when it is to be answered; then it is escalated."""


class Review(Spec, frozen=True, kw_only=True):
    """How moderators work."""

    lease: Duration = "15m"
    """A case that was claimed is free again after this time."""
    second: Percent = 5
    """Percent of decided cases that another moderator judges without knowing of the first."""
    exposure: Annotated[int, Meta(ge=1, le=10_000)] = 600
    """Hard texts that a moderator is shown in a shift: those of severe cases (high, critical), and what stands around
    them. About 60 cases, of which each shows some ten."""
    shift: Duration = "8h"
    """It begins with the first such text."""


class Complaints(Spec, frozen=True, kw_only=True):
    """Complaints of members. Each weighs as much as its reporter was right before, in percent; a new reporter's 50."""

    status: Literal["live", "off"] = "live"
    anonymous: Percent = 30
    """What a complaint weighs whose reporter is not told."""
    opens: Annotated[int, Meta(ge=1, le=10_000)] = 40
    """The sum from which a moderator looks."""
    holds: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    """The sum from which the content is held until then; absent: never."""


def check_sanction(then: str, lasts: Duration | None, label: str | None) -> str | None:
    """Return what is missing or too much beside a verdict, or None."""
    if then == "label" and label is None:
        return "`then: label` needs `label`, what the author is marked with"
    if then != "label" and label is not None:
        return f"`label` goes with `then: label`, not with `{then}`"
    if then in {"label", "mute"} and lasts is None:
        return f"`then: {then}` needs `for`, how long it lasts: 30m, 12h, 7d"
    if then not in {"label", "mute", "ban"} and lasts is not None:
        return f"`for` goes with label, mute or ban, not with `{then}`"
    return None
