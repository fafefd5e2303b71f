"""Answers that were accepted."""

from __future__ import annotations

from services.reporting.figures.figure import TIMES, Count, Figure, counted
from shared.events.community import SolutionAccepted
from shared.platforms import facts
from shared.said import Said

_ONE = Count("solutions")


def count(event: SolutionAccepted) -> Count:
    """Count an accepted answer."""
    del event
    return _ONE


SOLUTIONS = Figure(
    id="solutions_accepted",
    name=Said("Solutions accepted", "Принятые решения"),
    definition=Said("Answers that were accepted as the solution.", "Ответы, принятые как решение."),
    unit=TIMES,
    compute=counted("solutions"),
    needs=(facts.SOLUTIONS,),
)
