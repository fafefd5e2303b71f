"""What was told of contents, against what a mended connector or an export says of them now.

Of each content its last version counts. What was told and reads differently now is told as an edit; what an export of its
community no longer holds was deleted. What the normaliser adds (authors, staff, commands) is no difference. Doing it twice
changes nothing: the second time, the edit is what was told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from shared.events import Envelope, event_id
from shared.events.community import Content, ContentCreated, ContentDeleted, ContentEdited, ContentRestored, Removal

Written = ContentCreated | ContentEdited
Purpose = Literal["partner", "watched", "competitor"] | None
DIGEST_CHARS = 20
"""80 bits: two of a billion texts are alike once in a million such sweeps."""


class Told:
    """What was told of some communities: the last version of each content, and the ids of all events."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.versions: dict[str, str] = {}
        """Digest of the last version, by content."""
        self.gone: set[str] = set()
        self.counts: Counter[str] = Counter()
        """How many versions were told, by content: what changes there and back again is told each time."""
        self.editions: dict[str, int] = {}
        """How new the last version is, by content: in seconds of its edit, or of its writing."""
        self.at: dict[str, tuple[datetime, str | None]] = {}
        """When a content was written, where that is known, and in which channel."""
        self.purpose: Purpose = None
        """Whose the community is, as of the last event; of several communities, ask for each."""

    def add(self, event: Envelope) -> None:
        """Take in one event, in the order in which they were told."""
        self.ids.add(event.id)
        self.purpose = event.purpose
        data: Any = event.data  # type: ignore[attr-defined] # every event of the union has data
        match event:
            case ContentCreated() | ContentEdited() if data.content_id is not None:
                self.versions[data.content_id] = digest(data)
                self.counts[data.content_id] += 1
                self.editions[data.content_id] = edition_of(event)
                if isinstance(event, ContentCreated):
                    self.at[data.content_id] = (event.time, data.channel)
            case ContentDeleted() if data.content_id is not None:
                self.gone.add(data.content_id)
            case ContentRestored():
                self.gone.discard(data.content_id or "")
            case _:
                pass


def digest(data: Content) -> str:
    """Return what tells one version of a content from another, as the platform tells it."""
    actor = None if data.actor is None else replace(data.actor, role=None, name=None)
    told = replace(data, actor=actor, content_author=None, replied_to=None, own_post=None)
    plain = replace(told, command=None, edition=None, time_source=None)
    return event_id(msgspec.json.encode(plain).decode())[:DIGEST_CHARS]


class Now:
    """What is read now, in the same order: the last version of each content."""

    def __init__(self) -> None:
        self.versions: dict[str, Written] = {}
        self.ids: set[str] = set()
        self.last: datetime | None = None
        self.first: datetime | None = None
        self.channels: set[str | None] = set()

    def add(self, event: Envelope) -> None:
        """Take in one event."""
        if not isinstance(event, ContentCreated | ContentEdited) or event.data.content_id is None:
            return
        if event.id in self.ids:  # the same told again, whatever it says: the normaliser took the first
            return
        self.ids.add(event.id)
        self.versions[event.data.content_id] = event
        self.channels.add(event.data.channel)
        if isinstance(event, ContentCreated):
            self.first = event.time if self.first is None else min(self.first, event.time)
            self.last = event.time if self.last is None else max(self.last, event.time)


def edits(told: Told, now: Now) -> Iterator[ContentEdited]:
    """Yield an edit for each content that was told and reads differently now.

    What is gone stays gone, and what was edited since, by its member, is newer than what is read now.
    """
    for content, event in now.versions.items():
        before, version = told.versions.get(content), digest(event.data)
        if before in {None, version} or content in told.gone or told.editions[content] > edition_of(event):
            continue
        yield edit(event, f"{told.counts[content]}/{version}")


def edition_of(event: Written) -> int:
    """Return how new a version is."""
    return event.data.edition or int(event.time.timestamp())


def edit(event: Written, change: str) -> ContentEdited:
    """Return the edit that tells a content as it reads now.

    A later edit of the member's own is newer still: the edition is that of the version which it mends.
    """
    data = replace(event.data, edition=edition_of(event))
    return ContentEdited(
        id=event_id("ingest.mended", event.brand, f"{event.community}", f"{data.content_id}", change),
        source=event.source,
        time=event.time,
        brand=event.brand,
        recordedtime=event.recordedtime,
        community=event.community,
        subject=event.subject,
        imported=True,
        purpose=event.purpose,
        data=data,
    )


def deletions(told: Told, now: Now, stamp: Envelope) -> Iterator[ContentDeleted]:
    """Yield a deletion for each content that was told, of the export's time and channels, and is not in it any more.

    `stamp` is one of the export's events: brand and community are its. When it was deleted nobody knows: before the export's
    last content, so that is the time.
    """
    if now.first is None or now.last is None:
        return
    for content, (at, channel) in told.at.items():
        if content in now.versions or content in told.gone or channel not in now.channels:
            continue
        if now.first <= at <= now.last:
            yield ContentDeleted(
                id=event_id("ingest.reconciled", stamp.brand, f"{stamp.community}", content, str(told.counts[content])),
                source=stamp.source,
                time=now.last,
                brand=stamp.brand,
                recordedtime=stamp.recordedtime,
                community=stamp.community,
                subject=content,
                imported=True,
                purpose=stamp.purpose,
                data=Removal(content_id=content, channel=channel, time_source="receipt"),
            )


def is_missing(told: Told, events: Collection[Envelope]) -> bool:
    """Return whether something is read now that was never told."""
    return any(event.id not in told.ids for event in events)
