"""A brand's playbook as it is in force in one place. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from msgspec import Struct, convert

from services.reporting.rules.crises.crisis import BETWEEN
from services.reporting.rules.crises.lookout import SIGNALS, Terms, at_least
from services.reporting.rules.incidents import Severity
from shared.documents.playbook import STATEMENT_CHARS_MAX, Play, Playbook, Signal
from shared.errors import Misplaced

KIND = "Playbook"

Spec = Mapping[str, Any]
"""As it is stored."""


class Book(NamedTuple):
    """A playbook that can be asked."""

    version: int
    spec: Playbook
    terms: Mapping[Signal, Terms]
    """Of the signals that are watched."""


def built(version: int, spec: Spec) -> Book:
    """Return the playbook of a stored version."""
    found = convert(dict(spec), Playbook)
    watched = {signal: getattr(found.signals, signal) for signal in SIGNALS}
    terms = {signal: Terms(one.people, one.severity) for signal, one in watched.items() if one.status == "on"}
    return Book(version, found, terms)


def merged(brand: Spec, community: Spec) -> Spec:
    """Return what is in force in a community: of two that name a section the community's is taken whole."""
    return {**brand, **community}


def plays_for(book: Book, signals: Iterable[Signal], severity: Severity) -> tuple[Play, ...]:
    """Return what is played in an incident of these signals."""
    there = frozenset(signals)
    return tuple(
        play
        for play in book.spec.plays
        if at_least(severity, play.when.severity) and (play.when.signals is None or there & set(play.when.signals))
    )


def check(spec: Struct) -> None:
    """Raise Misplaced with all that the shape cannot tell: names that are taken, staff chats that are missing."""
    assert isinstance(spec, Playbook), "a document of ours"
    found = list(_wrong(spec))
    if found:
        raise Misplaced(str(found[0]), found[0].at, found[1:])


def check_merged(spec: Spec) -> None:
    """Raise Misplaced where a brand's and a community's do not go together."""
    check(convert(dict(spec), Playbook))


def _wrong(spec: Playbook) -> Iterator[Misplaced]:
    plays, steps, statements = set[str](), set[str](), set[str]()
    for place, play in enumerate(spec.plays):
        at = f"$.spec.plays[{place}]"
        yield from _taken(play.id, plays, f"{at}.id")
        for number, step in enumerate(play.steps):
            yield from _taken(step.id, steps, f"{at}.steps[{number}].id")
        for number, statement in enumerate(play.statements):
            here = f"{at}.statements[{number}]"
            yield from _taken(statement.id, statements, f"{here}.id")
            told = sum(len(getattr(statement.text, language)) + len(BETWEEN) for language in spec.languages) - len(BETWEEN)
            if told > STATEMENT_CHARS_MAX:
                yield Misplaced(
                    f"all languages together are {told} characters, {STATEMENT_CHARS_MAX} at most", f"{here}.text"
                )
            if statement.audience == "internal" and statement.to is None:
                yield Misplaced("an internal statement goes `to` a chat of the staff: name its community", here)
            if statement.audience == "public" and statement.to is not None:
                yield Misplaced(
                    "a public statement goes where the incident is; leave `to` out, or say `internal`", f"{here}.to"
                )


def _taken(id_: str, names: set[str], at: str) -> Iterator[Misplaced]:
    if id_ in names:
        yield Misplaced(f"another one is called {id_}; what is done is told by its name", at)
    names.add(id_)
