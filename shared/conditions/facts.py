"""Facts: what conditions may ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

LIST_MAX = 50
"""Entries of a fact that is a list or a map: with LOOPS_MAX loops, half of what CEL's iteration budget allows (10,000)."""

Kind = Literal["bool", "int", "double", "string", "strings", "counts", "shares"]
"""`strings` is a list of texts; `counts` and `shares` are maps from names to whole numbers, and to others."""

Value = bool | int | float | str | Sequence[str] | Mapping[str, int] | Mapping[str, float]


class Fact(NamedTuple):
    """Something that conditions may ask for."""

    name: str
    """With a dot, for example `text.length`."""
    kind: Kind
    about: str
    """A sentence for whoever writes conditions."""
