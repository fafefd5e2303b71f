"""Conditions that people write into policies: CEL (https://cel.dev) over named, typed facts.

Conditions are evaluated together, as one expression: fifty cost little more than three. Those that cannot hold while a
fact is zero or empty, as some facts usually are, are not evaluated then. What would let one condition cost more than its
text suggests is not there: no texts or lists are joined (their size could double with every word), no list is gone through
inside another, and patterns have their own place, where they are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeVar

from cel_expr_python import cel

from shared.misread import Known, Misread, misread, of_type

CHARS_MAX = 1_000
"""Of one condition: people must be able to read it."""

LOOPS_MAX = 100
"""How often the conditions of a policy may go through a list, in all."""

LIST_MAX = 50
"""Entries of a fact that is a list or a map: with LOOPS_MAX loops, half of what CEL's iteration budget allows (10,000)."""

TOGETHER_CHARS_MAX = 50_000
"""Conditions in one expression: CEL takes twice as much."""

NOTHING: Mapping[str, str] = {}

T = TypeVar("T")
"""What facts are about."""

Kind = Literal["bool", "int", "double", "string", "strings", "counts", "shares"]
"""`strings` is a list of texts; `counts` and `shares` are maps from names to whole numbers, and to others."""

Value = bool | int | float | str | Sequence[str] | Mapping[str, int] | Mapping[str, float]

_TYPES: Mapping[Kind, cel.Type] = {
    "bool": cel.Type.BOOL,
    "int": cel.Type.INT,
    "double": cel.Type.DOUBLE,
    "string": cel.Type.STRING,
    "strings": cel.Type.List(cel.Type.STRING),
    "counts": cel.Type.Map(cel.Type.STRING, cel.Type.INT),
    "shares": cel.Type.Map(cel.Type.STRING, cel.Type.DOUBLE),
}

_ZERO: Mapping[Kind, Value] = {
    "bool": False,
    "int": 0,
    "double": 0.0,
    "string": "",
    "strings": [],
    "counts": {},
    "shares": {},
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
_SKIPPED = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|//[^\n]*')
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_DOT = re.compile(r"\s*\.\s*")
_PIECE = re.compile(r"\.\s*(?:all|exists|exists_one)\s*\(|[()]")


class Fact(NamedTuple):
    """Something that conditions may ask for."""

    name: str
    """With a dot, for example `text.length`."""
    kind: Kind
    about: str
    """A sentence for whoever writes conditions."""


class Group(NamedTuple):
    """Conditions that are evaluated together."""

    needs: str | None
    """Without this fact, when it is zero or empty, none of them holds."""
    together: Sequence[cel.Expression]
    """Each makes a list: the places of its conditions that hold, and -1 for the others."""
    each: Mapping[int, cel.Expression]
    """Every condition by its place."""
    asked: frozenset[str]


class Held(NamedTuple):
    """Which conditions hold, by their places; and those that could not be evaluated, each with its reason."""

    holds: Sequence[int]
    failed: Mapping[int, str]
    known: Mapping[str, Value] = {}
    """The facts that were found out, by their names: all that those which hold may have asked for."""


class Language:
    """What conditions may be made of."""

    def __init__(
        self, facts: Sequence[Fact], rare: Collection[str] = frozenset(), elsewhere: Mapping[str, str] = NOTHING
    ) -> None:
        """`rare` are the facts that usually are zero or empty; `elsewhere` says of other names where that is asked for."""
        self.facts = {fact.name: fact for fact in facts}
        self._known = Known(self.facts, elsewhere)
        self._rare = [fact for fact in facts if fact.name in rare]
        types = {fact.name: _TYPES[fact.kind] for fact in facts}
        self._env = cel.NewEnv(config=cel.NewEnvConfigFromYaml(_WITHOUT), variables=types)

    def check(self, source: str) -> None:
        """Raise Misread where this is no condition."""
        if len(source) > CHARS_MAX:
            raise Misread(f"a condition has at most {CHARS_MAX} characters")
        if _ODD_STRING.search(_bare(source)):
            raise Misread("texts stand in plain quotes, without a letter before them")
        if any(_loops(source)):
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
        loops = sum(len(list(_loops(source))) for source in sources)
        if loops > LOOPS_MAX:
            raise Misread(f"the conditions of a policy go through lists at most {LOOPS_MAX} times, these {loops} times")
        each = list(map(self._env.compile, sources))
        needs = [self._needed(expression, source) for expression, source in zip(each, sources, strict=True)]
        groups = []
        for need in dict.fromkeys(needs):
            places = [place for place, other in enumerate(needs) if other == need]
            together = [self._together(piece) for piece in _pieces([(place, sources[place]) for place in places])]
            asked = self._asked([sources[place] for place in places])
            groups.append(Group(need, together, {place: each[place] for place in places}, asked))
        return Conditions(groups, [self._asked([source]) for source in sources])

    def _needed(self, expression: cel.Expression, source: str) -> str | None:
        """Return a rare fact without which the condition cannot hold, if there is one.

        It is found by evaluating with this fact alone, zero or empty: where that already is false, whatever else is asked
        for could change nothing, for CEL's `&&` is false if one side is, and be the other an error.
        """
        asked = self._asked([source])
        for fact in self._rare:
            if fact.name in asked and _evaluated(expression, {fact.name: _ZERO[fact.kind]}) == (False, None):
                return fact.name
        return None

    def _asked(self, sources: Sequence[str]) -> frozenset[str]:
        """Return the facts that may be meant by conditions: all whose names stand in them."""
        names = {name for source in sources for name in _NAME.findall(_DOT.sub(".", _bare(source).replace("`", "")))}
        return frozenset(name for name in self.facts if any(f"{one}.".startswith(f"{name}.") for one in names))

    def _together(self, piece: Sequence[tuple[int, str]]) -> cel.Expression:
        return self._env.compile("[" + ",\n".join(f"({source}\n) ? {place} : -1" for place, source in piece) + "]")


class Conditions:
    """Conditions of one policy."""

    def __init__(self, groups: Sequence[Group], asked_by: Sequence[frozenset[str]]) -> None:
        """`asked_by` are the facts that each may ask for, by its place."""
        self._groups, self.asked_by = groups, asked_by
        self.asked = frozenset[str]().union(*asked_by)
        self._needs = tuple(group.needs for group in groups if group.needs is not None)

    def held(self, facts: Mapping[str, Callable[[T], Value]], about: T) -> Held:
        """Evaluate all of them about something; `facts` find out each fact, once and only where it is asked for."""
        known = {name: facts[name](about) for name in self._needs}
        holds: list[int] = []
        failed: dict[int, str] = {}
        for group in self._groups:
            if group.needs is None or known[group.needs]:
                known |= {name: facts[name](about) for name in group.asked - known.keys()}
                found = _held(group, {name: known[name] for name in group.asked})
                holds += found.holds
                failed |= found.failed
        return Held(sorted(holds), failed, known)


def _held(group: Group, facts: Mapping[str, Value]) -> Held:
    places: list[int] = []
    for expression in group.together:
        found, problem = _evaluated(expression, facts)
        if problem is not None:
            return _one_by_one(group, facts)
        places += found
    return Held([place for place in places if place >= 0], {})


def _one_by_one(group: Group, facts: Mapping[str, Value]) -> Held:
    """Evaluate each for itself: one of them fails, and must not take the others along."""
    holds: list[int] = []
    failed: dict[int, str] = {}
    for place, expression in group.each.items():
        found, problem = _evaluated(expression, facts)
        if problem is not None:
            failed[place] = problem
        elif found:
            holds.append(place)
    return Held(holds, failed)


def _evaluated(expression: cel.Expression, facts: Mapping[str, Value]) -> tuple[Any, str | None]:
    """Return a value, or why there is none."""
    try:
        found = expression.eval(data=facts)
    except RuntimeError as error:  # the iteration budget, or a value that is not of its fact's type
        return None, str(error).partition(": ")[2]
    value = found.plain_value()
    if isinstance(value, str):  # no condition is a text, and an error is told as one
        return None, value.partition(": ")[2]
    return value, None


def _pieces(sources: Sequence[tuple[int, str]]) -> Iterator[Sequence[tuple[int, str]]]:
    """Yield conditions with their places, so many together as one expression may hold."""
    piece: list[tuple[int, str]] = []
    size = 0
    for place, source in sources:
        if piece and size + len(source) > TOGETHER_CHARS_MAX:
            yield piece
            piece, size = [], 0
        piece.append((place, source))
        size += len(source)
    if piece:
        yield piece


def _bare(source: str) -> str:
    """Return a condition with nothing in its texts, and without its comments: both may hold whatever looks like code."""
    return _SKIPPED.sub(lambda found: " " if found[0].startswith("//") else '""', source)


def _loops(source: str) -> Iterator[int]:
    """Yield, for each time that a condition goes through a list, inside how many others it does so."""
    open_: list[bool] = []
    for found in _PIECE.finditer(_bare(source)):
        if found[0] == ")":
            del open_[-1:]
            continue
        if found[0] != "(":
            yield sum(open_)
        open_.append(found[0] != "(")
