"""Who wrote for the first time, and whether anybody answered."""

from __future__ import annotations

from services.reporting.figures.figure import MEMBERS, PER_CENT, Figure, Form, Sums, Value, per
from shared.platforms import facts
from shared.said import Said

ANSWERED_WITHIN_S = 24 * 3_600


def _answered(sums: Sums) -> Value:
    return per(int((sums.newcomers <= ANSWERED_WITHIN_S).sum()), len(sums.newcomers))  # NaN is not within


NEWCOMERS = Figure(
    id="newcomers",
    name=Said("Newcomers", "Новички"),
    definition=Said(
        "Members who wrote in a community for the first time. Bots, staff and the community itself are left out.",
        "Участники, впервые написавшие в сообществе. Боты, сотрудники и само сообщество не в счёт.",
    ),
    unit=MEMBERS,
    compute=lambda sums: len(sums.newcomers),
    needs=(facts.AUTHORS,),
)
ANSWERED = Figure(
    id="newcomers_answered",
    name=Said("Newcomers answered", "Новичкам ответили"),
    definition=Said(
        "Of the newcomers, those whose first content somebody else answered within 24 hours. An answer is a comment, "
        "an answer "
        "or a reply to it; what is said in a chat without replying to it cannot be told.",
        "Доля новичков, на первую публикацию которых кто-то ответил в течение 24 часов. Ответ — это комментарий, ответ или "
        "реплика именно на неё; сказанное в чате без ответа на сообщение распознать нельзя.",
    ),
    unit=PER_CENT,
    form=Form.SHARE,
    compute=_answered,
    needs=(facts.AUTHORS,),
)
