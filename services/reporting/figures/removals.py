"""What moderation took away. A decision is kept on its own, so one that is taken back is gone from its hour."""

from __future__ import annotations

from services.reporting.figures.figure import CONTENTS, Figure, counted
from shared.said import Said

REMOVALS_COUNT = "removals"
VERDICTS = frozenset({"remove", "hide"})
"""Verdicts by which members no longer see a content."""

REMOVALS = Figure(
    id="removals",
    name=Said("Removals", "Удаления"),
    definition=Said(
        "Decisions of moderation to remove or hide a content, by the time of the decision; those taken back do not count, "
        "nor do those on imported history, by which nothing is removed.",
        "Решения модерации удалить или скрыть публикацию, по времени решения; отменённые не считаются, "
        "как и решения об импортированной истории: по ним ничего не удаляется.",
    ),
    unit=CONTENTS,
    compute=counted(REMOVALS_COUNT),
)
