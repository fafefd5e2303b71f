"""Which conditions a single fact rules out, whatever the others are.

A condition that is false with one fact known and all others unknown is false: CEL's `&&` is false if one side is, be the
other an error. And where a fact is only compared with numbers, what is true of one number between two of them is true of
all: so few evaluations, made when a policy is compiled, tell it for every value.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cel_expr_python import cel

from shared.conditions.evaluation import evaluated
from shared.conditions.facts import Fact, Kind, Value
from shared.conditions.source import compared

_EMPTY: Mapping[Kind, Value] = {"string": "", "strings": [], "counts": {}, "shares": {}}


class RuledOut(NamedTuple):
    """What one fact says of all conditions of a policy. Sets of conditions are numbers, a bit for each place."""

    fact: str
    asking: int
    """The conditions that ask for it."""
    points: Sequence[float]
    """Numbers in order, where it is one."""
    at: Sequence[int]
    """What is ruled out below the first point, at it, between it and the second, and so on; or where the fact is empty."""

    @property
    def usually(self) -> int:
        """Return what is ruled out where the fact is zero or empty, as most facts of most contents are."""
        return self.by(0 if self.points else ())

    def by(self, value: Value) -> int:
        """Return the conditions that cannot hold where the fact has this value; none of a value that is no such fact."""
        if not self.points:
            return 0 if value else self.at[0]
        try:
            place = bisect_left(self.points, value)  # type: ignore[type-var]
        except TypeError:
            return 0
        points = self.points
        return self.at[2 * place + (place < len(points) and points[place] == value)]


def ruled_out(fact: Fact, conditions: Mapping[int, cel.Expression], sources: Sequence[str]) -> RuledOut:
    """Find out what a fact rules out of the conditions that ask for it, each by its place."""
    asking = sum(1 << place for place in conditions)
    if fact.kind in _EMPTY:
        empty = {fact.name: _EMPTY[fact.kind]}
        return RuledOut(fact.name, asking, (), (sum(1 << q for q, one in conditions.items() if _is_false(one, empty)),))
    each = [(1 << place, _Verdicts(fact, one, sources[place])) for place, one in conditions.items()]
    points = sorted({point for _, one in each for point in one.points})
    at = [sum(bit for bit, one in each if one.above(-math.inf))]
    for point in points:
        at += [sum(bit for bit, one in each if one.at(point)), sum(bit for bit, one in each if one.above(point))]
    return RuledOut(fact.name, asking, points, at)


class _Verdicts:
    """For which values of a fact, a number or a truth, a condition is false whatever the others are."""

    def __init__(self, fact: Fact, condition: cel.Expression, source: str) -> None:
        """Where the condition does more with a number than compare it, only what it says of zero is known."""
        number = float if fact.kind == "double" else int
        told = ("0", "1") if fact.kind == "bool" else compared(source, fact.name)
        self.points: Sequence[float] = sorted({number(one) for one in told or ("0",)})
        of = bool if fact.kind == "bool" else number
        self._at = [_is_false(condition, {fact.name: of(point)}) for point in self.points]
        between = [] if told is None or fact.kind == "bool" else _between(number, self.points)
        self._above = [example is not None and _is_false(condition, {fact.name: example}) for example in between]

    def at(self, point: float) -> bool:
        """Say it of a number."""
        place = bisect_left(self.points, point)
        if place < len(self.points) and self.points[place] == point:
            return self._at[place]
        return self._above[place] if self._above else False

    def above(self, point: float) -> bool:
        """Say it of the numbers just above one."""
        return self._above[bisect_right(self.points, point)] if self._above else False


def _between(number: type[int | float], points: Sequence[float]) -> Sequence[float | None]:
    """Return an example of the numbers below the first point, between it and the second, and so on; None where none is."""
    below = [points[0] - 1 if number is int else math.nextafter(points[0], -math.inf)]
    above = [point + 1 if number is int else math.nextafter(point, math.inf) for point in points]
    return below + [one if one < end else None for one, end in zip(above, [*points[1:], math.inf], strict=True)]


def _is_false(condition: cel.Expression, facts: Mapping[str, Value]) -> bool:
    return evaluated(condition, facts) == (False, None)
