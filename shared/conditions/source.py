"""What can be told of a condition from its text, without evaluating it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_SKIPPED = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|//[^\n]*')
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_DOT = re.compile(r"\s*\.\s*")
_PIECE = re.compile(r"\.\s*(?:all|exists|exists_one)\s*\(|[()]")
_COMPARED = r"(?:^|[(?:]|&&|\|\|)\s*{name}\s*(?:<=?|>=?|==|!=)\s*(-?\d+(?:\.\d+)?)\s*(?=$|[)?:]|&&|\|\|)"
"""A fact compared with a number, and nothing else done to either."""


def bare(source: str) -> str:
    """Return a condition with nothing in its texts, and without its comments: both may hold whatever looks like code."""
    return _SKIPPED.sub(lambda found: " " if found[0].startswith("//") else '""', source)


def names(source: str) -> list[str]:
    """Return all names that stand in a condition, dots and all."""
    return _NAME.findall(_DOT.sub(".", bare(source).replace("`", "")))


def loops(source: str) -> Iterator[int]:
    """Yield, for each time that a condition goes through a list, inside how many others it does so."""
    open_: list[bool] = []
    for found in _PIECE.finditer(bare(source)):
        if found[0] == ")":
            del open_[-1:]
            continue
        if found[0] != "(":
            yield sum(open_)
        open_.append(found[0] != "(")


def compared(source: str, name: str) -> Sequence[str] | None:
    """Return the numbers that a fact is compared with; None where it stands in any other way, or in another writing."""
    text = bare(source)
    found: list[str] = re.findall(_COMPARED.format(name=re.escape(name)), text)
    return found if len(found) == names(source).count(name) == len(re.findall(rf"{re.escape(name)}\b", text)) else None
