"""What moderation did: how much, how often it was wrong, how soon it was carried out. A decision is kept on its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from services.reporting.figures.buckets.ruling import Ruling
from services.reporting.figures.figure import (
    CONTENTS,
    DURATION,
    OF_DECISIONS,
    OF_RECEIPTS,
    PER_CENT,
    TIMES,
    Figure,
    Form,
    Sums,
    Value,
    middle,
    per,
)
from shared.said import Said


def _present(rulings: Iterable[Ruling]) -> Iterator[Ruling]:
    """Yield the decisions by which something could happen: those on imported history are none."""
    return (one for one in rulings if not one.imported)


def _decisions(sums: Sums) -> int:
    return sum(1 for _ in _present(sums.rulings))


def _removals(sums: Sums) -> Value:
    return sum(1 for one in _present(sums.rulings) if one.takes_away and not one.reversed)


def _overturned(sums: Sums) -> Value:
    wrong = sum(1 for one in _present(sums.rulings) if one.reversed and not one.replaced)
    return per(wrong, _decisions(sums))


def _by_staff(sums: Sums) -> Value:
    return sum(1 for one in _present(sums.rulings) if one.by_staff)


def _to_action(sums: Sums) -> Value:
    done = (one for one in _present(sums.rulings) if one.second is not None and one.done_s is not None)
    return middle(np.array([max(0.0, (one.done_s or 0.0) - (one.second or 0.0)) for one in done]))


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
    compute=_removals,
    topics=OF_DECISIONS,
)
DECIDED = Figure(
    id="decisions",
    name=Said("Decisions", "Решения модерации"),
    definition=Said(
        "Decisions of moderation, of rules and of people, by the time of the decision; those on imported history do "
        "not count.",
        "Решения модерации, правил и людей, по времени решения; решения об импортированной истории не считаются.",
    ),
    unit=TIMES,
    compute=_decisions,
    topics=OF_DECISIONS,
)
BY_STAFF = Figure(
    id="decisions_staff",
    name=Said("Decisions of people", "Решения людей"),
    definition=Said("Of the decisions, those that a moderator made.", "Из решений — принятые модераторами."),
    unit=TIMES,
    compute=_by_staff,
    topics=OF_DECISIONS,
)
OVERTURNED = Figure(
    id="overturn_rate",
    name=Said("Overturned", "Отменено решений"),
    definition=Said(
        "Of the decisions of the period, those that were taken back by now. One that another decision replaced is not "
        "among them.",
        "Доля решений периода, которые уже отменены. Заменённые другим решением сюда не входят.",
    ),
    unit=PER_CENT,
    form=Form.SHARE,
    compute=_overturned,
    topics=OF_DECISIONS,
)
TO_ACTION = Figure(
    id="time_to_action",
    name=Said("Time to action", "Время до действия"),
    definition=Said(
        "Half of the decisions that were carried out on a platform were so within this time: of rules from the content "
        "itself, "
        "of people from their decision, to the platform's answer.",
        "За это время исполнена на платформе половина исполненных решений: решения правил — от самой публикации, решения "
        "людей — от решения, до ответа платформы.",
    ),
    unit=DURATION,
    form=Form.SECONDS,
    compute=_to_action,
    topics=(*OF_DECISIONS, *OF_RECEIPTS),
)
