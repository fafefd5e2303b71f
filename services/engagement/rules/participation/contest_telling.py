"""What is told of a contest: how one enters, where a member is in it, their code in the draw. Pure."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from services.engagement.rules.draws.entrants import code_of
from services.engagement.rules.draws.secrets import KEY_BYTES_MIN, secrets_of
from services.engagement.rules.participation import contest_words as words
from services.engagement.rules.participation.contest_run import Run, is_in, places, prize
from services.engagement.rules.participation.moments import when
from services.engagement.rules.participation.play import filled, lines, said
from shared.documents.contests import Contest
from shared.said import Said

PRIZES_SHOWN = 3
"""Of as many places an announcement names what they get."""


def how(name: str, spec: Contest) -> Said:
    """Return how one enters."""
    return filled(words.ENTER[spec.enter.by], tag=spec.enter.tag or "", quiz=spec.enter.quiz or "", name=name)


def opened(name: str, spec: Contest, zone: ZoneInfo | None) -> Said:
    """Return what is announced: what it is, how one enters, until when, and what can be won."""
    told = [said(spec.title), *(() if spec.about is None else (said(spec.about),)), how(name, spec)]
    if spec.until is not None:
        told.append(filled(words.UNTIL, until=when(spec.until, zone)))
    told.append(filled(words.WINNERS, n=spec.winners))
    shown = min(spec.winners, PRIZES_SHOWN) if spec.prizes else 0
    told += [filled(words.PRIZE, place=place + 1, prize=prize(spec, place)) for place in range(shown)]
    return lines(*told)


def stands(name: str, spec: Contest, state: Run, member: str) -> Said:
    """Return where a member is in it; before the close, who is not in is told how to be."""
    part, now = state.parts.get(member), places(spec, state)
    mine = part is not None and is_in(spec, part.entries, part.score)
    if state.order is not None:
        if member in now:
            return filled(words.WON, title=said(spec.title), prize=prize(spec, now.index(member)))
        return words.NOT_WON if mine else words.OVER
    if state.listed is not None:
        return lines(words.CLOSING, words.LISTED if is_listed(state, member) else words.NOT_LISTED)
    if part is None or not mine:
        return how(name, spec)
    told = [words.ENTERED]
    if spec.per_member > 1:
        told.append(filled(words.ENTRIES, n=min(part.entries, spec.per_member)))
    if spec.win in {"votes", "points"}:
        told.append(filled(words.SCORE, n=part.score))
    return Said(" ".join(one.en for one in told), " ".join(one.ru for one in told))


def is_listed(state: Run, member: str) -> bool:
    """Say whether a member is in the closed list."""
    part = state.parts.get(member)
    return part is not None and state.listed is not None and part.first in state.listed


def code(key: bytes, brand: str, name: str, spec: Contest, state: Run, member: str) -> Said | None:
    """Return what tells a member, and nobody else, their code in the draw; None: they are not in, or nothing is drawn."""
    part = state.parts.get(member)
    if spec.win != "draw" or part is None or len(key) < KEY_BYTES_MIN:
        return None
    if not (is_in(spec, part.entries, part.score) if state.listed is None else is_listed(state, member)):
        return None
    return filled(words.CODE, code=code_of(secrets_of(key, brand, name).salt, member).hex())
