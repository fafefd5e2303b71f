"""Quizzes: questions with right answers, a time for each, points for being right and for being quick."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from shared.documents.shape import Spec
from shared.documents.standing import Words
from shared.documents.things import Thing

QUESTIONS_MAX = 50
"""Of one quiz: a button names a question by two digits."""

OPTIONS_MAX = 10
"""Of one question: each is a button, and a message has ten."""

Seconds = Annotated[int, Meta(ge=5, le=86_400)]
Points = Annotated[int, Meta(ge=1, le=1_000)]
Bonus = Annotated[int, Meta(ge=0, le=1_000)]


class Question(Spec, frozen=True, kw_only=True):
    """One question. What it does not say of time and points is as the quiz has it."""

    ask: Words
    options: Annotated[tuple[Words, ...], Meta(min_length=2, max_length=OPTIONS_MAX)]
    right: Annotated[tuple[Annotated[int, Meta(ge=1, le=OPTIONS_MAX)], ...], Meta(min_length=1, max_length=OPTIONS_MAX)]
    """Numbers of options, from 1. Of several exactly these have to be chosen."""
    explanation: Words | None = None
    """Told after the answer."""
    seconds: Seconds | None = None
    points: Points | None = None
    bonus: Bonus | None = None


class Quiz(Thing, frozen=True, kw_only=True):
    """Some questions, each asked when the member is ready for it: then its time runs."""

    questions: Annotated[tuple[Question, ...], Meta(min_length=1, max_length=QUESTIONS_MAX)]
    seconds: Seconds | None = None
    """For each question; absent: as long as one likes."""
    points: Points = 1
    """For each right answer."""
    bonus: Bonus = 0
    """What a right answer at once gives beside them; it melts to nothing while the time runs."""
    shuffled: bool = False
    """Whether each member is asked in an order of their own."""
    attempts: Annotated[int, Meta(ge=1, le=10)] = 1
    """So often one may play; the best counts."""
