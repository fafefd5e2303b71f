"""The conditions of one policy, ready to be evaluated.

Most are ruled out by a fact or two (`ruled_out.py`), and cost nothing more. The others are evaluated together, as one
expression, where they are many: fifty cost little more than three.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from cel_expr_python import cel

from shared.conditions.evaluation import evaluated
from shared.conditions.facts import Value
from shared.conditions.ruled_out import RuledOut

ALONE_MAX = 4
"""So many conditions are evaluated each for itself: as a part of a larger expression they would cost more."""

T = TypeVar("T")
"""What facts are about."""


class Held(NamedTuple):
    """Which conditions hold, by their places; and those that could not be evaluated, each with its reason."""

    holds: Sequence[int]
    failed: Mapping[int, str]
    known: Mapping[str, Value] = {}
    """The facts that were found out, by their names: all that those which hold may have asked for."""


class Piece(NamedTuple):
    """Conditions that are evaluated together."""

    places: int
    """A bit for each."""
    together: cel.Expression
    """Makes a list: the places of those that hold, and -1 for the others."""
    asked: frozenset[str]


class Conditions:
    """Conditions of one policy."""

    def __init__(
        self,
        each: Sequence[cel.Expression],
        asked_by: Sequence[frozenset[str]],
        pieces: Sequence[Piece],
        ruled_out: Sequence[RuledOut],
    ) -> None:
        """`asked_by` are the facts that each may ask for; `ruled_out` is looked at in this order."""
        self._each, self.asked_by, self._pieces, self._ruled_out = each, asked_by, pieces, ruled_out
        self.asked = frozenset[str]().union(*asked_by)
        self._all = (1 << len(each)) - 1

    def held(self, facts: Mapping[str, Callable[[T], Value]], about: T) -> Held:
        """Evaluate them about something; `facts` find out each fact, once and only where it is asked for."""
        left, known = self._all, dict[str, Value]()
        for one in self._ruled_out:
            if left & one.asking:
                known[one.fact] = value = facts[one.fact](about)
                left &= ~one.by(value)
                if not left:
                    break
        if not left:
            return Held([], {}, known)

        def asked(names: frozenset[str]) -> Mapping[str, Value]:
            known.update({name: facts[name](about) for name in names - known.keys()})
            return {name: known[name] for name in names}

        return self._evaluated(left, asked, known)

    def _evaluated(
        self, left: int, asked: Callable[[frozenset[str]], Mapping[str, Value]], known: Mapping[str, Value]
    ) -> Held:
        if left.bit_count() <= ALONE_MAX:
            return self._one_by_one(left, asked, known)
        holds, alone = list[int](), 0
        for piece in self._pieces:
            if piece.places & left:
                found, problem = evaluated(piece.together, asked(piece.asked))
                alone |= 0 if problem is None else piece.places & left
                holds += [place for place in found or () if place >= 0]
        by_themselves = self._one_by_one(alone, asked, known)
        return Held(sorted([*holds, *by_themselves.holds]), by_themselves.failed, known)

    def _one_by_one(
        self, left: int, asked: Callable[[frozenset[str]], Mapping[str, Value]], known: Mapping[str, Value]
    ) -> Held:
        """Evaluate each for itself: few, or one of them fails, and must not take the others along."""
        holds, failed = list[int](), dict[int, str]()
        for place in _places(left):
            found, problem = evaluated(self._each[place], asked(self.asked_by[place]))
            if problem is not None:
                failed[place] = problem
            elif found:
                holds.append(place)
        return Held(holds, failed, known)


def _places(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
