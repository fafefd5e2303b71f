"""What a member means who says something of a quiz. Pure."""

from __future__ import annotations

from services.engagement.rules.participation.doings import Answer, Begin, ByMember, Look
from shared.documents.quizzes import OPTIONS_MAX, Quiz

WORDS_OF_BEGIN = frozenset({"begin", "start", "начать", "старт"})
LETTERS = ("abcdefghij", "абвгдежзик")


def meant(spec: Quiz, words: str) -> ByMember | None:
    """Return what is meant by what follows the name: nothing, `begin`, or a question and options; None: nobody knows."""
    if not words:
        return Look()
    if words.casefold() in WORDS_OF_BEGIN:
        return Begin()
    number, *told = words.replace(",", " ").casefold().split() or [""]
    place = _number(number, len(spec.questions))
    options = [_option(one) for one in told] if told != ["-"] else []
    if place is None or not told or len(options) > OPTIONS_MAX or None in options:
        return None
    return Answer(question=place, options=tuple(one for one in options if one is not None))


def _number(told: str, most: int) -> int | None:
    """Return a number that was told, counted from 0; None where it is none up to `most`."""
    is_number = told.isascii() and told.isdigit() and len(told) <= len(str(most))
    return int(told) - 1 if is_number and 1 <= int(told) <= most else None


def _option(told: str) -> int | None:
    letters = next((letters for letters in LETTERS if len(told) == 1 and told in letters), None)
    return _number(told, OPTIONS_MAX) if letters is None else letters.index(told)
