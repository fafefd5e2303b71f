"""Reactions: put on, taken back, and what is left of both.

A reaction without an actor tells a total (`count`: how many now), and so does a measured content (`reactions`). Such totals
are kept by content, and what they grew by is counted in the hour in which they were told: see `buckets/total.py`.
"""

from __future__ import annotations

from services.reporting.figures.figure import REACTIONS as UNIT
from services.reporting.figures.figure import Count, Figure, Sums, counted
from shared.events.community import ReactionAdded, ReactionRemoved
from shared.platforms import facts
from shared.said import Said

ADDED, REMOVED = Count("reactions_added"), Count("reactions_removed")
GROWN = "reactions_grown"
"""What totals without names grew by; negative where they shrank."""


def added(event: ReactionAdded) -> Count | None:
    """Count one reaction; a total is no reaction of one member."""
    return None if event.data.count is not None else ADDED


def removed(event: ReactionRemoved) -> Count | None:
    """Count one reaction taken back."""
    return None if event.data.count is not None else REMOVED


def _net(sums: Sums) -> int:
    counts = sums.counts
    return counts.get(ADDED.name, 0) + counts.get(GROWN, 0) - counts.get(REMOVED.name, 0)


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
    id="reactions_removed",
    name=Said("Reactions taken back", "Снятые реакции"),
    definition=Said("Reactions that a member took back.", "Реакции, которые участник снял."),
    unit=UNIT,
    compute=counted(REMOVED.name),
    needs=(facts.REACTIONS_REMOVED,),
)
