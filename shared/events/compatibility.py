"""Whether a changed contract still is the same version: it may gain types and optional fields, and nothing else.

A wider enumeration or a looser limit is a break as well: what a new writer sends, an old reader would refuse.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

Schema = dict[str, Any]

ANNOTATIONS = frozenset({"title", "description"})
"""Words for people; they may change."""

FIELDS = frozenset({"properties", "required"})
"""Compared field by field."""


class Bundles(NamedTuple):
    """The bundles that two nodes belong to."""

    old: Schema
    new: Schema


def breaks(old: Schema, new: Schema) -> tuple[str, ...]:
    """Return every change from bundle `old` to bundle `new` that a reader or a stored event would notice, with its place."""
    bundles, old_types, new_types = Bundles(old, new), types(old), types(new)
    return tuple(line for name in old_types for line in _type(name, old_types[name], new_types.get(name), bundles))


def types(bundle: Schema) -> dict[str, Schema]:
    """Return the events of the bundle by the name of their type; the names of our classes do not matter."""
    events = (_resolved(reference, bundle) for reference in bundle["anyOf"])
    return {event["properties"]["type"]["enum"][0]: event for event in events}


def _type(name: str, old: Schema, new: Schema | None, bundles: Bundles) -> Iterator[str]:
    if new is None:
        yield f"{name}: the type is gone"
    else:
        yield from _node(old, new, name, bundles)


def _node(old: Schema, new: Schema, at: str, bundles: Bundles) -> Iterator[str]:
    old, new = _resolved(old, bundles.old), _resolved(new, bundles.new)
    for key in sorted((old.keys() | new.keys()) - ANNOTATIONS - FIELDS):
        yield from _value(old.get(key), new.get(key), f"{at}/{key}", bundles)
    yield from _fields(old, new, at, bundles)


def _value(old: object, new: object, at: str, bundles: Bundles) -> Iterator[str]:
    match old, new:
        case dict(), dict():
            yield from _node(old, new, at, bundles)
        case list(), list() if len(old) == len(new):
            for number, (before, after) in enumerate(zip(old, new, strict=True)):
                yield from _value(before, after, f"{at}/{number}", bundles)
        case _ if old != new:
            yield f"{at}: {old!r} became {new!r}"
        case _:
            pass


def _fields(old: Schema, new: Schema, at: str, bundles: Bundles) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    needed, needs = set(old.get("required", ())), set(new.get("required", ()))
    for name in before:
        if name not in after:
            yield f"{at}.{name}: the field is gone"
        elif (name in needed) != (name in needs):
            yield f"{at}.{name}: became {'required' if name in needs else 'optional'}"
        else:
            yield from _node(before[name], after[name], f"{at}.{name}", bundles)
    yield from (f"{at}.{name}: a new field is required" for name in sorted(needs - before.keys()))


def _resolved(node: Schema, bundle: Schema) -> Schema:
    if "$ref" not in node:
        return node
    target: Schema = bundle["$defs"][node["$ref"].rpartition("/")[2]]
    return target
