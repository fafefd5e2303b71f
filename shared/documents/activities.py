"""Activities: a webinar, a meet-up, a stream, anything that begins at some moment and that members come to."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from shared.documents.discipline import Duration
from shared.documents.standing import Words
from shared.documents.things import Thing
from shared.events.envelope import Instant

CAPACITY_MAX, WAITING_MAX = 20_000, 10_000
"""Together they are one state, which is written whole."""

REMINDERS_MAX = 5


class Activity(Thing, frozen=True, kw_only=True):
    """`from` and `until` are when one registers; without `until` one does until it ends."""

    form: Literal["webinar", "meetup", "stream", "offline"] = "meetup"
    starts: Instant
    ends: Instant
    capacity: Annotated[int, Meta(ge=1, le=CAPACITY_MAX)] = CAPACITY_MAX
    """So many can be registered."""
    waiting: Annotated[int, Meta(ge=0, le=WAITING_MAX)] = WAITING_MAX
    """So many can wait for a place; 0: nobody."""
    place: Words | None = None
    link: Annotated[str, Meta(pattern=r"^https?://[^\s]{1,500}\Z", description="an address begins with https://")] | None = (
        None
    )
    """Both are told to those who are registered, and to nobody else."""
    reminders: Annotated[tuple[Duration, ...], Meta(max_length=REMINDERS_MAX)] = ("24h", "1h")
    """So long before the start all who are registered are written to."""
