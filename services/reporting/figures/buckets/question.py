"""A content that was asked or answered: when, by whom first, by whom of the staff first, and when it was solved.

Only questions, and contents that somebody answered, have such a state: most messages are neither.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from services.reporting.figures.buckets.hours import HOUR_S, start_of
from shared.fold.definition import Document

ASKED, ANSWERED = "question", "answered"
"""Kinds of documents: of questions, and of what is no question (or not known to be one yet) but was answered."""

ANSWERERS_MAX = 3
"""The first so many people who answered are kept: one of them may be the author, who does not count."""


class Asked(NamedTuple):
    """A question was asked, at `second` since 1970."""

    brand: str
    community: str
    second: float
    author: str | None


class Answered(NamedTuple):
    """Somebody answered it."""

    brand: str
    community: str
    second: float
    by: str
    is_staff: bool


class Solved(NamedTuple):
    """An answer was accepted."""

    brand: str
    community: str
    second: float


Answer = tuple[float, str]
"""When, and by whom."""


class Question(Struct, frozen=True, gc=False):
    """What became of a question, or of another content that was answered: its `asked_s` is None then."""

    brand: str
    community: str
    asked_s: float | None = None
    author: str | None = None
    answers: tuple[Answer, ...] = ()
    """The first answer of each of the first people."""
    staff: Answer | None = None
    """The first answer of the brand's own people."""
    solved_s: float | None = None

    @property
    def answered_s(self) -> float | None:
        """Return when somebody else first answered."""
        return next((second for second, by in self.answers if by != self.author), None)


def key_of(brand: str, community: str, content: str) -> str:
    """Return the key of the state of a content."""
    return f"question {brand}/{community}/{content}"


def evolve(state: Question | None, told: Asked | Answered | Solved) -> Question:
    """Note what was told; the same state where it changes nothing."""
    state = state or Question(told.brand, told.community)
    match told:
        case Asked(second=second, author=author):
            is_first = state.asked_s is None or (second, author or "") < (state.asked_s, state.author or "")
            return replace(state, asked_s=second, author=author) if is_first else state
        case Answered():
            return _answered(state, told)
        case Solved(second=second):
            is_first = state.solved_s is None or second < state.solved_s
            return replace(state, solved_s=second) if is_first else state


def _answered(state: Question, told: Answered) -> Question:
    answer = (told.second, told.by)
    answers = _first(state.answers, answer)
    staff = min(answer, state.staff or answer) if told.is_staff else state.staff
    if (answers, staff) == (state.answers, state.staff):
        return state
    return replace(state, answers=answers, staff=staff)


def _first(answers: tuple[Answer, ...], answer: Answer) -> tuple[Answer, ...]:
    """Return the first answers of the first people, with another one told."""
    by: dict[str, float] = {}
    for second, who in sorted((*answers, answer)):
        by.setdefault(who, second)
    return tuple((second, who) for who, second in list(by.items())[:ANSWERERS_MAX])


def encode(state: Question) -> Document:
    """Return the document; `at` is the hour in which it was asked."""
    asked = state.asked_s
    return {
        "kind": ANSWERED if asked is None else ASKED,
        "brand": state.brand,
        "community": state.community,
        "at": None if asked is None else start_of(int(asked // HOUR_S)),
        "asked_s": asked,
        "author": state.author,
        "answers": [list(answer) for answer in state.answers],
        "answered_s": state.answered_s,
        "staff_s": state.staff and state.staff[0],
        "staff_by": state.staff and state.staff[1],
        "solved_s": state.solved_s,
    }


def decode(document: Document) -> Question:
    """Return the state."""
    staff_s, staff_by = document["staff_s"], document["staff_by"]
    return Question(
        document["brand"],
        document["community"],
        document["asked_s"],
        document["author"],
        tuple((second, by) for second, by in document["answers"]),
        None if staff_s is None else (staff_s, staff_by),
        document["solved_s"],
    )
