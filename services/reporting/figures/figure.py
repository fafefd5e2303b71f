"""What a figure is: an id, words in two languages, and how it is computed from sums. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from msgspec import Struct

from shared.events import Envelope
from shared.platforms import Fact, tells
from shared.said import Said


class Sums(Struct, frozen=True):
    """What a period adds up to."""

    counts: Mapping[str, int]
    active: int
    """Distinct members who wrote something."""


class Count(NamedTuple):
    """What one event adds to its hour."""

    name: str
    n: int = 1


E_contra = TypeVar("E_contra", contravariant=True, bound=Envelope)
Counter = Callable[[E_contra], Count | None]
"""Says what an event counts for; None: for nothing."""


class Figure(Struct, frozen=True, kw_only=True):
    """One figure of the reports."""

    id: str
    name: Said
    definition: Said
    unit: Said
    compute: Callable[[Sums], int]
    needs: tuple[Fact, ...] = ()
    """Of these a platform must tell one; none: it is made of what every platform tells, or of our own decisions."""

    def is_told_by(self, platform: str) -> bool:
        """Return whether the platform can tell it: where it cannot, it is unknown, which is not zero."""
        return not self.needs or any(tells(platform, fact) for fact in self.needs)

    def of(self, sums: Sums, platforms: frozenset[str]) -> int | None:
        """Return the value, or None where none of the platforms tells it.

        What was counted all the same stands: the export of a history may tell more than the platform does.
        """
        value = self.compute(sums)
        untold = platforms and not any(map(self.is_told_by, platforms))
        return None if untold and not value else value


def counted(name: str) -> Callable[[Sums], int]:
    """Return how a figure is computed that is one count."""
    return lambda sums: sums.counts.get(name, 0)


def less(name: str, taken_back: str) -> Callable[[Sums], int]:
    """Return how a figure is computed that is one count less another."""
    return lambda sums: sums.counts.get(name, 0) - sums.counts.get(taken_back, 0)


MEMBERS = Said("members", "участники")
CONTENTS = Said("contents", "публикации")
REACTIONS = Said("reactions", "реакции")
POINTS = Said("points", "баллы")
TIMES = Said("times", "раз")
