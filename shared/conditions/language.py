"""Conditions that people write into policies: CEL (https://cel.dev) over named, typed facts.

What would let one condition cost more than its text suggests is not there: no texts or lists are joined (their size could
double with every word), no list is gone through inside another, and patterns have their own place, where they are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from cel_expr_python import cel

from shared.conditions.conditions import Conditions, Piece
from shared.conditions.facts import Fact, Kind
from shared.conditions.misread import Known, Misread, misread, of_type
from shared.conditions.ruled_out import RuledOut, ruled_out
from shared.conditions.source import bare, loops, names

CHARS_MAX = 1_000
"""Of one condition: people must be able to read it."""

LOOPS_MAX = 100
"""How often the conditions of a policy may go through a list, in all."""

TOGETHER_CHARS_MAX = 50_000
"""Conditions in one expression: CEL takes twice as much."""

NOTHING: Mapping[str, str] = {}

_TYPES: Mapping[Kind, cel.Type] = {
    "bool": cel.Type.BOOL,
    "int": cel.Type.INT,
    "double": cel.Type.DOUBLE,
    "string": cel.Type.STRING,
    "strings": cel.Type.List(cel.Type.STRING),
    "counts": cel.Type.Map(cel.Type.STRING, cel.Type.INT),
    "shares": cel.Type.Map(cel.Type.STRING, cel.Type.DOUBLE),
}

_WITHOUT = """
name: conditions
stdlib:
  exclude_macros: [map, filter]
  exclude_functions:
    - name: _+_
      overloads: [{id: add_string}, {id: add_bytes}, {id: add_list}]
    - name: matches
"""

_ODD_STRING = re.compile(r"""\b(?i:r|b|rb|br)["']|"{3}|'{3}""")


class Language:
    """What conditions may be made of."""

    def __init__(self, facts: Sequence[Fact], elsewhere: Mapping[str, str] = NOTHING) -> None:
        """`elsewhere` says of other names where that is asked for."""
        self.facts = {fact.name: fact for fact in facts}
        self._known = Known(self.facts, elsewhere)
        types = {fact.name: _TYPES[fact.kind] for fact in facts}
        self._env = cel.NewEnv(config=cel.NewEnvConfigFromYaml(_WITHOUT), variables=types)

    def check(self, source: str) -> None:
        """Raise Misread where this is no condition."""
        if len(source) > CHARS_MAX:
            raise Misread(f"a condition has at most {CHARS_MAX} characters")
        if _ODD_STRING.search(bare(source)):
            raise Misread("texts stand in plain quotes, without a letter before them")
        if any(loops(source)):
            raise Misread("a list is gone through inside another")
        try:
            found = self._env.compile(source)
        except RuntimeError as error:
            raise misread(str(error), source, self._known) from error
        if found.return_type() != cel.Type.BOOL:
            raise of_type(found.return_type().name())

    def compiled(self, sources: Sequence[str]) -> Conditions:
        """Return the conditions, ready to be evaluated. Raises Misread where one is none, or all together are too much."""
        for source in sources:
            self.check(source)
        times = sum(len(list(loops(source))) for source in sources)
        if times > LOOPS_MAX:
            raise Misread(f"the conditions of a policy go through lists at most {LOOPS_MAX} times, these {times} times")
        each, asked_by = list(map(self._env.compile, sources)), list(map(self._asked, sources))
        pieces = [
            Piece(
                sum(1 << place for place in piece),
                self._together({place: sources[place] for place in piece}),
                frozenset[str]().union(*(asked_by[place] for place in piece)),
            )
            for piece in _pieces(sources)
        ]
        return Conditions(each, asked_by, pieces, self._ruled_out(each, asked_by, sources))

    def _ruled_out(
        self, each: Sequence[cel.Expression], asked_by: Sequence[frozenset[str]], sources: Sequence[str]
    ) -> Sequence[RuledOut]:
        """Return what facts rule out; first those that rule out most of what the ones before leave."""
        found = [
            ruled_out(fact, {place: one for place, one in enumerate(each) if fact.name in asked_by[place]}, sources)
            for fact in self.facts.values()
        ]
        left, ordered = [one for one in found if any(one.at)], list[RuledOut]()
        open_ = (1 << len(each)) - 1
        while left:
            best = max(left, key=lambda one: (one.usually & open_).bit_count())
            open_ &= ~best.usually
            left.remove(best)
            ordered.append(best)
        return ordered

    def _asked(self, source: str) -> frozenset[str]:
        """Return the facts that may be meant by a condition: all whose names stand in it."""
        found = names(source)
        return frozenset(name for name in self.facts if any(f"{one}.".startswith(f"{name}.") for one in found))

    def _together(self, piece: Mapping[int, str]) -> cel.Expression:
        return self._env.compile("[" + ",\n".join(f"({source}\n) ? {place} : -1" for place, source in piece.items()) + "]")


def _pieces(sources: Sequence[str]) -> Iterator[Sequence[int]]:
    """Yield the places of conditions, so many together as one expression may hold."""
    piece: list[int] = []
    size = 0
    for place, source in enumerate(sources):
        if piece and size + len(source) > TOGETHER_CHARS_MAX:
            yield piece
            piece, size = [], 0
        piece.append(place)
        size += len(source)
    if piece:
        yield piece
