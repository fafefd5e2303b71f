"""Charts as SVG, drawn on the server: nothing is loaded and nothing runs where the page is read.

Text and lines take the page's own colour, so a chart is readable on light and dark; series have colours with a contrast of
at least 3 to 1 on both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import altair as alt
import vl_convert
from msgspec import Struct

from services.reporting.figures.figure import Form
from services.reporting.figures.summary import Period
from shared.said import Language, Said

COLOURS = ("#3f7fe8", "#128f88", "#c77d1b", "#8f63e6", "#d9557a", "#4f9440", "#7d8798")

WIDE, NARROW, HEIGHT = 1_000, 470, 210
"""Pixels of the drawing; the page scales it."""

FILLED = 0.86
"""The part of its period that a bar fills: the rest is the gap to the next."""

TICKS = 4
"""Marks of the axis of amounts."""

LABELS_MAX = 8
"""Marks of the axis of time: each where a period begins, so that no two have one name."""

DAY_MS = 86_400_000
NAMED_MONTHS_MS = 400 * DAY_MS
"""Beyond it the time axis names months and years, below days and months."""

LOCALES: dict[Language, Literal["en-US", "ru-RU"]] = {Language.EN: "en-US", Language.RU: "ru-RU"}
_NAMESPACES = re.compile(r' xmlns(:\w+)?="[^"]*"')

Point = dict[str, Any]


class Series(Struct, frozen=True):
    """One figure as it is drawn."""

    figure: str
    name: str
    colour: str
    down: bool = False
    """Drawn below the line: what goes away."""


class Timeline(Struct, frozen=True):
    """The periods of a chart, and when the last one ends, in milliseconds as charts count them."""

    periods: Sequence[Period]
    end_ms: float

    def spans(self) -> Iterator[tuple[Period, float, float]]:
        """Yield each period with its beginning and its end."""
        edges = [*(wall_ms(period.start) for period in self.periods), self.end_ms]
        for period, (start, end) in zip(self.periods, pairwise(edges), strict=True):
            yield period, start, end


def wall_ms(at: datetime) -> float:
    """Return the local time as if it were UTC: charts then need to know no zone."""
    return at.replace(tzinfo=UTC).timestamp() * 1_000


def bars(timeline: Timeline, series: Sequence[Series], width: int, language: Language) -> str:
    """Draw stacked bars; series that go down are stacked below the line."""
    points = list(_stacked(timeline, series))
    highest = max(abs(point["high"]) for point in points)
    chart = (
        alt.Chart(alt.InlineData(values=points))
        .mark_rect(stroke=None)
        .encode(x=_time(timeline), x2="to", y=_amount("low", highest), y2="high", color=_colours(series))
    )
    return drawing(chart, width, language)


def area(timeline: Timeline, series: Series, width: int, language: Language) -> str:
    """Draw a filled area in steps, each as long as its period."""
    points = [{"from": start, "high": period.values.get(series.figure) or 0} for period, start, _ in timeline.spans()]
    highest = max(point["high"] for point in points)
    points.append({"from": timeline.end_ms, "high": points[-1]["high"]})
    line = {"color": series.colour, "strokeWidth": 1.3}
    chart = (
        alt.Chart(alt.InlineData(values=points))
        .mark_area(color=series.colour, opacity=0.3, interpolate="step-after", line=line)
        .encode(x=_time(timeline), y=_amount("high", highest))
    )
    return drawing(chart, width, language)


class Unit(NamedTuple):
    """How the amounts of a chart are written."""

    format: str
    per: float = 1.0
    """What a value is divided by."""
    said: Said = Said("", "")
    """Stands behind the chart's title."""


MINUTES = Unit(".3~g", 60.0, Said(", minutes", ", минуты"))
HOURS = Unit(".3~g", 3_600.0, Said(", hours", ", часы"))


def unit_of(form: Form, highest: float) -> Unit:
    """Return how the values of a figure are written at an axis; times of which the longest is below two hours in minutes."""
    if form is Form.SECONDS:
        return MINUTES if highest < 2 * HOURS.per else HOURS
    return {Form.SHARE: Unit(".0%"), Form.RATE: Unit(".3~g")}.get(form, Unit(",d"))


def steps(timeline: Timeline, series: Series, unit: Unit, language: Language) -> str:
    """Draw one bar for each period that has a value."""
    points = [
        {"from": start, "to": start + (end - start) * FILLED, "low": 0.0, "high": value / unit.per}
        for period, start, end in timeline.spans()
        if (value := period.values.get(series.figure)) is not None
    ]
    axis = alt.Axis(tickCount=TICKS, format=unit.format, domain=False, ticks=False)
    chart = (
        alt.Chart(alt.InlineData(values=points))
        .mark_rect(stroke=None, color=series.colour)
        .encode(x=_time(timeline), x2="to", y=alt.Y("low", type="quantitative", title=None, axis=axis), y2="high")
    )
    return drawing(chart, WIDE, language)


def _stacked(timeline: Timeline, series: Sequence[Series]) -> Iterator[Point]:
    for period, start, end in timeline.spans():
        height = {False: 0.0, True: 0.0}
        for one in series:
            value = (period.values.get(one.figure) or 0) * (-1 if one.down else 1)
            if value:
                low, high = height[value < 0], height[value < 0] + value
                height[value < 0] = high
                yield {"from": start, "to": start + (end - start) * FILLED, "low": low, "high": high, "of": one.name}


def _time(timeline: Timeline) -> alt.X:
    """Return the axis of the whole frame, whatever part of it has something to draw."""
    starts = [wall_ms(period.start) for period in timeline.periods]
    start, end = starts[0], timeline.end_ms
    label = "%b %Y" if end - start > NAMED_MONTHS_MS else "%-d %b"
    if len(starts) > 1 and starts[1] - start < DAY_MS:
        label = "%-d %b %H:%M"
    named = starts[:: -(-len(starts) // LABELS_MAX)]
    axis = alt.Axis(grid=False, values=named, labelFlush=True, labelOverlap=True, format=label)
    return alt.X("from", type="temporal", title=None, scale=alt.Scale(type="utc", domain=[start, end]), axis=axis)


def _amount(field: str, highest: float) -> alt.Y:
    """Return the axis of amounts: whole ones, so no more marks than there are steps."""
    axis = alt.Axis(tickCount=max(1, min(TICKS, highest)), format=",d", domain=False, ticks=False)
    return alt.Y(field, type="quantitative", title=None, axis=axis)


def _colours(series: Sequence[Series]) -> alt.Color:
    scale = alt.Scale(domain=[one.name for one in series], range=[one.colour for one in series])
    legend = alt.Legend(orient="top", title=None) if len(series) > 1 else None
    return alt.Color("of", type="nominal", scale=scale, legend=legend)


CONFIG: dict[str, Any] = {
    "aria": False,  # the page says what the chart shows, and has it as a table
    "background": None,
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "currentColor",
        "labelFontSize": 11,
        "labelOpacity": 0.75,
        "domainColor": "currentColor",
        "domainOpacity": 0.35,
        "tickColor": "currentColor",
        "tickOpacity": 0.35,
        "gridColor": "currentColor",
        "gridOpacity": 0.12,
    },
    "legend": {
        "labelColor": "currentColor",
        "labelFontSize": 12,
        "symbolType": "square",
        "symbolStrokeWidth": 0,
        "columnPadding": 26,
    },
}


DRAWINGS_KEPT = 200
"""Drawings of what has not changed since: pages are looked at more often than figures change. 20 kB each."""


def drawing(chart: alt.Chart | alt.LayerChart, width: int, language: Language) -> str:
    """Return the drawing without what only a file of its own would need."""
    spec = chart.properties(width=width, height=HEIGHT).to_dict(validate=False)
    return _drawn(json.dumps(spec), language)


@lru_cache(maxsize=DRAWINGS_KEPT)
def _drawn(spec: str, language: Language) -> str:
    locale = LOCALES[language]
    svg = vl_convert.vegalite_to_svg(
        spec, config=CONFIG, allowed_base_urls=[], format_locale=locale, time_format_locale=locale
    )
    return _NAMESPACES.sub("", svg)
