"""Points as the ledger posted them: what was really applied, after caps."""

from __future__ import annotations

from services.reporting.figures.figure import POINTS, Count, Counter, Figure, counted, less
from shared.errors import Unprocessable
from shared.events.engagement import PointsClawedBack, PointsGranted, PointsRestored
from shared.said import Said

Posted = PointsGranted | PointsClawedBack | PointsRestored

MOVED = frozenset({"@received", "@refunded"})
"""Rules, so to say, by which points were there before: from another member, or of an order that was given back."""


def _counter(name: str, sign: int) -> Counter[Posted]:
    def count(event: Posted) -> Count | None:
        applied = event.data.applied
        if event.data.rule in MOVED:
            return None
        if applied is None:
            raise Unprocessable("an entry of the ledger does not say what was applied")
        return Count(name, sign * applied) if applied else None

    return count


granted = _counter("points_granted", 1)
clawed_back = _counter("points_clawed_back", -1)
restored = _counter("points_restored", 1)

ISSUED = Figure(
    id="points_issued",
    name=Said("Points issued", "Начислено баллов"),
    definition=Said(
        "Points granted to members, after daily caps.", "Баллы, начисленные участникам, с учётом дневных лимитов."
    ),
    unit=POINTS,
    compute=counted("points_granted"),
)
CLAWED_BACK = Figure(
    id="points_clawed_back",
    name=Said("Points clawed back", "Отозвано баллов"),
    definition=Said(
        "Points taken back because their reason is gone, less those restored in the same period.",
        "Баллы, отозванные из-за отпавшего основания, за вычетом возвращённых за тот же период.",
    ),
    unit=POINTS,
    compute=less("points_clawed_back", "points_restored"),
)
