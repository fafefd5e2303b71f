"""Complaints about content."""

from __future__ import annotations

from services.reporting.figures.figure import TIMES, Count, Figure, counted
from shared.events.community import ContentFlagged
from shared.platforms import facts
from shared.said import Said

_ONE = Count("complaints")


def count(event: ContentFlagged) -> Count:
    """Count a complaint."""
    del event
    return _ONE


COMPLAINTS = Figure(
    id="complaints",
    name=Said("Complaints", "Жалобы"),
    definition=Said("Complaints about content, each one.", "Жалобы на публикации, каждая в отдельности."),
    unit=TIMES,
    compute=counted("complaints"),
    needs=(facts.COMPLAINTS, facts.COMMANDS),  # members report by a command where the platform tells none
)
