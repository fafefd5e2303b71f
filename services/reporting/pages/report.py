"""What a report says, before it is a page or a table. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from services.reporting.figures import figure_of
from services.reporting.figures.content import category_count
from services.reporting.figures.material import Material
from services.reporting.figures.occasions import Occasion
from services.reporting.figures.periods import Frame, Grain
from services.reporting.figures.summary import Period, Values, figures_by, figures_of
from services.reporting.figures.tables import TABLES
from services.reporting.figures.tables.peers import PEERS, rows_of
from services.reporting.figures.tables.platforms import SIDE_BY_SIDE
from services.reporting.figures.tables.table import Row, Table
from shared.platforms import platform_of
from shared.said import Said

CHART_HOURS_DAYS_MAX = 3
"""Up to three days charts show hours: two or three bars say nothing."""

CHART_DAYS_MAX = 100
"""Beyond it bars of days are too thin to tell apart: charts show weeks."""

CHART_WEEKS_MAX = 160
"""Beyond three years of weeks: months."""


class Names(NamedTuple):
    """What people call a brand and its communities."""

    brand: str
    communities: Mapping[str, str] = {}
    """By id; those without a title are called by their id."""


class Place(Struct, frozen=True):
    """A community and its figures."""

    community: str
    title: str
    values: Values


class Report(Struct, frozen=True):
    """The figures of a brand over a frame."""

    title: str
    """Of the brand."""
    frame: Frame
    total: Values
    before: Values
    """Of the days just before, as many."""
    hours: Sequence[Period]
    """Of a short frame, else none."""
    days: Sequence[Period]
    weeks: Sequence[Period]
    months: Sequence[Period]
    places: Sequence[Place]
    titles: Mapping[str, str] = {}
    """Of communities by id, those of others too; those without a title are called by their id."""
    tables: Sequence[tuple[Table, Sequence[Row]]] = ()
    """Those that have rows."""
    occasion: Occasion | None = None
    """The contest or activity that it is of."""
    called: Mapping[str, Said] = {}
    """Figures of categories of the plan by their ids, and what the plan calls them."""
    others: frozenset[str] = frozenset()
    """Communities that are not the brand's own: nothing is compared with them."""

    def left_out(self, figure: str) -> Sequence[Place]:
        """Return the communities whose platform does not tell a figure: a total holds nothing of them."""
        return [place for place in self.places if place.values.get(figure) is None and not self.is_told(figure, place)]

    def is_told(self, figure: str, place: Place) -> bool:
        """Return whether a community's platform tells a figure: one that it tells may be empty for want of a denominator."""
        found = figure_of(figure)
        return found is not None and found.is_told_by(platform_of(place.community))

    @property
    def grain(self) -> Grain:
        """Return what the bars of charts stand for."""
        if self.hours:
            return Grain.HOUR
        if len(self.days) <= CHART_DAYS_MAX:
            return Grain.DAY
        return Grain.WEEK if len(self.weeks) <= CHART_WEEKS_MAX else Grain.MONTH

    @property
    def bars(self) -> Sequence[Period]:
        """Return the periods of the charts."""
        return {Grain.HOUR: self.hours, Grain.DAY: self.days, Grain.WEEK: self.weeks}.get(self.grain, self.months)

    @property
    def end(self) -> datetime:
        """Return when it is over, in the brand's zone."""
        return self.frame.end.astimezone(self.frame.zone)


def is_short(frame: Frame) -> bool:
    """Say whether charts of the frame show hours: then the material must have them."""
    return frame.days <= CHART_HOURS_DAYS_MAX


def read_from(frame: Frame) -> datetime:
    """Return from when on the material of a report must be read: the days before, and what its tables look back on."""
    return min(frame.before.first, *(table.since(frame) for table in TABLES if _has(table, frame)))


def _has(table: Table, frame: Frame) -> bool:
    """Say whether a report has a table: one that shows hours does not look back over months."""
    return not (is_short(frame) and table.back_days)


def compose(names: Names, frame: Frame, material: Material, tables: Sequence[Table] = TABLES) -> Report:
    """Make the report. The material reaches back over the days before."""
    hours = figures_by(material, frame, Grain.HOUR)[0] if is_short(frame) else []
    places = [
        Place(id_, names.communities.get(id_, id_), figures_of(part, frame)) for id_, part in material.by_community().items()
    ]
    whole, days, weeks, months = figures_by(material, frame, Grain.WHOLE, Grain.DAY, Grain.WEEK, Grain.MONTH)
    return Report(
        title=names.brand,
        frame=frame,
        total=whole[0].values,
        before=figures_of(material, frame.before),
        hours=hours,
        days=days,
        weeks=weeks,
        months=months,
        places=places,
        titles=names.communities,
        called={category_count(one.id): one.title for one in material.plan.categories},
        others=frozenset(material.others),
        tables=[
            (table, rows)
            for table in tables
            if _has(table, frame) and len(rows := _rows(table, material, frame, places)) >= LINES_MIN[table.id]
        ],
    )


def _rows(table: Table, material: Material, frame: Frame, places: Sequence[Place]) -> Sequence[Row]:
    """Return the rows of a table; those of communities are made of the figures that the report has of them."""
    if table is not PEERS:
        return table.rows(material, frame)
    return rows_of({place.community: place.values for place in places}, frozenset(material.others))


LINES_MIN = defaultdict(lambda: 1, {SIDE_BY_SIDE.id: 2})
"""Below it a table is left out: one platform stands beside none."""


def mean(periods: Sequence[Period], figure: str) -> float:
    """Return a figure's mean over the periods, empty ones included."""
    return sum(period.values.get(figure) or 0 for period in periods) / max(1, len(periods))
