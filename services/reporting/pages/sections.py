"""The parts of the page: cards, charts with their tables, tables. All texts are ready to be shown, none is escaped yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from services.reporting.figures import content, figure_of
from services.reporting.figures.figure import Figure
from services.reporting.figures.periods import Grain
from services.reporting.figures.summary import Period, Values
from services.reporting.figures.tables.lift import EVERYWHERE
from services.reporting.figures.tables.table import Cell, Column
from services.reporting.pages import charts
from services.reporting.pages.charts import COLOURS, Series, Timeline, wall_ms
from services.reporting.pages.report import Place, Report, mean
from services.reporting.pages.words import PER, WORDS, day_named, delta, hour_named, month_named, number, written
from shared.platforms import PLATFORMS, platform_of
from shared.said import Language, Said

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

    id: str
    name: str
    value: str
    delta: str | None
    changed: bool
    notes: Sequence[str]
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


def cards(report: Report, language: Language, ids: Sequence[str] = HEADLINES) -> Iterator[Card]:
    """Yield the headlines."""
    for id_ in ids:
        figure, value = _figure(id_), report.total.get(id_)
        is_untold = value is None and not any(report.is_told(id_, place) for place in report.places)
        yield Card(
            id=id_,
            name=_named(report, figure, language),
            value=untold(report, language) if is_untold else written(figure.form, value, language),
            delta=delta(value, report.before.get(id_), language),
            changed=value != report.before.get(id_) and bool(report.before.get(id_)),
            notes=list(_notes(report, id_, language)),
            definition=figure.definition.by(language),
            untold=is_untold,
        )


def _figure(id_: str) -> Figure:
    """Return a figure that the page was asked for, one of the brand's own too."""
    found = figure_of(id_)
    assert found is not None, "pages show figures that there are"
    return found


def _named(report: Report, figure: Figure, language: Language) -> str:
    """Return what people call a figure: of a category of the plan, what the plan calls it."""
    title = report.called.get(figure.id)
    if title is None:
        return figure.name.by(language)
    return f"{_figure(content.POSTS_COUNT).name.by(language)}: {title.by(language)}"


def untold(report: Report, language: Language) -> str:
    """Return the words for a figure that no platform of the report tells."""
    platforms = {platform_of(place.community) for place in report.places}
    return WORDS["untold" if len(platforms) == 1 else "untold_by_all"].by(language)


def left_out(report: Report, figure: str, language: Language) -> str | None:
    """Return of which platforms a total holds nothing, because they do not tell the figure; None where it holds all."""
    platforms = dict.fromkeys(platform_of(place.community) for place in report.left_out(figure))
    if not platforms or report.total.get(figure) is None:
        return None
    names = ", ".join(PLATFORMS[platform].name for platform in platforms)
    return WORDS["left_out"].by(language).format(names)


def _notes(report: Report, figure: str, language: Language) -> Iterator[str]:
    averages = _averages(report, language) if figure == "active_members" and report.total.get(figure) is not None else None
    yield from filter(None, (averages, left_out(report, figure, language)))


def _averages(report: Report, language: Language) -> str | None:
    """Return the means of those spans of which the frame holds more than one."""
    spans = (("a_day", 1, report.days), ("a_week", 7, report.weeks), ("a_month", 31, report.months))
    told = [(word, periods) for word, days, periods in spans if report.frame.days > days]
    means = [f"{number(mean(p, 'active_members'), language, 1)} {WORDS[word].by(language)}" for word, p in told]
    return f"{WORDS['on_average'].by(language)} {', '.join(means)}" if means else None


def details(report: Report, language: Language, but: Sequence[str] = HEADLINES) -> Grid:
    """Return all other figures that tell something, now and before."""
    rows = [
        (
            _named(report, figure, language),
            written(figure.form, value, language),
            written(figure.form, report.before.get(id_), language),
            delta(value, report.before.get(id_), language) or "—",
        )
        for id_, value in report.total.items()
        if id_ not in but and value and (figure := figure_of(id_)) is not None
    ]
    return Grid([(WORDS[word].by(language), "") for word in ("figure", "value", "before", "change")], rows)


PLACES = frozenset({"community", "source"})
"""Columns whose cells may be communities: people read their titles."""


def tables(report: Report, language: Language) -> Iterator[tuple[str, str, Grid]]:
    """Yield name, definition and cells of each table that has rows."""
    for table, rows in report.tables:
        columns = [(column.name.by(language), "") for column in table.columns]
        cells = [
            [
                written(column.form, called(report, column, cell, language), language)
                for column, cell in zip(table.columns, row, strict=True)
            ]
            for row in rows
        ]
        yield table.name.by(language), table.definition.by(language), Grid(columns, cells)


def called(report: Report, column: Column, cell: Cell, language: Language) -> Cell:
    """Return a cell of a table as people call it: ids of communities by their titles, ids of groups by their names."""
    if not isinstance(cell, str):
        return cell
    if column.id in PLACES:
        return WORDS["everywhere"].by(language) if cell == EVERYWHERE else report.titles.get(cell, cell)
    return column.names.get(cell, cell)


def drawings(report: Report, language: Language) -> Iterator[Chart]:
    """Yield the charts."""
    yield from overview(report, language)
    for title, series in DRAWN:
        yield _bars(report, language, title, series, wide=False)


def overview(report: Report, language: Language) -> Iterator[Chart]:
    """Yield the charts that tell most: what was written, and by how many."""
    kinds = tuple((f"content_{kind}", colour, False) for kind, colour in zip(content.KINDS, COLOURS, strict=True))
    told = tuple(kind for kind in kinds if report.total[kind[0]]) or kinds[2:3]
    yield _bars(report, language, "content_chart", told, wide=True)
    yield _active(report, language)


def of_one(report: Report, figure: Figure, language: Language) -> Chart:
    """Return the chart of one figure."""
    series = Series(figure.id, figure.name.by(language), BLUE)
    timeline = Timeline(report.bars, wall_ms(report.end.replace(tzinfo=None)))
    told = [period.values.get(figure.id) for period in report.bars]
    unit = charts.unit_of(figure.form, max((value or 0 for value in told), default=0))
    svg = charts.steps(timeline, series, unit, language) if any(told) else None
    said = f"{figure.name.by(language)}: {written(figure.form, report.total.get(figure.id), language)}."
    rows = [
        (NAMED[report.grain](period, language), written(figure.form, value, language))
        for period, value in zip(report.bars, told, strict=True)
    ]
    columns = [(WORDS["period"].by(language), ""), (figure.name.by(language), figure.definition.by(language))]
    title = f"{figure.name.by(language)} {PER[report.grain].by(language)}{unit.said.by(language)}"
    return Chart(title, said, svg, Grid(columns, rows), wide=True)


def _bars(report: Report, language: Language, title: str, drawn: Sequence[tuple[str, str, bool]], *, wide: bool) -> Chart:
    told = [one for one in drawn if report.total.get(one[0]) is not None] or drawn
    series = [Series(id_, _figure(id_).name.by(language), colour, down) for id_, colour, down in told]
    timeline = Timeline(report.bars, wall_ms(report.end.replace(tzinfo=None)))
    empty = not any(period.values.get(one.figure) for period in report.bars for one in series)
    svg = None if empty else charts.bars(timeline, series, charts.WIDE if wide else charts.NARROW, language)
    named = f"{WORDS[title].by(language)} {PER[report.grain].by(language)}"
    ids = [one.figure for one in series]
    return Chart(named, _said(named, report, ids, language), svg, _grid_of(report, ids, language), wide)


def _active(report: Report, language: Language) -> Chart:
    series = Series("active_members", _figure("active_members").name.by(language), BLUE)
    periods, grain = (report.hours, Grain.HOUR) if report.hours else (report.days, Grain.DAY)
    timeline = Timeline(periods, wall_ms(report.end.replace(tzinfo=None)))
    svg = charts.area(timeline, series, charts.WIDE, language) if report.total["active_members"] else None
    title = f"{WORDS['active_chart'].by(language)} {PER[grain].by(language)}"
    said = _said(title, report, ["active_members"], language)
    return Chart(title, said, svg, _told(periods, NAMED[grain], language), wide=True)


def _said(title: str, report: Report, ids: Sequence[str], language: Language) -> str:
    totals = (f"{_figure(id_).name.by(language)}: {number(report.total.get(id_), language)}" for id_ in ids)
    return f"{title}. {', '.join(totals)}."


def _told(periods: Sequence[Period], name: Name, language: Language) -> Grid:
    """Return the periods in which somebody wrote: a year of empty ones helps nobody."""
    told = [period for period in periods if period.values["active_members"]]
    return _grid(WORDS["period"], told, ["active_members"], name, language)


def _grid_of(report: Report, ids: Sequence[str], language: Language) -> Grid:
    return _grid(WORDS["period"], report.bars, ids, NAMED[report.grain], language)


def by_month(report: Report, language: Language) -> Grid:
    """Return the headlines by month."""
    grid = _grid(WORDS["month"], report.months, HEADLINES, _month_name, language)
    return with_total(grid, report.total, HEADLINES, language)


def kinds_by_month(report: Report, language: Language) -> Grid:
    """Return content by kind and month; kinds that did not occur are left out."""
    ids = ["content", *(f"content_{kind}" for kind in content.KINDS if report.total[f"content_{kind}"])]
    grid = _grid(WORDS["month"], report.months, ids, _month_name, language)
    return with_total(grid, report.total, ids, language)


def by_community(report: Report, language: Language, ids: Sequence[str] = HEADLINES) -> Grid:
    """Return the headlines by community."""
    names = _told_apart(report.places)
    rows = [(name, *_said_of(report, place, ids, language)) for name, place in zip(names, report.places, strict=True)]
    grid = Grid(_columns(WORDS["community"], ids, language), rows)
    return with_total(grid, report.total, ids, language)


def _said_of(report: Report, place: Place, ids: Sequence[str], language: Language) -> Iterator[str]:
    """Yield the headlines of a community; one that its platform does not tell is no zero."""
    for id_ in ids:
        is_told = place.values.get(id_) is not None or report.is_told(id_, place)
        yield written(_figure(id_).form, place.values.get(id_), language) if is_told else WORDS["untold"].by(language)


def _told_apart(places: Sequence[Place]) -> Iterator[str]:
    """Yield the communities' titles, with their ids where another has the same."""
    titled = Counter(place.title for place in places)
    for place in places:
        alone = titled[place.title] == 1 or place.title == place.community
        yield place.title if alone else f"{place.title} ({place.community})"


def with_total(grid: Grid, total: Values, ids: Sequence[str], language: Language) -> Grid:
    """Return the table with its last line."""
    return Grid(grid.columns, grid.rows, (WORDS["total"].by(language), *_numbers(total, ids, language)))


def _grid(first: Said, periods: Sequence[Period], ids: Sequence[str], name: Name, language: Language) -> Grid:
    rows = [(name(period, language), *_numbers(period.values, ids, language)) for period in periods]
    return Grid(_columns(first, ids, language), rows)


def _columns(first: Said, ids: Sequence[str], language: Language) -> list[tuple[str, str]]:
    named = [(_figure(id_).name.by(language), _figure(id_).definition.by(language)) for id_ in ids]
    return [(first.by(language), ""), *named]


def _numbers(values: Values, ids: Sequence[str], language: Language) -> list[str]:
    return [written(_figure(id_).form, values.get(id_), language) for id_ in ids]


def _hour_name(period: Period, language: Language) -> str:
    return hour_named(period.start, language)


def _day_name(period: Period, language: Language) -> str:
    return day_named(period.start.date(), language)


def _month_name(period: Period, language: Language) -> str:
    return month_named(period.start.date(), language)


Name = Callable[[Period, Language], str]
"""Writes a period's name."""

NAMED: dict[Grain, Name] = {
    Grain.HOUR: _hour_name,
    Grain.DAY: _day_name,
    Grain.WEEK: _day_name,
    Grain.MONTH: _month_name,
}
