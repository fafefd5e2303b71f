"""What a member is told in a quiz: the question that is asked, what came of an answer, where they are. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.engagement.rules.participation import quiz_words as words
from services.engagement.rules.participation.mechanism import Viewer
from services.engagement.rules.participation.play import filled, lines, said
from services.engagement.rules.participation.quiz_players import (
    LATE,
    NOTHING,
    WRONG,
    Player,
    elapsed_ms,
    is_late,
    limit_ms,
)
from services.engagement.rules.participation.replies import Key
from shared.documents.quizzes import Quiz
from shared.said import Said

QUESTION_CHARS_MAX = 700
"""Of a question with its options: what was right before, with up to 500 of an explanation, may stand above it, and a message
of Discord has 2,000."""


def about(spec: Quiz) -> Said:
    """Return what the quiz is."""
    timed = any(limit_ms(spec, one) is not None for one in spec.questions)
    time = words.TIMED if timed else words.UNTIMED
    told = [filled(words.ABOUT, title=said(spec.title), n=len(spec.questions), time=time)]
    if spec.attempts > 1:
        told.append(filled(words.ATTEMPTS, n=spec.attempts))
    return lines(*told)


def question(spec: Quiz, name: str, place: int, n: int, *, on_page: bool = False) -> Said:
    """Return a question as it is asked, the `n`-th of the member's. On pages buttons alone name what can be chosen."""
    one = spec.questions[place]
    told = [filled(words.QUESTION, n=n, of=len(spec.questions), ask=said(one.ask))]
    several = len(one.right) > 1
    if several or not on_page:
        told += [filled(words.OPTION, n=number, option=said(option)) for number, option in enumerate(one.options, 1)]
    limit = limit_ms(spec, one)
    if limit is not None:
        told.append(filled(words.SECONDS, n=limit // 1_000))
    if several and not on_page:
        told.append(filled(words.SEVERAL, name=name, question=place + 1))
    return lines(*told)


def keys_of(name: str, spec: Quiz, place: int, *, on_page: bool = False) -> list[Key]:
    """Return the buttons of a question: one for each option, where one is right. Several are written."""
    one, command = spec.questions[place], f"quiz {name} {place + 1}"
    if len(one.right) == 1:
        return [Key(filled(words.OPTION, n=n, option=said(text)), f"{command} {n}") for n, text in enumerate(one.options, 1)]
    written = [Key(words.ANSWER, command, words.NUMBERS)] if on_page else []
    return [*written, Key(words.UNKNOWN, f"{command} -")]


def last(spec: Quiz, player: Player) -> Said:
    """Return what came of the answer that was given last.

    What is right is told to those who were, and to those who cannot try again.
    """
    if player.last not in range(len(spec.questions)):
        return Said("", "")
    one = spec.questions[player.last]
    outcome = {LATE: words.LATE, WRONG: words.WRONG}.get(player.gained) or filled(words.RIGHT, points=player.gained)
    if player.gained <= WRONG and player.attempt < spec.attempts:
        return outcome
    told = [outcome]
    if player.gained <= WRONG:
        options = [said(one.options[number - 1]) for number in sorted(one.right)]
        right = Said("; ".join(option.en for option in options), "; ".join(option.ru for option in options))
        told.append(filled(words.RIGHT_WERE, options=right))
    if one.explanation is not None:
        told.append(said(one.explanation))
    return lines(*told)


def now(name: str, spec: Quiz, player: Player, at: datetime, *, is_over: bool, on_page: bool) -> tuple[Said, list[Key]]:
    """Return where a member is in the quiz, and the buttons of what they can do."""
    told = [last(spec, player)] if player.last in range(len(spec.questions)) else []
    best = [filled(words.BEST, score=player.best)] if player.best != NOTHING else []
    begin = f"quiz {name} begin"
    if is_over:
        return lines(*told, words.OVER, *best), []
    if player.is_playing and is_late(spec, player, at):
        return words.LATE, [Key(words.NEXT, begin)]
    if player.is_playing and player.asked in range(len(spec.questions)):
        n = player.answered.bit_count() + 1
        shown = question(spec, name, player.asked, n, on_page=on_page)
        return lines(*(told if on_page else ()), shown), keys_of(name, spec, player.asked, on_page=on_page)
    if player.is_playing:
        return lines(*(told or [about(spec)])), [Key(words.NEXT, begin)]
    if not player.attempt:
        return about(spec), [Key(words.BEGIN, begin)]
    return lines(*told, *best), [Key(words.AGAIN, begin)] if player.attempt < spec.attempts else []


def own(spec: Quiz, player: Player, viewer: Viewer) -> dict[str, Any]:
    """Return where a member is, as programs read it; scores are of attempts that are over, so they tell of no answer."""
    shown: dict[str, Any] = {"attempt": player.attempt, "playing": player.is_playing}
    shown |= {"score": player.best, "ms": player.best_ms} if player.best != NOTHING else {}
    if player.asked not in range(len(spec.questions)) or is_late(spec, player, viewer.at):
        return shown
    one, limit = spec.questions[player.asked], limit_ms(spec, spec.questions[player.asked])
    options = [said(option).by(viewer.language) for option in one.options]
    asked = {"question": player.asked, "ask": said(one.ask).by(viewer.language), "options": options}
    left = {} if limit is None else {"left_ms": limit - elapsed_ms(player, viewer.at)}
    return shown | {"asked": {**asked, "several": len(one.right) > 1, **left}}
