"""What a brand wants to reach: a figure, from where, to where, until when, and whose it is."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from shared.documents.shape import Slug, Spec
from shared.documents.standing import Words
from shared.events.envelope import Name

COMMUNITIES_MAX, MILESTONES_MAX = 100, 20

Amount = Annotated[float, Meta(ge=-1e12, le=1e12)]

Relative = Annotated[
    str,
    Meta(
        pattern=r"^[+-] ?[0-9]{1,6}(\.[0-9]{1,4})? ?%\Z",
        description="a target is a number, or how much more or less than the baseline: `+20 %`, `-10 %`",
    ),
]

Over = Literal["span", "7d", "28d"]
"""What the figure is taken over: the whole time of the goal, or the last one or four weeks before a day."""

FigureName = Annotated[str, Meta(min_length=1, max_length=200)]


class Milestone(Spec, frozen=True, kw_only=True, rename={"at": "date"}):
    """A value that is to be reached on the way, at the end of a day."""

    at: date
    value: Amount
    title: Words


class Goal(Spec, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A goal; days are those of the brand's zone."""

    title: Words
    figure: FigureName
    """Its id, as `veche reporting define` names it, or one of the brand's own: `kpi:NAME`."""
    communities: Annotated[tuple[Name, ...], Meta(max_length=COMMUNITIES_MAX)] = ()
    """None: all of the brand's own."""
    platform: Slug | None = None
    """Of these communities only those on it."""
    over: Over | None = None
    """Absent: the whole time where the figure is a sum of its days, else four weeks."""
    baseline: Amount | Literal["measured"] = "measured"
    """`measured`: what the figure was just before it began."""
    target: Amount | Relative
    """Above the baseline it is to rise, below it to fall."""
    from_: date
    due: date
    """The last day."""
    owner: Annotated[Name, Meta(min_length=1)]
    """Name of a member of staff."""
    milestones: Annotated[tuple[Milestone, ...], Meta(max_length=MILESTONES_MAX)] = ()
