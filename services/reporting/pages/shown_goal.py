"""A goal as its page shows it: words, numbers and a chart. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from types import MappingProxyType

from msgspec import Struct

from services.reporting.figures.figure import Figure
from services.reporting.pages.charts import unit_of
from services.reporting.pages.goal_chart import Way, way
from services.reporting.pages.sections import Chart, Grid
from services.reporting.pages.words import day_named, number, written
from services.reporting.rules.goals.progress import Progress, State
from shared.documents.goals import Goal
from shared.said import Language, Said

WORDS: Mapping[str, Said] = MappingProxyType(
    {
        "no_goals": Said("No goal is declared: docs/goals.md says how.", "Целей нет. Как объявить: docs/goals.md."),
        "now": Said("Now", "Сейчас"),
        "baseline": Said("Baseline", "База"),
        "target": Said("Target", "Цель"),
        "on_line": Said("Evenly it would be", "При равномерном ходе было бы"),
        "expected": Said("Expected on the last day", "Ожидается в последний день"),
        "within": Said("In four of five cases", "В четырёх случаях из пяти"),
        "probability": Said("Probability", "Вероятность"),
        "owner": Said("Owner", "Ответственный"),
        "due": Said("Last day", "Последний день"),
        "day": Said("Day", "День"),
        "even": Said("Evenly", "Равномерно"),
        "low": Said("At least", "Не меньше"),
        "high": Said("At most", "Не больше"),
        "way": Said(
            "{}: what was, what is expected with its interval, and the even way (dashed){}",
            "{}: что было, что ожидается с интервалом, и равномерный ход (пунктир){}",
        ),
        "no_forecast": Said("No forecast: {} days are known, {} are needed.", "Прогноза нет: известно дней: {}, нужно: {}."),
    }
)
STATES: Mapping[State, Said] = MappingProxyType(
    {
        State.PLANNED: Said("planned", "запланирована"),
        State.TOO_EARLY: Said("too early to tell", "рано судить"),
        State.ON_TRACK: Said("on track", "по плану"),
        State.AT_RISK: Said("at risk", "под угрозой"),
        State.REACHED: Said("reached", "достигнута"),
        State.MISSED: Said("missed", "не достигнута"),
    }
)
MILESTONES: Mapping[bool | None, Said] = MappingProxyType(
    {True: Said("reached", "достигнут"), False: Said("missed", "не достигнут"), None: Said("to come", "впереди")}
)


class Shown(Struct, frozen=True):
    """A goal on the page."""

    name: str
    title: str
    state: str
    figure: str
    definition: str
    facts: Sequence[tuple[str, str]]
    milestones: Sequence[str]
    note: str | None
    chart: Chart | None


def shown(name: str, spec: Goal, figure: Figure, known: Progress, language: Language) -> Shown:
    """Return a goal as it is shown."""
    is_known = known.forecast is not None or known.state not in {State.TOO_EARLY, State.ON_TRACK, State.AT_RISK}
    note = WORDS["no_forecast"].by(language).format(known.days_known, known.days_needed)
    marks = [
        f"{day_named(one.at, language)}: {written(figure.form, one.value, language)}, "
        f"{one.ru if language is Language.RU else one.en} ({MILESTONES[one.reached].by(language)})"
        for one in known.milestones
    ]
    return Shown(
        name=name,
        title=spec.title.ru if language is Language.RU else spec.title.en,
        state=STATES[known.state].by(language),
        figure=figure.name.by(language),
        definition=figure.definition.by(language),
        facts=list(_facts(spec, figure, known, language)),
        milestones=marks,
        note=None if is_known else note,
        chart=_chart(spec, figure, known, language),
    )


def _facts(spec: Goal, figure: Figure, known: Progress, language: Language) -> Iterator[tuple[str, str]]:
    for name in ("current", "on_line", "baseline", "target"):
        word = "now" if name == "current" else name
        yield WORDS[word].by(language), written(figure.form, getattr(known, name), language)
    ahead = known.forecast
    if ahead is not None:
        low, high = (written(figure.form, one, language) for one in (ahead.low, ahead.high))
        yield WORDS["expected"].by(language), written(figure.form, ahead.expected, language)
        yield WORDS["within"].by(language), f"{low} – {high}"
    if known.probability is not None:
        yield WORDS["probability"].by(language), f"{number(known.probability * 100, language)} %"
    yield WORDS["due"].by(language), day_named(spec.due, language)
    yield WORDS["owner"].by(language), spec.owner


def _chart(spec: Goal, figure: Figure, known: Progress, language: Language) -> Chart | None:
    if len(known.history) + len(known.path) <= 1 or known.target is None or known.start is None:
        return None
    highest = max([known.target, *(one.value for one in known.history), *(one.high for one in known.path)])
    unit = unit_of(figure.form, highest)
    last = known.history[-1] if known.history else None
    ahead = [] if last is None or not known.path else [(_ms(last.at), last.value, last.value, last.value)]
    drawn = Way(
        [(_ms(one.at), one.value) for one in known.history],
        [*ahead, *((_ms(one.at), one.expected, one.low, one.high) for one in known.path)],
        [(_ms(spec.from_), known.start), (_ms(spec.due), known.target)],
        unit,
    )
    title = WORDS["way"].by(language).format(figure.name.by(language), unit.said.by(language))
    return Chart(title, title, way(drawn, language), _grid(figure, known, language), wide=True)


def _grid(figure: Figure, known: Progress, language: Language) -> Grid:
    columns = [(WORDS[word].by(language), "") for word in ("day", "now", "expected", "low", "high")]
    rows: list[tuple[str, ...]] = [
        (day_named(one.at, language), written(figure.form, one.value, language), "", "", "") for one in known.history
    ]
    rows += [
        (
            day_named(one.at, language),
            "",
            *(written(figure.form, value, language) for value in (one.expected, one.low, one.high)),
        )
        for one in known.path
    ]
    return Grid(columns, rows)


def _ms(day: date) -> float:
    return datetime.combine(day, time(), UTC).timestamp() * 1_000
