"""What enters a contest: entries and votes are grants of no points, so they come and go as what earned them does. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from services.engagement.rules.causes import Cause
from services.engagement.rules.contents import ENTRY, Grant
from shared.documents.contests import Contest, Entering
from shared.documents.rewards import For, To
from shared.documents.standing import Words
from shared.events import Envelope

VOTE = "contest-vote:"
"""Begins the rule of a vote for an entry, as ENTRY that of an entry; the contest's name follows. No slug has a colon."""


class Running(NamedTuple):
    """A contest that may be entered."""

    name: str
    version: int
    spec: Contest

    def is_open(self, at: datetime) -> bool:
        """Say whether a moment is within its window."""
        spec = self.spec
        return (spec.from_ is None or spec.from_ <= at) and (spec.until is None or at < spec.until)


def built(version: int, spec: Mapping[str, Any]) -> Running:
    """Return a contest of a stored version; its name is not in there."""
    return Running("", version, msgspec.convert(spec, Contest))


NONE = Running("", 0, Contest(title=Words(en="-", ru="-"), enter=Entering(by="form")))
"""Stands where a brand has no contest."""


def entries(running: Sequence[Running], cause: Cause) -> Iterator[Grant]:
    """Yield what a cause enters into contests."""
    for one in running:
        to = _entrant(one.spec, cause)
        if to is not None and one.is_open(cause.at):
            yield _grant(ENTRY + one.name, one.version, cause.event, to)


def votes(running: Sequence[Running], event: Envelope, author: str, entered: Sequence[Grant]) -> Iterator[Grant]:
    """Yield the votes that a reaction is for the entries that its content is."""
    names = {grant.rule.removeprefix(ENTRY) for grant in entered if grant.rule.startswith(ENTRY)}
    for one in running:
        if one.name in names and one.spec.win == "votes" and one.is_open(event.time):
            yield _grant(VOTE + one.name, one.version, event, author)


def by_votes(running: Sequence[Running]) -> bool:
    """Say whether what a reaction is worth hangs on whether its content is an entry."""
    return any(one.spec.win == "votes" for one in running)


_CAUSES: dict[str, tuple[For, To]] = {
    "hashtag": ("content", "author"),
    "comment": ("content", "author"),
    "reaction": ("reaction", "reactor"),
    "purchase": ("purchase", "buyer"),
}


def _entrant(spec: Contest, cause: Cause) -> str | None:
    enter, data = spec.enter, cause.event.data  # type: ignore[attr-defined] # every event has data
    for_, to = _CAUSES.get(enter.by, (None, None))
    if for_ != cause.for_ or to is None or spec.community not in {None, cause.event.community}:
        return None
    match enter.by:
        case "hashtag":
            holds = (enter.tag or "").casefold() in {tag.lstrip("#").casefold() for tag in data.tags or ()}
        case "comment":
            holds = enter.content in {data.parent, data.thread}
        case "reaction":
            holds = enter.content == data.content_id
        case _:
            holds = enter.goods is None or not {*enter.goods}.isdisjoint(data.goods or ())
    return cause.who.get(to) if holds else None


def _grant(rule: str, version: int, event: Envelope, member: str) -> Grant:
    day = event.time.astimezone(UTC).toordinal()
    return Grant(rule, version, 0, None, day, event.id, member, exempt=True)
