"""What a rule of advice is: what it looks for, what it says, and by which figure one sees whether following it helped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from services.reporting.figures.figure import Form
from services.reporting.rules.advice.scene import Scene
from shared.said import Said


class Number(NamedTuple):
    """What stands in the words of a recommendation: a value, and how it is written; a name has no form."""

    value: float | str
    form: Form | None = None


Numbers = Mapping[str, Number]
"""By the name under which the words have it."""


class Better(StrEnum):
    """Where a figure is to go."""

    UP = "up"
    DOWN = "down"


class Rule(Struct, frozen=True, kw_only=True):
    """One rule."""

    id: str
    name: Said
    says: Said
    """What was seen, with `{numbers}`."""
    do: Said
    """What to do about it."""
    expected: Said
    """What should come of it."""
    figure: str
    """By which that is measured; with a `{number}` where it depends on what was seen."""
    better: Better
    days: int
    """After how many days, and over how many: as many before the decision are compared with as many after it."""
    least: Said
    """The least evidence."""
    finds: Callable[[Scene], Numbers | None]
    """The numbers where it fires, None where it is silent."""
    of_brand: bool = False
    """Whether it looks at the whole brand; else at each community."""

    def measure(self, numbers: Numbers) -> str:
        """Return the id of the figure by which a recommendation with these numbers is measured."""
        return self.figure.format_map({name: one.value for name, one in numbers.items()})


def count(value: float) -> Number:
    """Return so many of something."""
    return Number(value, Form.COUNT)


def share(value: float) -> Number:
    """Return a part of the whole, from 0 to 1."""
    return Number(value, Form.SHARE)


def rate(value: float) -> Number:
    """Return so many for each of something."""
    return Number(value, Form.RATE)


def seconds(value: float) -> Number:
    """Return a stretch of time."""
    return Number(value, Form.SECONDS)
