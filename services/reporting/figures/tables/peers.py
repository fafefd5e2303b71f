"""Each of the brand's communities beside its others: what is usual there, and which place it has among them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from services.reporting.figures import BY_ID
from services.reporting.figures.figure import Figure, Form, Value
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame
from services.reporting.figures.summary import Values, figures_of
from services.reporting.figures.tables.table import Column, Row, Table
from shared.platforms import platform_of
from shared.said import Said

OTHERS_MIN = 3
"""Quartiles of fewer say nothing; of one platform they are taken where it has so many others, else of all platforms."""

PER_MEMBERS = 100

SIZED = frozenset(
    {"content", "members_joined", "reactions", "interactions", "complaints", "removals", "questions", "points_issued"}
)
"""Figures that grow with a community: told for each PER_MEMBERS active members."""

SHOWN = (
    "content",
    "active_members",
    "stickiness",
    "members_joined",
    "newcomers_answered",
    "reactions",
    "engagement_per_view",
    "engagement_per_member",
    "questions",
    "first_response",
    "staff_response",
    "tone_net",
    "complaints",
    "removals",
)


class Beside(NamedTuple):
    """A figure of a community, beside those of others."""

    figure: Figure
    is_sized: bool
    """Whether it is told for each PER_MEMBERS active members."""
    value: float
    low: float
    median: float
    high: float
    """Quartiles of the others."""
    rank: int
    """1 where no other is higher."""
    others: int
    is_same_platform: bool

    @property
    def form(self) -> Form:
        """Return how its values are written."""
        return Form.RATE if self.is_sized else self.figure.form


def beside_others(places: Mapping[str, Values], community: str) -> Iterator[Beside]:
    """Yield the figures of a community that enough others tell, too."""
    others = [one for one in places if one != community]
    alike = [one for one in others if platform_of(one) == platform_of(community)]
    for id_ in SHOWN:
        value = _sized(places[community], id_)
        told = {one: known for one in others if (known := _sized(places[one], id_)) is not None}
        same = [told[one] for one in alike if one in told]
        is_same = len(same) >= OTHERS_MIN
        compared = same if is_same else list(told.values())
        if value is None or len(compared) < OTHERS_MIN:
            continue
        low, median, high = np.quantile(compared, (0.25, 0.5, 0.75)).tolist()
        rank = 1 + sum(other > value for other in compared)
        yield Beside(BY_ID[id_], id_ in SIZED, value, low, median, high, rank, len(compared), is_same)


def _sized(values: Values, id_: str) -> Value:
    """Return a figure, for each PER_MEMBERS active members where it grows with these; None where it is not known."""
    value, active = values.get(id_), values.get("active_members")
    if value is None or id_ not in SIZED:
        return value
    return value * PER_MEMBERS / active if active else None


def rows_of(places: Mapping[str, Values], others: Sequence[str] | frozenset[str] = ()) -> Sequence[Row]:
    """Return the rows of all communities; `others` are not the brand's own and left out."""
    own = {place: values for place, values in places.items() if place not in others}
    return [_row(place, one) for place in own for one in beside_others(own, place)]


def _row(place: str, one: Beside) -> Row:
    scale, unit = SCALED.get(one.form, (1.0, PER if one.is_sized else Said("", "")))
    name = Said(*(f"{text}{end}" for text, end in zip(one.figure.name, unit, strict=True)))
    numbers = (number * scale for number in (one.value, one.low, one.median, one.high))
    return (place, name, *numbers, one.rank, one.others + 1, WITHIN[one.is_same_platform])


SCALED = {Form.SHARE: (100.0, Said(", %", ", %")), Form.SECONDS: (1 / 60, Said(", minutes", ", минут"))}
"""How numbers of one column are told whose figures have different units."""
PER = Said(f", per {PER_MEMBERS} active members", f", на {PER_MEMBERS} активных участников")
WITHIN = {True: Said("its platform", "той же платформы"), False: Said("all platforms", "всех платформ")}


def _rows(material: Material, frame: Frame) -> Sequence[Row]:
    if len(material.communities) <= OTHERS_MIN:
        return []
    places = {place: figures_of(part, frame) for place, part in material.by_community().items()}
    return rows_of(places, frozenset(material.others))


PEERS = Table(
    id="peers",
    name=Said("Beside the brand's other communities", "Рядом с другими сообществами бренда"),
    definition=Said(
        "Each figure of a community beside its quartiles and median among the brand's other own communities that "
        "whoever asks "
        f"may see: those of the same platform where at least {OTHERS_MIN} of them tell it, else all. What grows with a "
        f"community is told for each {PER_MEMBERS} of its active members. Place 1 is the highest value, which is not always "
        "the best. Quartiles lie between values (Hyndman and Fan's type 7).",
        "Показатель сообщества рядом с квартилями и медианой других собственных сообществ бренда, доступных "
        "запросившему: той "
        f"же платформы, если его сообщают хотя бы {OTHERS_MIN} из них, иначе всех. Что растёт вместе с "
        "сообществом, приведено "
        f"на {PER_MEMBERS} его активных участников. Место 1 — самое большое значение, и это не всегда лучшее. "
        "Квартили — между значениями (тип 7 по Хайндману и Фану).",
    ),
    columns=(
        Column("community", Said("Community", "Сообщество")),
        Column("figure", Said("Figure", "Показатель")),
        Column("value", Said("Value", "Значение"), Form.RATE),
        Column("low", Said("Lower quartile", "Нижний квартиль"), Form.RATE),
        Column("median", Said("Median", "Медиана"), Form.RATE),
        Column("high", Said("Upper quartile", "Верхний квартиль"), Form.RATE),
        Column("rank", Said("Place", "Место"), Form.COUNT),
        Column("of", Said("Of", "Из"), Form.COUNT),
        Column("among", Said("Among communities of", "Среди сообществ")),
    ),
    rows=_rows,
)
