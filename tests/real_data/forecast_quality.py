"""`python -m tests.real_data.forecast_quality` (`make forecasts`): docs/forecast-quality.md, in some seconds."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from services.ingest.importers import IMPORTERS
from services.ingest.importers.importer import Where
from services.reporting.figures import BY_ID
from services.reporting.figures.material import Material
from services.reporting.figures.periods import DAY, Frame, Grain
from services.reporting.figures.summary import figures_by, figures_of
from services.reporting.rules.goals.forecast import ANY, DAYS_MIN, WEEK, Ahead, Bounds, Values, total_ahead, window_ahead
from shared.events import Envelope
from tests.real_data.crisis_quality import EXPORTS
from tests.real_data.platforms_page import table
from tests.real_data_gate import ROOT, RealDataSettings
from tests.unit.reporting.folding import folded, material

PAGE = ROOT / "docs" / "forecast-quality.md"
MEASURED = "<!-- Measured: everything below is written by `make forecasts`. -->\n"
WHERE = Where(brand="acme", recordedtime=datetime(2026, 1, 1, tzinfo=UTC))
ZONE = ZoneInfo("UTC")

SUMS = ("content", "replies", "questions", "newcomers", "members_joined", "reactions", "solutions_accepted")
LEVEL, DISTINCT = "members", "active_members"
WINDOWS = (7, 28)
HORIZONS = (7, 28)
TUNED = 0.6
"""The first part of each history, on which the constants were chosen."""
EVERY = 3
"""Days from one origin to the next."""
COVERED = (0.7, 0.9)
"""What is promised, of intervals of 80 per cent."""
NOT_NEGATIVE = Bounds(0.0, whole=True)
MAY_FALL = Bounds(ANY.least, ANY.most, whole=True)
"""As a level is forecast: more may leave than come."""


class Outcome(NamedTuple):
    """One forecast and what came."""

    ahead: Ahead
    naive: float
    """As much as in the same time before."""
    came: float

    @property
    def is_covered(self) -> bool:
        return self.ahead.low <= self.came <= self.ahead.high


class Series(NamedTuple):
    """One figure of one community."""

    export: str
    name: str
    horizon: int
    tuned: Sequence[Outcome]
    """Of origins in the first part of the history."""
    told: Sequence[Outcome]
    """Of those in the rest."""


def measured(real_data: Path) -> Sequence[Series]:
    """Return all forecasts of both exports."""
    return [one for export in EXPORTS for one in _of_export(real_data, export)]


def _of_export(real_data: Path, export: str) -> Iterator[Series]:
    read = IMPORTERS[export].read(real_data / "exports" / EXPORTS[export], WHERE)
    events = sorted((one for one in read if isinstance(one, Envelope)), key=lambda one: one.time)
    first, until = events[0].time.date() + DAY, events[-1].time.date()
    found, days = material(folded(events)), (until - first).days
    periods = figures_by(found, Frame(first, until, ZONE), Grain.DAY)[0]
    for horizon in HORIZONS:
        for figure in (*SUMS, LEVEL):
            values = np.array([period.values[figure] or 0 for period in periods], dtype=np.float64)
            if values.any():
                flow = np.diff(values) if figure == LEVEL else values
                yield _split(
                    export,
                    f"`{figure}`",
                    horizon,
                    days,
                    list(_sums(flow, horizon, MAY_FALL if figure == LEVEL else NOT_NEGATIVE)),
                )
        for window in WINDOWS:
            outcomes = list(_windows(_rolling(found, first, days, window), window, horizon))
            yield _split(export, f"`{DISTINCT}` of {window} days", horizon, days, outcomes)


def _split(export: str, name: str, horizon: int, days: int, outcomes: Sequence[tuple[int, Outcome]]) -> Series:
    """Split by time; what is forecast before the cut and comes after it is in neither part."""
    cut = int(days * TUNED)
    tuned = [one for at, one in outcomes if at + horizon <= cut]
    return Series(export, name, horizon, tuned, [one for at, one in outcomes if at > cut])


def _sums(days: Values, horizon: int, bounds: Bounds) -> Iterator[tuple[int, Outcome]]:
    for at in range(DAYS_MIN, len(days) - horizon + 1, EVERY):
        ahead = total_ahead(days[:at], 0, horizon, bounds)
        assert ahead is not None, "enough days are known"
        yield at, Outcome(ahead, float(days[at - horizon : at].sum()), float(days[at : at + horizon].sum()))


def _rolling(found: Material, first: date, days: int, window: int) -> Values:
    """Return the figure of the days before each seventh day, counted back from the last one."""
    ends = [first + timedelta(days=end) for end in range(days, window - 1, -WEEK)][::-1]
    frames = (Frame(end - timedelta(days=window), end, ZONE) for end in ends)
    return np.array([figures_of(found, frame)[DISTINCT] for frame in frames], dtype=np.float64)


def _windows(windows: Values, window: int, horizon: int) -> Iterator[tuple[int, Outcome]]:
    steps = horizon // WEEK
    for known in range(1, len(windows) - steps + 1):
        ahead = window_ahead(windows[:known], steps, NOT_NEGATIVE)
        if ahead is not None:
            at = window + (known - 1) * WEEK
            yield at, Outcome(ahead, float(windows[known - 1]), float(windows[known - 1 + steps]))


def covered(outcomes: Sequence[Outcome]) -> float:
    """Return in which part of the cases the truth lay in the interval."""
    return float(np.mean([one.is_covered for one in outcomes]))


def error(outcomes: Sequence[Outcome], *, naive: bool = False) -> float:
    """Return the mean absolute error."""
    return float(np.mean([abs((one.naive if naive else one.ahead.expected) - one.came) for one in outcomes]))


def rows(found: Sequence[Series]) -> Iterator[Sequence[object]]:
    """Yield a row for each series: the part on which nothing was chosen."""
    for one in found:
        width = np.median([outcome.ahead.high - outcome.ahead.low for outcome in one.told])
        yield (
            f"{one.export}: {BY_ID[one.name.split('`')[1]].name.en}, {one.name}",
            f"{one.horizon} days",
            len(one.told),
            f"{np.mean([outcome.came for outcome in one.told]):.1f}",
            f"{covered(one.told):.0%}",
            f"{width:.1f}",
            f"{error(one.told):.1f}",
            f"{error(one.told, naive=True):.1f}",
        )


def together(found: Sequence[Series]) -> Iterator[Sequence[object]]:
    """Yield the rows of all series together, each forecast counting once."""
    for name, part in (("chosen on", "tuned"), ("reported on", "told")):
        for horizon in HORIZONS:
            parts = [(one, getattr(one, part)) for one in found if one.horizon == horizon]
            pooled = [outcome for _, outcomes in parts for outcome in outcomes]
            against = np.mean([error(outcomes) / error(outcomes, naive=True) for _, outcomes in parts if outcomes])
            yield f"{name}, {horizon} days", len(pooled), f"{covered(pooled):.0%}", f"{against:.2f}"


def page(found: Sequence[Series]) -> str:
    """Return what is measured, as the second half of the page."""
    head = ("series", "ahead", "forecasts", "came, mean", "covered", "width, median", "error", "error of naive")
    return "\n".join(
        (
            "## All series together\n",
            table(("part", "forecasts", "covered by the interval of 80 %", "error / error of naive"), together(found)),
            f"Promised: {COVERED[0]:.0%} to {COVERED[1]:.0%}.\n",
            "## Each series, on the part of its history on which nothing was chosen\n",
            table(head, rows(found)),
        )
    )


def main(real_data: Path) -> None:
    """Measure everything and write it below what people wrote."""
    written, _, _ = PAGE.read_text(encoding="utf-8").partition(MEASURED)
    PAGE.write_text(written + MEASURED + "\n" + page(measured(real_data)), encoding="utf-8")


if __name__ == "__main__":
    folder = RealDataSettings().veche_real_data
    if not folder.is_dir():
        sys.exit(f"no real data in {folder}: name its folder in VECHE_REAL_DATA")
    main(folder)
