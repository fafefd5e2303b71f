"""A goal as its document says it, with all that it leaves out filled in; and what is wrong with one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct, convert

from services.reporting.figures import BY_ID, figure_of
from services.reporting.figures.figure import Figure, Form
from shared.documents.goals import Goal, Over
from shared.errors import Misplaced
from shared.meant import meant
from shared.platforms import PLATFORMS, platform_of

KIND = "Goal"
DAYS_MAX = 1_830
"""Five years."""
WINDOWS: Mapping[Over, int] = {"7d": 7, "28d": 28}

DISTINCT = frozenset({"active_members", "buyers"})
"""Counts of people, each once however many days they came: days do not add up."""
LEVELS = frozenset({"members", "subscribers"})
"""What there is at the end of a day, not what happened on it."""


class Sort(StrEnum):
    """How a figure of many days follows from days."""

    SUM = "sum"
    LEVEL = "level"
    """It is that of the last day."""
    WINDOW = "window"
    """It does not: people counted once, shares, medians."""


def sort_of(figure: Figure) -> Sort:
    """Return how a figure adds up."""
    if figure.id in LEVELS:
        return Sort.LEVEL
    is_sum = figure.form is Form.COUNT and figure.id not in DISTINCT
    return Sort.SUM if is_sum else Sort.WINDOW


def over_of(spec: Goal, figure: Figure) -> Over:
    """Return what the figure is taken over; of a level it makes no difference."""
    return spec.over or ("28d" if sort_of(figure) is Sort.WINDOW else "span")


def built(_: int, spec: Mapping[str, Any]) -> Goal:
    """Return the goal of a stored version."""
    return convert(dict(spec), Goal)


def target_of(spec: Goal, baseline: float) -> float:
    """Return the target as a number."""
    if not isinstance(spec.target, str):
        return spec.target
    return baseline + abs(baseline) * share_of(spec.target)


def share_of(relative: str) -> float:
    """Return a relative target as a share: 0.2 for `+20 %`."""
    return float(relative.removesuffix("%").replace(" ", "")) / 100


def check(spec: Struct) -> None:
    """Raise Misplaced with all that the shape cannot tell, each with what to do."""
    assert isinstance(spec, Goal), "a document of ours"
    found = list(_wrong(spec))
    if found:
        raise Misplaced(str(found[0]), found[0].at, found[1:])


def _wrong(spec: Goal) -> Iterator[Misplaced]:
    yield from _wrong_figure(spec)
    yield from _wrong_target(spec)
    if spec.due <= spec.from_:
        yield Misplaced(f"it is due before it has begun, on {spec.from_}: name a later day", "$.spec.due")
    elif (spec.due - spec.from_).days > DAYS_MAX:
        yield Misplaced(f"a goal lasts five years at most: {spec.from_ + timedelta(days=DAYS_MAX)}", "$.spec.due")
    if spec.platform is not None and spec.platform not in PLATFORMS:
        yield Misplaced(f"there is no platform {spec.platform}{meant(spec.platform, PLATFORMS)}", "$.spec.platform")
    for place, community in enumerate(spec.communities):
        at = f"$.spec.communities[{place}]"
        if spec.platform is not None and platform_of(community) != spec.platform:
            yield Misplaced(f"{community} is not on {spec.platform}: leave one of the two out", at)
        if community in spec.communities[:place]:
            yield Misplaced(f"{community} is named twice", at)
    before = spec.from_
    for place, one in enumerate(spec.milestones):
        if not before < one.at <= spec.due:
            told = f"milestones lie after {before}, one after the other, and not after {spec.due}"
            yield Misplaced(told, f"$.spec.milestones[{place}].date")
        before = max(before, one.at)


def _wrong_figure(spec: Goal) -> Iterator[Misplaced]:
    figure = figure_of(spec.figure)
    if figure is None:
        told = f"there is no figure {spec.figure}{meant(spec.figure, BY_ID)}; `veche reporting define` lists all"
        yield Misplaced(told, "$.spec.figure")
    elif spec.over == "span" and sort_of(figure) is Sort.WINDOW:
        told = f"{figure.id} of many days is not the sum of them: take it over 7d or 28d"
        yield Misplaced(told, "$.spec.over")
    elif spec.over in WINDOWS and sort_of(figure) is Sort.LEVEL:
        yield Misplaced(f"{figure.id} is what there is on a day: leave `over` out", "$.spec.over")


def _wrong_target(spec: Goal) -> Iterator[Misplaced]:
    if isinstance(spec.target, str):
        if share_of(spec.target) == 0:
            yield Misplaced("a target is not the baseline: say how much more or less", "$.spec.target")
        if spec.baseline == 0:
            yield Misplaced("of a baseline of 0 there is no share: name a number", "$.spec.target")
    elif spec.target == spec.baseline:
        yield Misplaced(f"the target is the baseline, {spec.baseline:g}: there is nothing to reach", "$.spec.target")


def untold(spec: Struct, communities: Sequence[str]) -> str | None:
    """Return a warning where none of the brand's communities is on a platform that tells the figure."""
    assert isinstance(spec, Goal), "a document of ours"
    figure = figure_of(spec.figure)
    assert figure is not None, "it was checked"
    named = [one for one in spec.communities or communities if spec.platform in {None, platform_of(one)}]
    platforms = {platform_of(one) for one in named} | ({spec.platform} if spec.platform else set())
    if platforms and not any(map(figure.is_told_by, platforms)):
        return (
            f"{', '.join(sorted(platforms))} does not tell {figure.id}: import a history that does, or take another figure"
        )
    return None
