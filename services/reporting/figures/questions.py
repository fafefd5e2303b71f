"""Questions: how many, how soon they are answered, by anybody and by the brand's own people, and how soon solved."""

from __future__ import annotations

from services.reporting.figures.figure import DURATION, PER_CENT, Figure, Form, Sums, Value, came, middle, per
from shared.events.community import Content
from shared.platforms import facts
from shared.said import Said

UNIT = Said("questions", "вопросы")

MARKS = ("?", "？", "؟")

ASKING_KINDS = frozenset({"post", "message", None})
"""Kinds of content in which a question mark makes a question. A comment with one is talk about something else."""


def is_question(content: Content) -> bool:
    """Return whether a content asks something: a question by kind, or a member's own message with a question mark.

    What answers another content is a part of its talk; what the brand's own people, bots and commands say asks nobody.
    """
    text, actor = content.text or "", content.actor
    if content.kind != "question" and not ("?" in text or "？" in text or "؟" in text):
        return False  # as is mostly so
    if actor is not None and (actor.bot or actor.role in {"staff", "community"}):
        return False
    if content.kind == "question":
        return True
    if content.kind not in ASKING_KINDS or content.parent is not None or content.command is not None or content.asks:
        return False
    spoken = _without_links(text)
    return any(mark in spoken for mark in MARKS)


def _without_links(text: str) -> str:
    return " ".join(word for word in text.split() if "://" not in word)


def _unanswered(sums: Sums) -> Value:
    return len(sums.questions.answered) - came(sums.questions.answered)


def _solved(sums: Sums) -> Value:
    return per(came(sums.questions.solved), len(sums.questions.solved))


_HOW = Said(
    "A question is content of that kind, or a post or message with a question mark by a member; an answer is an answer or a "
    "reply to it by somebody else.",
    "Вопрос — публикация этого вида либо пост или сообщение участника со знаком вопроса; ответ — ответ или реплика на него "
    "другого человека.",
)


def _defined(en: str, ru: str) -> Said:
    return Said(f"{en} {_HOW.en}", f"{ru} {_HOW.ru}")


QUESTIONS = Figure(
    id="questions",
    name=Said("Questions", "Заданные вопросы"),
    definition=_defined("Questions that were asked in the period.", "Вопросы, заданные за период."),
    unit=UNIT,
    compute=lambda sums: len(sums.questions.answered),
)
UNANSWERED = Figure(
    id="questions_unanswered",
    name=Said("Unanswered questions", "Вопросы без ответа"),
    definition=_defined(
        "Questions of the period that nobody has answered until now.",
        "Вопросы периода, на которые до сих пор никто не ответил.",
    ),
    unit=UNIT,
    compute=_unanswered,
)
FIRST_RESPONSE = Figure(
    id="first_response",
    name=Said("First response", "Первый ответ"),
    definition=_defined(
        "Half of the answered questions of the period got their first answer within this time.",
        "За это время получила первый ответ половина отвеченных вопросов периода.",
    ),
    unit=DURATION,
    form=Form.SECONDS,
    compute=lambda sums: middle(sums.questions.answered),
)
STAFF_RESPONSE = Figure(
    id="staff_response",
    name=Said("First response of the brand", "Первый ответ бренда"),
    definition=_defined(
        "Half of the questions of the period that the brand's own people (kind Staff) answered got their answer within "
        "this time.",
        "За это время получила ответ половина вопросов периода, на которые ответили сотрудники бренда (документ Staff).",
    ),
    unit=DURATION,
    form=Form.SECONDS,
    compute=lambda sums: middle(sums.questions.staff),
)
RESOLUTION = Figure(
    id="resolution",
    name=Said("Resolution", "Решение вопроса"),
    definition=_defined(
        "Half of the questions of the period that have an accepted answer had it within this time.",
        "За это время принятый ответ появился у половины решённых вопросов периода.",
    ),
    unit=DURATION,
    form=Form.SECONDS,
    compute=lambda sums: middle(sums.questions.solved),
    needs=(facts.SOLUTIONS,),
)
SOLVED = Figure(
    id="questions_solved",
    name=Said("Questions solved", "Решённые вопросы"),
    definition=_defined(
        "Of the questions of the period, those that have an accepted answer by now.",
        "Доля вопросов периода, у которых уже есть принятый ответ.",
    ),
    unit=PER_CENT,
    form=Form.SHARE,
    compute=_solved,
    needs=(facts.SOLUTIONS,),
)
