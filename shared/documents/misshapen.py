"""All that is wrong with a document's shape: msgspec tells the first mistake, so it is taken out, and the rest looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from shared.meant import STEP, UNKNOWN

WRONG_MAX = 20
"""Mistakes that are told at once: nobody mends more before trying again."""

_SHORT = re.compile(r"array` of length (>=|[0-9])")
_MISSING = re.compile(r"missing required field `(.+?)`")


class Wrong(NamedTuple):
    """A mistake as msgspec tells it, and the path to it (`.events[0].type`; empty: the top)."""

    message: str
    path: str


class _Looked:
    """A document from which mistakes are taken out, one by one."""

    def __init__(self, plain: Any) -> None:  # noqa: ANN401 - whatever YAML holds
        self._plain = plain
        self._places: dict[int, list[int]] = {}
        """By a list's identity: where each of its entries stood before any was taken out."""
        self._taken: set[tuple[int, str]] = set()
        """Fields that were taken out, by the identity of their object."""

    def at(self, path: str) -> tuple[list[Any], str]:
        """Return what stands along a path, from the top to its end, and the path as it was before."""
        along, told = [self._plain], ""
        for name, index in STEP.findall(path):
            here = along[-1]
            if name:
                told += f".{name}"
                along.append(here[name])
            else:
                told += f"[{self._places.get(id(here), range(len(here)))[int(index)]}]"
                along.append(here[int(index)])
        return along, told

    def is_ours(self, message: str, here: object) -> bool:
        """Say whether a field is missing, or a list too short, only because of what was taken out."""
        if _SHORT.search(message) and id(here) in self._places:
            return True
        missing = _MISSING.search(message)
        return missing is not None and (id(here), missing[1]) in self._taken

    def take_out(self, message: str, path: str, along: list[Any]) -> bool:
        """Take out what is wrong; say whether there was anything to take out."""
        unknown = UNKNOWN.search(message)
        if unknown is not None and isinstance(along[-1], dict):
            del along[-1][unknown[1]]
            return True
        steps = STEP.findall(path)
        if not steps:
            return False
        (name, index), above = steps[-1], along[-2]
        if name:
            self._taken.add((id(above), name))
        else:
            self._places.setdefault(id(above), list(range(len(above)))).pop(int(index))
        del above[name or int(index)]
        return True


def wrongs(plain: object, type_: type[Any]) -> Iterator[Wrong]:
    """Yield what is wrong, 20 mistakes at most. The document is of no use afterwards."""
    looked, told = _Looked(plain), 0
    while told < WRONG_MAX:
        try:
            msgspec.convert(plain, type_)
        except msgspec.ValidationError as error:
            message, _, place = str(error).partition(" - at ")
            path = place.strip("`").removeprefix("$").partition("[...]")[0]  # of a map's value, the map
            along, stood = looked.at(path)
            if not looked.is_ours(message, along[-1]):
                told += 1
                yield Wrong(message, stood)
            if not looked.take_out(message, path, along):
                return
        else:
            return
