"""The parts of the page: cards, charts with their tables, tables. All texts are ready to be shown, none is escaped yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from services.reporting.figures import BY_ID, content
from services.reporting.figures.figure import Language, Said
from services.reporting.figures.periods import Grain
from services.reporting.figures.summary import Period, Values
from services.reporting.pages import charts
from services.reporting.pages.charts import COLOURS, Series, Timeline, wall_ms
from services.reporting.pages.report import Report, mean
from services.reporting.pages.words import PER, WORDS, day_named, delta, month_named, number

HEADLINES = (
    "content",
    "active_members",
    "members_joined",
    "members_left",
    "reactions",
    "solutions_accepted",
    "complaints",
    "removals",
    "points_issued",
    "points_clawed_back",
)
"""The figures of cards and tables; kinds of content have a chart and a table of their own."""

BLUE, TEAL, AMBER, VIOLET, ROSE, _, GREY = COLOURS

DRAWN: tuple[tuple[str, tuple[tuple[str, str, bool], ...]], ...] = (
    ("moves_chart", (("members_joined", TEAL, False), ("members_left", ROSE, True))),
    ("reactions_chart", (("reactions", AMBER, False),)),
    ("removals_chart", (("removals", ROSE, False), ("complaints", GREY, False))),
    ("points_chart", (("points_issued", VIOLET, False), ("points_clawed_back", ROSE, True))),
)
"""The smaller charts: title, and of each series figure, colour, and whether it is drawn below the line."""


class Card(Struct, frozen=True):
    """A headline."""

    name: str
    value: str
    delta: str | None
    changed: bool
    note: str | None
    definition: str
    untold: bool


class Grid(Struct, frozen=True):
    """A table: its columns with their definitions, its rows beginning with their names."""

    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[str]]
    total: Sequence[str] = ()


class Chart(Struct, frozen=True):
    """A drawing, what it shows in words, and its numbers."""

    title: str
    says: str
    svg: str | None
    """None where there is nothing to draw."""
    grid: Grid
    wide: bool


def cards(report: Report, language: Language) -> Iterator[Card]:
    """Yield the headlines."""
    for id_ in HEADLINES:
        figure, value = BY_ID[id_], report.total[id_]
        yield Card(
            name=figure.name.by(language),
            value=number(value, language) if value is not None else WORDS["untold"].by(language),
            delta=delta(value, report.before[id_], language),
            changed=value != report.before[id_] and bool(report.before[id_]),
            note=_averages(report, language) if id_ == "active_members" else None,
            definition=figure.definition.by(language),
            untold=value is None,
        )


def _averages(report: Report, language: Language) -> str:
    spans = (("a_day", report.days), ("a_week", report.weeks), ("a_month", report.months))
    means = (f"{number(mean(p, 'active_members'), language, 1)} {WORDS[word].by(language)}" for word, p in spans)
    return f"{WORDS['on_average'].by(language)} {', '.join(means)}"


def drawings(report: Report, language: Language) -> Iterator[Chart]:
    """Yield the charts."""
    kinds = tuple((f"content_{kind}", colour, False) for kind, colour in zip(content.KINDS, COLOURS, strict=True))
    told = tuple(kind for kind in kinds if report.total[kind[0]]) or kinds[2:3]
    yield _bars(report, language, "content_chart", told, wide=True)
    yield _active(report, language)
    for title, series in DRAWN:
        yield _bars(report, language, title, series, wide=False)


def _bars(report: Report, language: Language, title: str, drawn: Sequence[tuple[str, str, bool]], *, wide: bool) -> Chart:
    told = [one for one in drawn if report.total[one[0]] is not None] or drawn
    series = [Series(id_, BY_ID[id_].name.by(language), colour, down) for id_, colour, down in told]
    timeline = Timeline(report.bars, wall_ms(report.end.replace(tzinfo=None)))
    empty = not any(period.values[one.figure] for period in report.bars for one in series)
    svg = None if empty else charts.bars(timeline, series, charts.WIDE if wide else charts.NARROW, language)
    named = f"{WORDS[title].by(language)} {PER[report.grain].by(language)}"
    ids = [one.figure for one in series]
    return Chart(named, _said(named, report, ids, language), svg, _grid_of(report, ids, language), wide)


def _active(report: Report, language: Language) -> Chart:
    series = Series("active_members", BY_ID["active_members"].name.by(language), BLUE)
    timeline = Timeline(report.days, wall_ms(report.end.replace(tzinfo=None)))
    svg = charts.area(timeline, series, charts.WIDE, language) if report.total["active_members"] else None
    title = WORDS["active_chart"].by(language)
    ids = ["active_members"]
    return Chart(title, _said(title, report, ids, language), svg, _days_told(report, language), wide=True)


def _said(title: str, report: Report, ids: Sequence[str], language: Language) -> str:
    totals = (f"{BY_ID[id_].name.by(language)}: {number(report.total[id_], language)}" for id_ in ids)
    return f"{title}. {', '.join(totals)}."


def _days_told(report: Report, language: Language) -> Grid:
    """Return the days on which somebody wrote: a year of empty ones helps nobody."""
    days = [day for day in report.days if day.values["active_members"]]
    return _grid(WORDS["period"], days, ["active_members"], _day_name(language), language)


def _grid_of(report: Report, ids: Sequence[str], language: Language) -> Grid:
    name = _month_name(language) if report.grain is Grain.MONTH else _day_name(language)
    return _grid(WORDS["period"], report.bars, ids, name, language)


def by_month(report: Report, language: Language) -> Grid:
    """Return the headlines by month."""
    grid = _grid(WORDS["month"], report.months, HEADLINES, _month_name(language), language)
    return with_total(grid, report.total, HEADLINES, language)


def kinds_by_month(report: Report, language: Language) -> Grid:
    """Return content by kind and month; kinds that did not occur are left out."""
    ids = ["content", *(f"content_{kind}" for kind in content.KINDS if report.total[f"content_{kind}"])]
    grid = _grid(WORDS["month"], report.months, ids, _month_name(language), language)
    return with_total(grid, report.total, ids, language)


def by_community(report: Report, language: Language) -> Grid:
    """Return the headlines by community."""
    rows = [(place.community, *_numbers(place.values, HEADLINES, language)) for place in report.places]
    grid = Grid(_columns(WORDS["community"], HEADLINES, language), rows)
    return with_total(grid, report.total, HEADLINES, language)


def with_total(grid: Grid, total: Values, ids: Sequence[str], language: Language) -> Grid:
    """Return the table with its last line."""
    return Grid(grid.columns, grid.rows, (WORDS["total"].by(language), *_numbers(total, ids, language)))


def _grid(
    first: Said, periods: Sequence[Period], ids: Sequence[str], name: Callable[[Period], str], language: Language
) -> Grid:
    rows = [(name(period), *_numbers(period.values, ids, language)) for period in periods]
    return Grid(_columns(first, ids, language), rows)


def _columns(first: Said, ids: Sequence[str], language: Language) -> list[tuple[str, str]]:
    named = [(BY_ID[id_].name.by(language), BY_ID[id_].definition.by(language)) for id_ in ids]
    return [(first.by(language), ""), *named]


def _numbers(values: Values, ids: Sequence[str], language: Language) -> list[str]:
    return [number(values[id_], language) for id_ in ids]


def _day_name(language: Language) -> Callable[[Period], str]:
    return lambda period: day_named(period.start.date(), language)


def _month_name(language: Language) -> Callable[[Period], str]:
    return lambda period: month_named(period.start.date(), language)
