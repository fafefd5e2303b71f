"""Reactions: put on, taken back, and what is left of both.

A reaction without an actor tells a total (`count`: how many now), and so does a measured content (`reactions`). Such totals
are kept by content, and what they grew by is counted in the hour in which they were told: see `buckets/total.py`.
"""

from __future__ import annotations

from services.reporting.figures.figure import REACTIONS as UNIT
from services.reporting.figures.figure import Figure, Sums, Value, counted
from shared.platforms import facts
from shared.said import Said

ADDED, REMOVED = "reactions_added", "reactions_removed"
GROWN = "reactions_grown"
"""What totals without names grew by; negative where they shrank."""

NAMES = (ADDED, REMOVED)


def net(sums: Sums) -> int:
    """Return the reactions put on, less those taken back."""
    counts = sums.counts
    return counts.get(ADDED, 0) + counts.get(GROWN, 0) - counts.get(REMOVED, 0)


def _net(sums: Sums) -> Value:
    return net(sums)


REACTIONS = Figure(
    id="reactions",
    name=Said("Reactions", "Реакции"),
    definition=Said(
        "Reactions put on content, less those taken back in the same period; totals without names by what they grew.",
        "Поставленные реакции за вычетом снятых за тот же период; безымянные счётчики — по их приросту.",
    ),
    unit=UNIT,
    compute=_net,
    needs=(facts.REACTIONS,),
)
REACTIONS_REMOVED = Figure(
    id=REMOVED,
    name=Said("Reactions taken back", "Снятые реакции"),
    definition=Said("Reactions that a member took back.", "Реакции, которые участник снял."),
    unit=UNIT,
    compute=counted(REMOVED),
    needs=(facts.REACTIONS_REMOVED,),
)
