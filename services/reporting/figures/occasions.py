"""The report of one contest or activity: its days, its own numbers, and its days beside ordinary ones. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import mean
from zoneinfo import ZoneInfo

from msgspec import Struct

from services.reporting.figures.buckets.part import Ending, Part
from services.reporting.figures.figure import Form, per
from services.reporting.figures.material import Material
from services.reporting.figures.periods import DAY, Frame, Grain
from services.reporting.figures.summary import figures_by
from services.reporting.figures.tables.lift import COMPARED, WEEKS, matched
from services.reporting.figures.tables.table import Cell, Column, Row, Table
from shared.said import Said

AROUND = timedelta(weeks=WEEKS)
"""So long before and after an activity material is read, for days to compare with."""


class Occasion(Struct, frozen=True):
    """One contest or activity."""

    thing: str
    """`contest/spring`."""
    days: Sequence[date]
    """Of a contest the first and the last one, of an activity those on which members were checked in."""
    table: Table
    row: Row

    @property
    def kind(self) -> str:
        """Return `contest` or `activity`."""
        return self.thing.partition("/")[0]

    @property
    def name(self) -> str:
        """Return what its document is called."""
        return self.thing.partition("/")[2]

    @property
    def since(self) -> date:
        """Return its first day."""
        return min(self.days)

    @property
    def until(self) -> date:
        """Return the day after its last one."""
        return max(self.days) + DAY

    @property
    def numbers(self) -> Mapping[str, float | None]:
        """Return its own numbers, by the column's id."""
        told = zip(self.table.columns, self.row, strict=True)
        return {
            column.id: cell for column, cell in told if column.form is not None and not isinstance(cell, str | date | Said)
        }


def occasion(thing: str, parts: Sequence[Part], ending: Ending | None, zone: ZoneInfo) -> Occasion | None:
    """Return what is known of a thing; None where nobody took part, as far as was told."""
    seconds = [part.first for part in parts if part.first is not None]
    if not seconds:
        return None
    make = _contest if thing.startswith("contest/") else _activity
    return make(thing, parts, ending, [_day(second, zone) for second in seconds], zone)


def _day(second: float, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(second, UTC).astimezone(zone).date()


def _contest(thing: str, parts: Sequence[Part], ending: Ending | None, came: Sequence[date], zone: ZoneInfo) -> Occasion:
    closed = None if ending is None or ending.closed is None else _day(ending.closed, zone)
    decided = None if ending is None or ending.decided is None else _day(ending.decided, zone)
    days = (min(came), max(filter(None, (*came, closed))))
    row = (
        thing.partition("/")[2],
        *days,
        sum(part.entered > 0 for part in parts),
        sum(part.disqualified for part in parts),
        sum(part.reinstated for part in parts),
        sum(part.is_in for part in parts),
        decided,
        None if ending is None or decided is None else ending.winners,
        None if ending is None or decided is None else ending.alternates,
        sum(part.points for part in parts),
    )
    return Occasion(thing, days, CONTEST, row)


def _activity(thing: str, parts: Sequence[Part], _: Ending | None, came: Sequence[date], __: ZoneInfo) -> Occasion:
    days = sorted(set(came))
    there = sum(part.counted > 0 for part in parts)
    row = (thing.partition("/")[2], days[0], days[-1], there, sum(part.points for part in parts))
    return Occasion(thing, days, ACTIVITY, row)


def around(found: Occasion, first: date, end: date, zone: ZoneInfo) -> Frame:
    """Return the days to read for days to compare with; whole days are counted from `first` on, and before `end`."""
    since, until = max(first, found.since - AROUND), min(end, found.until + AROUND)
    return Frame(min(found.since, since), max(found.until, until), zone)


def days_beside(found: Occasion, material: Material, around: Frame) -> Sequence[Row]:
    """Return the days of an activity beside ordinary ones of those around it."""
    (periods,) = figures_by(material, around, Grain.DAY)
    days = {period.start.date(): period.values for period in periods}
    rows: list[Row] = []
    for day in found.days:
        others, lifts = list(matched(day, days)), list[Cell]()
        for id_ in COMPARED:
            usual = mean(one[id_] or 0 for one in others) if others else None
            lifts += [days[day][id_], usual, None if not usual else per((days[day][id_] or 0) - usual, usual)]
        rows.append((day, len(others), *lifts))
    return rows


def _column(id_: str, en: str, ru: str, form: Form | None = Form.COUNT) -> Column:
    return Column(id_, Said(en, ru), form)


def _no_rows(_: Material, __: Frame) -> Sequence[Row]:
    return ()


CONTEST = Table(
    id="contest",
    name=Said("The contest", "Конкурс"),
    definition=Said(
        "From the first entry to the close of the list, or to the last entry where no draw was committed to. Members are "
        "counted once each; disqualifications and reinstatements as often as there were any. Points are those that places "
        "are worth by the rewards policy. How many voted, and what prizes are worth, is not told on the bus.",
        "С первой заявки до закрытия списка, а где жребий не фиксировали — до последней заявки. Каждый участник считается "
        "один раз, снятия и возвращения — сколько раз они были. Баллы — те, что правила начисляют за места. Сколько было "
        "голосов и чего стоят призы, шина не сообщает.",
    ),
    columns=(
        _column("name", "Name", "Имя", None),
        _column("first", "First day", "Первый день", None),
        _column("last", "Last day", "Последний день", None),
        _column("entrants", "Entrants", "Участников"),
        _column("disqualified", "Disqualified", "Снято заявок"),
        _column("reinstated", "Reinstated", "Возвращено заявок"),
        _column("in", "In at the end", "Осталось в конце"),
        _column("decided", "Decided", "Итоги", None),
        _column("winners", "Winners", "Победителей"),
        _column("alternates", "Alternates", "Запасных"),
        _column("points", "Points", "Баллов"),
    ),
    rows=_no_rows,
)
ACTIVITY = Table(
    id="activity",
    name=Said("The activity", "Мероприятие"),
    definition=Said(
        "Members who were checked in, each once, and the points that they got for it. How many registered or waited for a "
        "place is not told on the bus.",
        "Участники, отметившиеся на мероприятии, каждый один раз, и баллы за это. Сколько записалось или ждало места, "
        "шина не сообщает.",
    ),
    columns=(
        _column("name", "Name", "Имя", None),
        _column("first", "First day", "Первый день", None),
        _column("last", "Last day", "Последний день", None),
        _column("checked_in", "Checked in", "Отметились"),
        _column("points", "Points", "Баллов"),
    ),
    rows=_no_rows,
)
DAYS = Table(
    id="activity_days",
    name=Said("Its days beside ordinary ones", "Его дни рядом с обычными"),
    definition=Said(
        "Each of its days beside the same weekdays of the four weeks before and after it on which nobody was checked in "
        "anywhere. It shows a difference, not its cause.",
        "Каждый его день рядом с теми же днями недели за четыре недели до и после, когда никто нигде не отмечался. "
        "Это разница, а не её причина.",
    ),
    columns=(
        _column("day", "Day", "День", None),
        _column("matched", "Days compared", "Дней для сравнения"),
        _column("active_members", "Active members", "Активные участники"),
        _column("active_usual", "Usual", "Обычно", Form.RATE),
        _column("active_lift", "Difference", "Разница", Form.SHARE),
        _column("content", "Content", "Публикации"),
        _column("content_usual", "Usual", "Обычно", Form.RATE),
        _column("content_lift", "Difference", "Разница", Form.SHARE),
    ),
    rows=_no_rows,
)
