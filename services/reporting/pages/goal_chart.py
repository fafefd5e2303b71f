"""The chart of a goal: what was, what is expected with its interval, and the even way to the target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import altair as alt

from services.reporting.pages.charts import COLOURS, LABELS_MAX, TICKS, WIDE, Unit, drawing
from shared.said import Language


class Way(NamedTuple):
    """The chart of a goal: points of time and amount, in milliseconds and as they are written."""

    history: Sequence[tuple[float, float]]
    ahead: Sequence[tuple[float, float, float, float]]
    """Time, expected, and the ends of its interval; the first point is where the history ends."""
    line: Sequence[tuple[float, float]]
    """From where it began to the target."""
    unit: Unit


def way(drawn: Way, language: Language) -> str:
    """Draw what was, the band of what is expected, and the even line to the target, dashed."""
    axis = alt.Axis(tickCount=TICKS, format=drawn.unit.format, domain=False, ticks=False)
    scale = alt.Scale(zero=False)
    times = alt.Axis(grid=False, tickCount=LABELS_MAX, labelFlush=True, labelOverlap=True, format="%-d %b")
    x = alt.X("at", type="temporal", title=None, scale=alt.Scale(type="utc"), axis=times)
    past, future, even = COLOURS[0], COLOURS[1], COLOURS[6]

    def amount(name: str) -> alt.Y:
        return alt.Y(name, type="quantitative", title=None, axis=axis, scale=scale)

    def points(values: Sequence[tuple[float, ...]], *names: str) -> alt.Chart:
        rows = [dict(zip(names, (at, *(one / drawn.unit.per for one in amounts)), strict=True)) for at, *amounts in values]
        return alt.Chart(alt.InlineData(values=rows))

    band = points(drawn.ahead, "at", "expected", "low", "high")
    layers = [
        band.mark_area(color=future, opacity=0.25).encode(x=x, y=amount("low"), y2="high"),
        points(drawn.line, "at", "value").mark_line(color=even, strokeDash=[5, 4]).encode(x=x, y=amount("value")),
        band.mark_line(color=future).encode(x=x, y=amount("expected")),
        points(drawn.history, "at", "value").mark_line(color=past).encode(x=x, y=amount("value")),
    ]
    return drawing(alt.LayerChart(layer=layers), WIDE, language)
