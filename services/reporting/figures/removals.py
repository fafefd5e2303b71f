"""What moderation took away. A decision is kept on its own, so one that is taken back is gone from its hour."""

from __future__ import annotations

from services.reporting.figures.figure import CONTENTS, Figure, counted
from shared.said import Said

REMOVALS_COUNT = "removals"

REMOVALS = Figure(
    id="removals",
    name=Said("Removals", "Удаления"),
    definition=Said(
        "Decisions of moderation by which members no longer see a content (held, hidden or removed, alone or because its "
        "author was muted or banned), by the time of the decision; those taken back do not count, nor do those on imported "
        "history, by which nothing is removed.",
        "Решения модерации, из-за которых участники не видят публикацию (задержана, скрыта или удалена, сама по себе или "
        "потому что автор заглушён или заблокирован), по времени решения; отменённые не считаются, как и решения об "
        "импортированной истории: по ним ничего не удаляется.",
    ),
    unit=CONTENTS,
    compute=counted(REMOVALS_COUNT),
)
