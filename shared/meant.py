"""What was meant by a name that nobody knows: the fields of a type at a place, and the nearest of them."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
"""One step of a path as msgspec tells it: a field's name, or a place in a list."""

UNKNOWN = re.compile(r"unknown field `(.+?)`")
WRONG = re.compile(r"Invalid enum value '(.+?)'")
"""How msgspec names a field that the type does not have, and a value that is none of those allowed."""


NAME_CHARS_MAX = 64
"""No name of ours is as long, and comparing a longer one costs by its length."""


def hint(message: str, type_: type[Any], path: str) -> str:
    """Return what was meant by a field that is unknown, or by a value that is none of those allowed, at a path of the type.

    `message` is msgspec's; empty where it says something else.
    """
    info: Any = _described(type_)  # type: ignore[arg-type] # types are hashable
    for name, _ in STEP.findall(path):
        info = _inner(info, name)
    if unknown := UNKNOWN.search(message):
        return meant(unknown.group(1), (field.encode_name for struct in _structs(info) for field in struct.fields))
    if "matching regex" in message or "Expected `str" in message:
        return "".join(f"; {told}" for told in _forms(info))
    if wrong := WRONG.search(message):
        return meant(wrong.group(1), _values(info))
    return ""


@functools.cache
def _described(type_: type[Any]) -> msgspec.inspect.Type:
    """Describe a type once: a sender may be wrong a thousand times in a batch."""
    return msgspec.inspect.type_info(type_)


def meant(name: str, known: Iterable[str]) -> str:
    """Return the known name that is nearest, as a question, or else all of them."""
    names = sorted(known)
    close = nearest(name, names)
    return f"; did you mean `{close}`?" if close is not None else f"; known are {', '.join(names)}"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is nearest; None where none is near."""
    close = difflib.get_close_matches(name, sorted(known), 1) if len(name) <= NAME_CHARS_MAX else []
    return close[0] if close else None


def _values(info: Any) -> Iterator[str]:  # noqa: ANN401 - msgspec's description of a type
    for candidate in getattr(info, "types", (info,)):
        if isinstance(candidate, msgspec.inspect.LiteralType):
            yield from map(str, candidate.values)
        elif isinstance(candidate, msgspec.inspect.EnumType):
            yield from (str(member.value) for member in candidate.cls)


def _forms(info: Any) -> Iterator[str]:  # noqa: ANN401 - msgspec's description of a type
    """Yield what is said of a text's form."""
    for candidate in (info, *getattr(info, "types", ())):
        if isinstance(candidate, msgspec.inspect.Metadata):
            told = (candidate.extra_json_schema or {}).get("description")
            if told:
                yield told


def _inner(info: Any, name: str) -> Any:  # noqa: ANN401
    if not name:
        return _item(info)
    for struct in _structs(info):
        for field in struct.fields:
            if field.encode_name == name:
                return field.type
    return info


def _item(info: Any) -> Any:  # noqa: ANN401
    for candidate in getattr(info, "types", (info,)):
        if hasattr(candidate, "item_type"):
            return candidate.item_type
    return info


def _structs(info: Any) -> Iterator[Any]:  # noqa: ANN401
    for candidate in getattr(info, "types", (info,)):
        if isinstance(candidate, msgspec.inspect.StructType):
            yield candidate
