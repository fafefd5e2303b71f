"""Points as the ledger posted them: what was really applied, after caps."""

from __future__ import annotations

from services.reporting.figures.figure import OF_LEDGER, POINTS, Counts, Figure, counted, less
from shared.errors import Unprocessable
from shared.events.engagement import PointsClawedBack, PointsExpired, PointsGranted, PointsRestored, PointsSpent
from shared.said import Said

Posted = PointsGranted | PointsClawedBack | PointsRestored | PointsSpent | PointsExpired

MOVED = frozenset({"@received", "@sent", "@refunded"})
"""Rules, so to say, by which points were there before: from or to another member, or of an order that was given back."""

SIGNED: dict[type[Posted], tuple[str, int]] = {
    PointsGranted: ("points_granted", 1),
    PointsClawedBack: ("points_clawed_back", -1),
    PointsRestored: ("points_restored", 1),
    PointsSpent: ("points_spent", -1),
    PointsExpired: ("points_expired", -1),
}
"""Under which name the hours keep what was posted, and its sign there."""

NAMES = (*(name for name, _ in SIGNED.values()), "points_given_back")


def counts(event: Posted) -> Counts:
    """Return what an entry counts for. Raises Unprocessable where it does not say what was applied."""
    applied = event.data.applied
    if applied is None and event.data.rule in MOVED:
        return ()
    if applied is None:
        raise Unprocessable("an entry of the ledger does not say what was applied")
    if event.data.rule == "@refunded":
        return (("points_given_back", applied),) if applied else ()
    name, sign = SIGNED[type(event)]
    return ((name, sign * applied),) if applied and event.data.rule not in MOVED else ()


ISSUED = Figure(
    id="points_issued",
    name=Said("Points issued", "Начислено баллов"),
    definition=Said(
        "Points granted to members, after daily caps.", "Баллы, начисленные участникам, с учётом дневных лимитов."
    ),
    unit=POINTS,
    compute=counted("points_granted"),
    topics=OF_LEDGER,
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
    topics=OF_LEDGER,
)
SPENT = Figure(
    id="points_spent",
    name=Said("Points spent", "Потрачено баллов"),
    definition=Said(
        "Points spent on orders and goals, less those given back in the same period. What members send to each other "
        "is not spent.",
        "Баллы, потраченные на заказы и общие цели, за вычетом возвращённых за тот же период. Переводы между участниками — "
        "не траты.",
    ),
    unit=POINTS,
    compute=less("points_spent", "points_given_back"),
    topics=OF_LEDGER,
)
EXPIRED = Figure(
    id="points_expired",
    name=Said("Points expired", "Сгорело баллов"),
    definition=Said("Points that nobody spent in time.", "Баллы, которые не потратили вовремя."),
    unit=POINTS,
    compute=counted("points_expired"),
    topics=OF_LEDGER,
)
