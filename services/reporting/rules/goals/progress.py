"""How far a goal has come by a day, where it will probably end, and what that is called. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import Struct

from services.reporting.figures import figure_of
from services.reporting.figures.figure import Form
from services.reporting.figures.material import Material
from services.reporting.figures.periods import DAY
from services.reporting.rules.goals.declared import WINDOWS, Sort, over_of, sort_of, target_of
from services.reporting.rules.goals.forecast import ANY, DAYS_MIN, WEEK, Ahead, Bounds
from services.reporting.rules.goals.series import Series, series_of
from shared.documents.goals import Goal

AT_RISK = 0.4
"""A goal that is reached less probably is at risk."""
RECOVERED = 0.5
"""From here on it is not any more: what stands between the two stays what it was."""
HISTORY_DAYS = 400
"""Of so many days before today forecasts are made."""
POINTS_MAX, STEPS_MAX = 60, 8
"""Of the line of what was, and of the band of what will be."""


class State(StrEnum):
    """What is said of a goal."""

    PLANNED = "planned"
    TOO_EARLY = "too_early"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    REACHED = "reached"
    MISSED = "missed"


class Forecast(Struct, frozen=True):
    """The figure at the end of a day: what is expected, and the interval of 80 per cent."""

    at: date
    expected: float
    low: float
    high: float


class Point(Struct, frozen=True):
    """The figure at the end of a day."""

    at: date
    value: float


class Step(Struct, frozen=True):
    """A milestone, and whether it was reached on its day; None: that has not come, or nobody knows."""

    at: date
    value: float
    en: str
    ru: str
    reached: bool | None


class Progress(Struct, frozen=True, kw_only=True):
    """All that is known of a goal by a day."""

    state: State
    baseline: float | None
    target: float | None
    current: float | None
    start: float | None
    """Where its even way begins: at 0 of what adds up over its time, else at the baseline."""
    on_line: float | None
    """Where it would be, were it to come to its target evenly."""
    forecast: Forecast | None = None
    probability: float | None = None
    path: Sequence[Forecast] = ()
    history: Sequence[Point] = ()
    milestones: Sequence[Step] = ()
    days_known: int = 0
    days_needed: int = DAYS_MIN
    """So many days must be known for a forecast."""


def since_of(spec: Goal, today: date) -> date:
    """Return from which day on the figure is to be read."""
    length = (spec.due - spec.from_).days + 1
    return min(today - timedelta(days=HISTORY_DAYS), spec.from_ - timedelta(days=max(length, *WINDOWS.values())))


def progress(spec: Goal, material: Material, zone: ZoneInfo, known_since: date, today: date) -> Progress:
    """Return what is known of a goal when `today` begins; days are known from `known_since` on."""
    figure = figure_of(spec.figure)
    assert figure is not None, "it was checked"
    cut = min(today, spec.due + DAY)
    over = over_of(spec, figure)
    series = series_of(material, zone, figure, WINDOWS.get(over), (known_since, max(cut, known_since)))
    teller = _Teller(
        spec, series, sort_of(figure), over == "span" and sort_of(figure) is Sort.SUM, _bounds(figure.form, series)
    )
    return teller.told(cut, today)


def _bounds(form: Form, series: Series) -> Bounds:
    least = 0.0 if len(series.values) == 0 or series.values.min() >= 0 else -np.inf
    return Bounds(least, 1.0 if form is Form.SHARE else np.inf, whole=form is Form.COUNT)


class _Teller:
    def __init__(self, spec: Goal, series: Series, sort: Sort, adds_up: bool, bounds: Bounds) -> None:  # noqa: FBT001 - one caller
        self._spec, self._series, self._sort, self._adds_up, self._bounds = spec, series, sort, adds_up, bounds
        self._days = (spec.due - spec.from_).days + 1
        self._baseline = self._measured() if spec.baseline == "measured" else float(spec.baseline)
        relative = isinstance(spec.target, str)
        self._target = None if relative and self._baseline is None else target_of(spec, self._baseline or 0.0)
        self._rises = self._target is None or self._baseline is None or self._target >= self._baseline

    def told(self, cut: date, today: date) -> Progress:
        spec, current = self._spec, self.value(cut)
        known = len(self._series.values) * (WEEK if self._sort is Sort.WINDOW else 1)
        if today <= spec.from_:
            return self._as(State.PLANNED, None, cut, days_known=known)
        path = list(self._path(cut))
        last = path[-1] if path else None
        probability = None
        if last is not None and self._target is not None:
            probability = last[1].probability(self._target, rises=self._rises)
        told = [Forecast(at, one.expected, one.low, one.high) for at, one in path]
        state = self._state(current, probability, is_over=today > spec.due)
        return self._as(state, current, cut, told, probability, known)

    def _state(self, current: float | None, probability: float | None, *, is_over: bool) -> State:
        if current is None or self._target is None:
            return State.TOO_EARLY
        is_there = current >= self._target if self._rises else current <= self._target
        if is_over:
            return State.REACHED if is_there else State.MISSED
        if self._adds_up and is_there == self._rises:  # what adds up does not fall again
            return State.REACHED if self._rises else State.MISSED
        if probability is None:
            return State.TOO_EARLY
        return State.AT_RISK if probability < AT_RISK else State.ON_TRACK

    def _as(
        self,
        state: State,
        current: float | None,
        cut: date,
        path: Sequence[Forecast] = (),
        probability: float | None = None,
        days_known: int = 0,
    ) -> Progress:
        elapsed = min(max((cut - self._spec.from_).days, 0), self._days)
        return Progress(
            state=state,
            baseline=self._baseline,
            target=self._target,
            current=current,
            start=self.line(0),
            on_line=self.line(elapsed),
            forecast=path[-1] if path else None,
            probability=probability,
            path=path,
            history=list(self._history(cut)),
            milestones=[
                self._milestone(one.at, one.value, one.title.en, one.title.ru, cut) for one in self._spec.milestones
            ],
            days_known=days_known,
        )

    def line(self, elapsed: int) -> float | None:
        """Return where it would be after so many days."""
        start = 0.0 if self._adds_up else self._baseline
        return None if start is None or self._target is None else start + (self._target - start) * elapsed / self._days

    def value(self, end: date) -> float | None:
        """Return the figure by the beginning of a day."""
        return self._series.between(self._spec.from_, end) if self._adds_up else self._series.by(end)

    def _measured(self) -> float | None:
        start = self._spec.from_
        if not self._adds_up:
            return self._series.by(start)
        known = min(self._days, (start - self._series.since).days)
        told = self._series.between(start - timedelta(days=known), start) if known >= WEEK else None
        return None if told is None else told / known * self._days

    def _milestone(self, at: date, value: float, en: str, ru: str, cut: date) -> Step:
        there = self.value(at + DAY) if at < cut else None
        reached = None if there is None else (there >= value if self._rises else there <= value)
        return Step(at, value, en, ru, reached)

    def _history(self, cut: date) -> list[Point]:
        days = max(0, (cut - self._spec.from_).days)
        every = max(1, -(-days // POINTS_MAX))
        ends = (cut - timedelta(days=back) for back in range(0, days, every))
        told = [(end - DAY, self.value(end)) for end in ends]
        return [Point(at, value) for at, value in reversed(told) if value is not None]

    def _path(self, cut: date) -> list[tuple[date, Ahead]]:
        left = (self._spec.due + DAY - cut).days
        every = max(1, -(-left // STEPS_MAX))
        found = [(cut + timedelta(days=ahead - 1), self._ahead(cut, ahead)) for ahead in range(left, 0, -every)]
        return [(at, one) for at, one in reversed(found) if one is not None]

    def _ahead(self, cut: date, days: int) -> Ahead | None:
        if self._sort is Sort.LEVEL:
            flow = np.diff(self._series.values)
            return self._series.ahead_of(flow, 0, days, Bounds(ANY.least, ANY.most, whole=True), self._series.by(cut))
        if self._sort is Sort.WINDOW:
            return self._series.windows_ahead(-(-days // WEEK), self._bounds)
        if self._adds_up:
            return self._series.ahead_of(self._series.values, 0, days, self._bounds, self.value(cut))
        window = self._series.window or WEEK
        gap = max(0, days - window)
        known = self._series.between(cut - timedelta(days=max(0, window - days)), cut)
        return self._series.ahead_of(self._series.values, gap, days - gap, self._bounds, known)
