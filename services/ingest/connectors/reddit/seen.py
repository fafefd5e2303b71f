"""Which thing it is, and when somebody looked at it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from services.ingest.connectors.reddit.names import COMMENT, SUBMISSION, community_of, content_of, instant
from services.ingest.connectors.reddit.wire import Thing
from services.ingest.facts import Fact, Stamp


def fullname(thing: Thing) -> str:
    """Return the thing's id with its kind."""
    return thing.name or f"{COMMENT if thing.title is None else SUBMISSION}_{thing.id}"


def fact(thing: Thing, about: str, at: datetime, version: int | str = 0) -> Fact:
    """Return what happened to a thing."""
    community = community_of(thing.subreddit)
    return Fact(community=community, about=about, version=version, at=at, subject=content_of(fullname(thing)))


def source_of(thing: Thing, stamp: Stamp) -> Literal["receipt"] | None:
    """Return whether `seen_at` is the receipt; an archive's look is neither that nor the platform's time."""
    return None if looked_at(thing) is not None or stamp.imported else "receipt"


def looked_at(thing: Thing) -> float | None:
    """Return when an archive looked."""
    return thing.retrieved_on or thing.retrieved_utc or thing.updated_on


def seen_at(thing: Thing, stamp: Stamp) -> datetime:
    """Return when the thing was looked at, which is not before it was written."""
    looked = looked_at(thing)
    if looked is not None:
        return instant(max(looked, thing.created_utc))
    return instant(thing.created_utc) if stamp.imported else stamp.recordedtime
