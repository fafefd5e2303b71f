"""Answers that were accepted."""

from __future__ import annotations

from services.reporting.figures.figure import TIMES, Figure, counted
from shared.platforms import facts
from shared.said import Said

NAMES = ("solutions",)

SOLUTIONS = Figure(
    id="solutions_accepted",
    name=Said("Solutions accepted", "Принятые решения"),
    definition=Said("Answers that were accepted as the solution.", "Ответы, принятые как решение."),
    unit=TIMES,
    compute=counted(*NAMES),
    needs=(facts.SOLUTIONS,),
)
