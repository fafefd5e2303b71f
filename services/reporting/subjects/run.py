"""What is talked about now and what was before, read from Kafka: the texts of a brand's members, and what they come to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.reporting.subjects.rising import Rising, rising, uses
from services.reporting.subjects.terms import terms_of
from services.reporting.subjects.topics import topics
from shared.bus import past
from shared.errors import Unprocessable
from shared.events import Envelope, decode
from shared.events.community import ContentCreated, ContentDeleted, ContentEdited, ContentRestored
from shared.topics import EVENTS

CONTENTS_MAX = 300_000
"""Contents held in memory at once, by their terms alone: some 300 MB."""

STAFF = frozenset({"staff", "community"})


class Subject(NamedTuple):
    """A topic as people read it."""

    terms: Sequence[str]
    contents: int
    examples: Sequence[str]
    """Ids of contents that are most about it."""


class Subjects(NamedTuple):
    """What is talked about."""

    since: datetime
    contents: int
    """Of the period."""
    before: int
    """Of the past that the topic still holds."""
    first: datetime | None
    """When the oldest of them was written."""
    topics: Sequence[Subject]
    rising: Sequence[Rising]


class _Content(NamedTuple):
    written: datetime | None
    edition: tuple[int, datetime]
    terms: frozenset[str]


async def read(
    servers: str, brand: str, since: datetime, number: int, communities: Collection[str] | None = None
) -> Subjects:
    """Return what a brand's members talk about since a moment, and what of it rises against what Kafka holds from before.

    Raises Retryable where Kafka is away, Unprocessable where there are more contents than fit.
    """
    kept = _Kept(brand, communities)
    async for record in past.records(servers, EVENTS.name):
        try:
            event = decode(record.value or b"")
        except Unprocessable:
            continue
        if event is not None:
            kept.take(event)
    return subjects(kept.contents(), since, number)


def subjects(contents: Mapping[str, tuple[datetime, frozenset[str]]], since: datetime, number: int) -> Subjects:
    """Return what contents come to, told by id: when they were written, and their terms."""
    now = {id_: terms for id_, (written, terms) in contents.items() if written >= since and terms}
    before = [terms for written, terms in contents.values() if written < since and terms]
    ids = sorted(now)
    found = topics([now[id_] for id_ in ids], number)
    return Subjects(
        since,
        len(now),
        len(before),
        min((written for written, _ in contents.values()), default=None),
        [Subject(one.terms, one.contents, [ids[place] for place in one.examples]) for one in found],
        rising(uses(now.values()), uses(before)),
    )


class _Kept:
    """The last edition of each content that is there, by its terms."""

    def __init__(self, brand: str, communities: Collection[str] | None) -> None:
        self._brand, self._communities = brand, communities
        self._contents: dict[str, _Content] = {}
        self._gone: dict[str, tuple[datetime, bool]] = {}

    def contents(self) -> Mapping[str, tuple[datetime, frozenset[str]]]:
        """Return those that are there, and of which it is known when they were written."""
        there = ((id_, one) for id_, one in self._contents.items() if not self._gone.get(id_, (None, False))[1])
        return {id_: (one.written, one.terms) for id_, one in there if one.written is not None}

    def take(self, event: Envelope) -> None:
        """Take in what an event tells."""
        if event.brand != self._brand or not self._is_meant(event):
            return
        match event:
            case ContentCreated() | ContentEdited() if _is_talk(event):
                self._write(event)
            case ContentDeleted() | ContentRestored() if event.data.content_id is not None:
                seen = (event.time, isinstance(event, ContentDeleted))
                self._gone[event.data.content_id] = max(seen, self._gone.get(event.data.content_id, seen))
            case _:
                pass

    def _is_meant(self, event: Envelope) -> bool:
        return event.purpose is None if self._communities is None else event.community in self._communities

    def _write(self, event: ContentCreated | ContentEdited) -> None:
        id_, edition = event.data.content_id or "", (event.data.edition or 0, event.time)
        known = self._contents.get(id_)
        if known is None and len(self._contents) >= CONTENTS_MAX:
            raise Unprocessable(f"there are more than {CONTENTS_MAX:,} contents: name communities")
        written = event.time if isinstance(event, ContentCreated) else None if known is None else known.written
        if known is not None and known.edition > edition:
            self._contents[id_] = known._replace(written=written)
        else:
            self._contents[id_] = _Content(written, edition, terms_of(event.data.text or ""))


def _is_talk(event: ContentCreated | ContentEdited) -> bool:
    data, actor = event.data, event.data.actor
    if data.content_id is None or data.command is not None or data.asks:
        return False
    return actor is None or not (actor.bot or (event.purpose is None and actor.role in STAFF))


def lines(found: Subjects) -> Iterable[str]:
    """Yield what was found as a person reads it."""
    yield f"{found.contents:,} contents since {found.since:%Y-%m-%d %H:%M} UTC, {found.before:,} before"
    for number, one in enumerate(found.topics, start=1):
        yield f"topic {number}: {', '.join(one.terms)} ({one.contents} contents, such as {', '.join(one.examples)})"
    if not found.before:
        yield "no past to compare with: the topic holds nothing older"
    for term in found.rising:
        yield f"rising: {term.term}, {term.now} now and {term.before} before, {term.times:.1f} times, q={term.q:.2g}"
