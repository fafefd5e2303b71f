"""Why a text is no condition, in words for whoever wrote it: what CEL's errors mean, and what was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from shared.errors import Unprocessable
from shared.meant import meant, nearest

FUNCTIONS = ("all", "contains", "double", "endsWith", "exists", "exists_one", "int", "size", "startsWith", "string")
"""What conditions can do; CEL has more, of which nobody has asked for anything yet."""

_ALIASES: Mapping[str, str] = {
    **dict.fromkeys(("any", "some", "map", "filter"), "exists"),
    **dict.fromkeys(("every", "each"), "all"),
    **dict.fromkeys(("includes", "has", "indexOf", "in"), "contains"),
    **dict.fromkeys(("len", "length", "count"), "size"),
}
"""How other languages call them."""

_SIGNS: Mapping[str, str] = {
    "and": "&&",
    "&": "&&",
    "or": "||",
    "|": "||",
    "not": "!",
    "=": "==",
    "===": "==",
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
    "True": "true",
    "False": "false",
    **dict.fromkeys("“”„«»", '"'),
}
"""How other languages write them."""

_ODD_SIGN = re.compile(
    r"\b(?:(?i:and|or|not)|True|False)\b|===|<>|=>|=<|(?<!&)&(?!&)|(?<!\|)\|(?!\|)|(?<![=!<>])=(?!=)|[“”„«»]"
)

_TYPES: Mapping[str, str] = {
    "bool": "something true or false",
    "int": "a whole number",
    "double": "a number with a point",
    "string": "a text",
    "list(string)": "a list of texts",
    "map(string, int)": "a map from names to whole numbers",
    "map(string, double)": "a map from names to numbers with a point",
}
_NUMBERS = frozenset({"int", "double"})

_ERROR = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_UNKNOWN = re.compile(r"undeclared reference to '([^']+)'")
_OVERLOAD = re.compile(r"found no matching overload for '([^']+)' applied to '\((.*)\)'")
_UNREAD = re.compile(
    r"(?:mismatched|extraneous) input '(.+?)' expecting|token recognition error at: '(.+)'|at input '(.+)'|identifier: (.+)"
)
_UNENDED = re.compile(r"""token recognition error at: '["']""")
_TEXT = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|//[^\n]*')
_LAST = re.compile(r"(\w+|[^\w\s]+)\s*\Z")
_ARGUMENT = re.compile(r"(?:[^,()]|\([^()]*\))+")


class Misread(Unprocessable):
    """A condition is none: where, counted from 1, and why."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line, self.column = line, column


class Known(NamedTuple):
    """What conditions may ask for."""

    facts: Mapping[str, object]
    """By their names."""
    elsewhere: Mapping[str, str]
    """What is said to whoever asks for something that has another place, by its name."""


class _Told(NamedTuple):
    """An error as CEL tells it."""

    line: int
    column: int
    what: str


def of_type(type_: str) -> Misread:
    """Return what is said of a condition that is neither true nor false."""
    name = type_.lower().replace("<", "(").replace(">", ")")
    return Misread(f"a condition is true or false, and this is {_TYPES.get(name, name)}")


def misread(told: str, source: str, known: Known) -> Misread:
    """Return what CEL tells of a condition, as a person says it: the one error that says most."""
    errors = [_Told(int(line), int(column), what) for line, column, what in _ERROR.findall(told)]
    if not errors or errors[0].line < 1:
        return Misread("too deeply nested" if "recursion" in told else "not a condition")
    bare = _TEXT.sub(lambda found: " " * len(found[0]), source)
    return next(_explained(errors, bare, source, known), None) or Misread(*_place(errors[0].what, errors[0]))


def _place(said: str, told: _Told) -> tuple[str, int, int]:
    return said.removeprefix("Syntax error: "), told.line, told.column


def _explained(errors: list[_Told], bare: str, source: str, known: Known) -> Iterator[Misread]:
    """Yield what can be said of the errors, the best first."""
    unread = [one for one in errors if one.what.startswith(("Syntax error", "reserved"))]
    yield from (Misread("a text begins here and does not end", *one[:2]) for one in unread if _UNENDED.search(one.what))
    if unread or any(_UNKNOWN.search(one.what) for one in errors):
        yield from _signs(bare)
    yield from (Misread(*_place(_unread(one.what, bare), one)) for one in unread)
    unknown = [(one, found[1]) for one in errors if (found := _UNKNOWN.search(one.what))]
    yield from (_function(one, name, known) for one, name in unknown if _is_called(one, source))
    yield from (Misread(*_place(_unknown(name, known), one)) for one, name in unknown)
    yield from (Misread(*_place(_mixed(found[1], found[2]), one)) for one in errors if (found := _OVERLOAD.search(one.what)))


def _signs(bare: str) -> Iterator[Misread]:
    """Yield where a sign of another language stands."""
    for found in _ODD_SIGN.finditer(bare):
        line, column = bare.count("\n", 0, found.start()) + 1, found.start() - bare.rfind("\n", 0, found.start())
        sign = found[0] if found[0] in _SIGNS else found[0].lower()
        yield Misread(f"`{found[0]}` means nothing here; did you mean `{_SIGNS[sign]}`?", line, column)


def _is_called(told: _Told, source: str) -> bool:
    """Say whether an unknown name is that of a function: the place is then its bracket."""
    return source.split("\n")[told.line - 1][told.column - 1 : told.column] == "("


def _function(told: _Told, name: str, known: Known) -> Misread:
    column = max(1, told.column - len(name))
    if name in known.elsewhere:
        return Misread(f"there is no function `{name}`: {known.elsewhere[name]}", told.line, column)
    by_case = {one.lower(): one for one in FUNCTIONS} | {alias.lower(): one for alias, one in _ALIASES.items()}
    near = by_case.get(name.lower())
    hint = meant(name, FUNCTIONS) if near is None else f"; did you mean `{near}`?"
    return Misread(f"there is no function `{name}`{hint}", told.line, column)


def _unknown(name: str, known: Known) -> str:
    """Say what was meant by a name: of `text.lenght` a fact of `text`."""
    said = f"there is no `{name}`"
    if name in known.elsewhere:
        said = f"{said}: {known.elsewhere[name]}"
    head, dot, tail = name.partition(".")
    below = {fact.partition(".")[2]: fact for fact in known.facts if fact.startswith(f"{head}.")}
    if not below:
        return said + meant(name, known.facts)
    near = nearest(tail, below) if dot else None
    return f"{said}; did you mean `{below[near]}`?" if near else f"{said}; known are {', '.join(sorted(below.values()))}"


def _mixed(operator: str, types: str) -> str:
    """Say what does not go together."""
    name = operator.strip("_@")
    left, *rest = kinds = [_TYPES.get(type_.strip(), type_.strip()) for type_ in _arguments(types)]
    if set(_arguments(types)) == _NUMBERS:
        return f"`{name}` takes two numbers of a kind, and here are {left} and {rest[0]}: write `1.0` for 1, or `double(…)`"
    if name in FUNCTIONS and left == _TYPES["list(string)"]:
        return f'`{name}` is of a text, and this is a list: write `"…" in …`, or `….exists(one, …)`'
    if name in FUNCTIONS:
        return f"`{name}` does not go with {' and '.join(kinds)}"
    if name in {"&&", "||", "!"}:
        return f"`{name}` takes what is true or false, and here is {' and '.join(kinds)}"
    if name == "+" and set(kinds) != {_TYPES["int"]}:
        return "only numbers are added; texts and lists are not joined"
    return f"`{name.replace('_', '')}` does not go with {' and '.join(kinds)}"


def _arguments(types: str) -> list[str]:
    return [one.strip() for one in _ARGUMENT.findall(types)]


def _unread(what: str, bare: str) -> str:
    """Say where a condition stops being one."""
    if "missing ')'" in what:
        return "a `)` is missing"
    found = _UNREAD.search(what)
    if found is None:
        return what.removeprefix("Syntax error: ")
    word = next(filter(None, found.groups())).strip()
    if word != "<EOF>":
        return f"`{word}` is not expected here"
    last = _LAST.search(bare)
    return "a condition is missing" if last is None else f"it ends with `{last[1]}`, and something is missing behind it"
