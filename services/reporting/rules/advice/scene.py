"""What rules of advice look at: four whole weeks of a community or a brand, and the four weeks before. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from services.reporting.figures.buckets.ruling import Ruling
from services.reporting.figures.columns import Questions
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame, midnight
from services.reporting.figures.summary import Values, figures_of

WEEKS = 4
"""Both stretches hold each weekday as often: like is compared with like."""
SPAN = timedelta(weeks=WEEKS)
ONE_DAY = timedelta(days=1)


class Scene(Struct, frozen=True, kw_only=True):
    """The figures and what they are made of."""

    community: str
    """Empty: the whole brand."""
    frame: Frame
    material: Material
    """Reaches back over the weeks before."""
    now: Values
    before: Values
    parts: Mapping[str, Values] = {}
    """Of a brand: the figures of its communities."""

    def total(self, name: str, *, before: bool = False) -> int:
        """Return what the hours add up to under a name, of these weeks or of those before."""
        frame = self.frame.before if before else self.frame
        return sum(row.counts.get(name, 0) for row in self.material.rows if frame.first <= row.at < frame.end)

    def figure(self, id_: str, *, before: bool = False) -> float:
        """Return a figure, 0 where it is not known."""
        return (self.before if before else self.now).get(id_) or 0.0

    def asked(self, *, before: bool = False) -> tuple[Questions, NDArray[np.bool_]]:
        """Return the questions, and which of them had at least a day for an answer within these weeks."""
        frame = self.frame.before if before else self.frame
        told = self.material.questions
        last = midnight(frame.until - ONE_DAY, frame.zone).timestamp()
        return told, (told.asked >= frame.first.timestamp()) & (told.asked < last)

    def rulings(self) -> Sequence[Ruling]:
        """Return the decisions of these weeks by which something could happen."""
        first, end = self.frame.first.timestamp(), self.frame.end.timestamp()
        told = (one for one in self.material.rulings if one.second is not None and first <= one.second < end)
        return [one for one in told if not one.imported]


def weeks_until(frame: Frame) -> Frame:
    """Return the last four whole weeks, Monday to Sunday, that end with a frame or before it."""
    monday = monday_of(frame.until)
    return Frame(monday - SPAN, monday, frame.zone)


def monday_of(day: date) -> date:
    """Return the Monday on which a day's week begins."""
    return day - timedelta(days=day.weekday())


def scenes_of(material: Material, frame: Frame) -> Sequence[Scene]:
    """Return the brand as a whole, then each of its communities."""
    parts = material.by_community()
    places = [_scene(place, part, frame) for place, part in parts.items()]
    whole = _scene("", material, frame)
    return [
        Scene(
            community="",
            frame=frame,
            material=material,
            now=whole.now,
            before=whole.before,
            parts={one.community: one.now for one in places},
        ),
        *places,
    ]


def _scene(community: str, material: Material, frame: Frame) -> Scene:
    now, before = figures_of(material, frame), figures_of(material, frame.before)
    return Scene(community=community, frame=frame, material=material, now=now, before=before)
