"""How a member plays a quiz: what is asked next, what an answer is worth, which attempt is the best. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from shared.documents.quizzes import Question, Quiz

NOTHING = -1
"""Stands where no question is asked, none was answered, no attempt is over."""

LATE, WRONG = -1, 0
"""What an answer gives that is not right in time."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MS = timedelta(milliseconds=1)


class Player(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A member in a quiz. Times are whole milliseconds, moments since 1970."""

    attempt: int = 0
    """The one that they play, or played last, from 1."""
    is_playing: bool = False
    answered: int = 0
    """In this attempt: a bit for each question."""
    asked: int = NOTHING
    asked_ms: int = 0
    score: int = 0
    """Of this attempt."""
    spent_ms: int = 0
    best: int = NOTHING
    """The score of the best attempt that is over; of equal ones the quickest."""
    best_ms: int = 0
    last: int = NOTHING
    """The question that was answered last."""
    gained: int = 0
    """What that gave: points, WRONG or LATE."""
    is_counted: bool = False
    """Whether the result was told: it is, once."""


def ms(at: datetime) -> int:
    """Return a moment in milliseconds since 1970."""
    return (at - EPOCH) // MS


def limit_ms(spec: Quiz, question: Question) -> int | None:
    """Return how long there is for a question; None: as long as one likes."""
    limit_s = spec.seconds if question.seconds is None else question.seconds
    return None if limit_s is None else limit_s * 1_000


def worth(spec: Quiz, question: Question, options: Sequence[int], elapsed_ms: int) -> int:
    """Return what an answer gives; options are counted from 0.

    Right in time are exactly those of the document: `points + bonus * (limit - elapsed) // limit`, in whole milliseconds,
    rounded down; so `bonus` at once, half of it after half the time, nothing at its end. Without a limit there is no bonus.
    LATE where more than the limit has gone by, WRONG where other options were chosen.
    """
    limit = limit_ms(spec, question)
    if limit is not None and elapsed_ms > limit:
        return LATE
    if {*options} != {number - 1 for number in question.right}:
        return WRONG
    points = spec.points if question.points is None else question.points
    bonus = spec.bonus if question.bonus is None else question.bonus
    return points if limit is None else points + bonus * (limit - elapsed_ms) // limit


def most(spec: Quiz) -> int:
    """Return what nobody can have more than."""
    points = (spec.points if one.points is None else one.points for one in spec.questions)
    bonus = (spec.bonus if one.bonus is None else one.bonus for one in spec.questions)
    return sum(points) + sum(bonus)


def order(spec: Quiz, name: str, member: str, attempt: int) -> Sequence[int]:
    """Return in which order a member is asked: that of the document, or by a digest of who, what and which question."""
    places = range(len(spec.questions))
    if not spec.shuffled:
        return places
    return sorted(places, key=lambda place: sha256(f"{name}\n{member}\n{attempt}\n{place}".encode()).digest())


def upcoming(spec: Quiz, name: str, member: str, player: Player) -> int | None:
    """Return which question comes next; None where all are answered."""
    there = order(spec, name, member, player.attempt)
    return next((place for place in there if not player.answered >> place & 1), None)


def elapsed_ms(player: Player, at: datetime) -> int:
    """Return for how long a question has been asked; 0 where the platform's clock goes backwards."""
    return max(0, ms(at) - player.asked_ms)


def is_late(spec: Quiz, player: Player, at: datetime) -> bool:
    """Say whether the time of the question that is asked has run out."""
    if player.asked not in range(len(spec.questions)):
        return False
    limit = limit_ms(spec, spec.questions[player.asked])
    return limit is not None and elapsed_ms(player, at) > limit


def begun(player: Player) -> Player:
    """Begin another attempt."""
    fresh = Player(attempt=player.attempt + 1, is_playing=True)
    return replace(fresh, best=player.best, best_ms=player.best_ms, is_counted=player.is_counted)


def asked(player: Player, place: int, at: datetime) -> Player:
    """Ask a question: its time runs."""
    return replace(player, asked=place, asked_ms=ms(at))


def answered(spec: Quiz, player: Player, options: Sequence[int], at: datetime) -> Player:
    """Take in the answer to what is asked."""
    question = spec.questions[player.asked]
    elapsed, limit = elapsed_ms(player, at), limit_ms(spec, question)
    gained = worth(spec, question, options, elapsed)
    return replace(
        player,
        answered=player.answered | 1 << player.asked,
        asked=NOTHING,
        asked_ms=0,
        score=player.score + max(0, gained),
        spent_ms=player.spent_ms + (elapsed if limit is None else min(elapsed, limit)),
        last=player.asked,
        gained=gained,
    )


def ended(player: Player) -> Player:
    """End the attempt: what was not answered is wrong."""
    if not player.is_playing:
        return player
    best, best_ms = player.best, player.best_ms
    if (player.score, -player.spent_ms) > (best, -best_ms):
        best, best_ms = player.score, player.spent_ms
    return replace(player, is_playing=False, asked=NOTHING, asked_ms=0, best=best, best_ms=best_ms)
