"""Complaints about content."""

from __future__ import annotations

from services.reporting.figures.figure import TIMES, Figure, counted
from shared.platforms import facts
from shared.said import Said

NAMES = ("complaints",)

COMPLAINTS = Figure(
    id="complaints",
    name=Said("Complaints", "Жалобы"),
    definition=Said("Complaints about content, each one.", "Жалобы на публикации, каждая в отдельности."),
    unit=TIMES,
    compute=counted(*NAMES),
    needs=(facts.COMPLAINTS, facts.COMMANDS),  # members report by a command where the platform tells none
)
