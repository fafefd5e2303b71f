"""Recommendations with their ids, what people decided about them, and which of them are shown. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from services.reporting.figures.content import category_count
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame
from services.reporting.figures.summary import figures_of
from services.reporting.rules.advice import RULES
from services.reporting.rules.advice.rule import Better, Numbers, Rule
from services.reporting.rules.advice.scene import Scene, scenes_of
from shared.events import event_id

Decision = Literal["accepted", "dismissed"]
QUIET = timedelta(days=28)
"""So long a rule is not shown again in a community after somebody decided: until then half of what it sees is the same."""

ID = re.compile(r"([a-z_]{1,60})-(\d{8})-([0-9a-f]{16})")


class Advice(Struct, frozen=True):
    """One recommendation."""

    id: str
    rule: Rule
    community: str
    """Empty: the whole brand."""
    until: date
    """The Monday after its four weeks."""
    numbers: Numbers


class Decided(Struct, frozen=True, kw_only=True):
    """What somebody decided about a recommendation."""

    id: str
    brand: str
    rule: str
    community: str
    until: date
    decision: Decision
    note: str
    by: str
    at: datetime
    version: int
    """How often it was decided."""
    numbers: Numbers
    """As they stood then."""


def id_of(brand: str, rule: str, community: str, until: date) -> str:
    """Return the id of a recommendation: the same whenever and wherever it is made."""
    return f"{rule}-{until:%Y%m%d}-{event_id('reporting.advice', brand, rule, community, until.isoformat())[:16]}"


def week_of(id_: str) -> date | None:
    """Return the Monday that an id names; None where it is no id of a recommendation."""
    told = ID.fullmatch(id_)
    try:
        found = None if told is None else datetime.strptime(told[2], "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
    return found if found is not None and found.weekday() == 0 else None


def advised(brand: str, material: Material, frame: Frame, *, whole: bool, rules: Sequence[Rule] = RULES) -> list[Advice]:
    """Return what the rules find in a frame, rule by rule.

    The material reaches back over the frame before; `whole` says whether it is all of the brand's, else what is said of
    the brand as a whole is left out.
    """
    return list(_found(brand, scenes_of(material, frame), rules, whole=whole))


def _found(brand: str, scenes: Sequence[Scene], rules: Sequence[Rule], *, whole: bool) -> Iterator[Advice]:
    for rule in rules:
        for scene in scenes:
            if rule.of_brand != (not scene.community) or (rule.of_brand and not whole):
                continue
            numbers = rule.finds(scene)
            if numbers is not None:
                until = scene.frame.until
                yield Advice(id_of(brand, rule.id, scene.community, until), rule, scene.community, until, numbers)


def still_open(found: Sequence[Advice], decided: Sequence[Decided], now: datetime) -> Sequence[Advice]:
    """Return those about which nothing was decided, nor lately about the same rule in the same community."""
    ids = {one.id for one in decided}
    quiet = {(one.rule, one.community) for one in decided if now - one.at < QUIET}
    return [one for one in found if one.id not in ids and (one.rule.id, one.community) not in quiet]


class Followed(NamedTuple):
    """What became of the figure after a recommendation was accepted."""

    figure: str
    days: int
    then: float | None
    """Over so many days before the day of the decision."""
    now: float | None
    """Over so many days after it."""

    def helped(self, better: Better) -> bool | None:
        """Say whether the figure went where it should; None where one of the two is not known."""
        if self.then is None or self.now is None:
            return None
        return self.now > self.then if better is Better.UP else self.now < self.then


def value_of(figure: str, material: Material, frame: Frame) -> float | None:
    """Return a figure over a frame: 0 for a category of the plan of which there is no post; None where it is not told."""
    categories = {category_count(one.id) for one in material.plan.categories}
    return figures_of(material, frame).get(figure, 0.0 if figure in categories else None)


def measured_over(decided: Decided, days: int, zone: ZoneInfo) -> tuple[Frame, Frame]:
    """Return the days before the day of a decision and those after it, as many, in a zone."""
    day = decided.at.astimezone(zone).date()
    after = day + timedelta(days=1)
    until = after + timedelta(days=days)
    return Frame(day - timedelta(days=days), day, zone), Frame(after, until, zone)
