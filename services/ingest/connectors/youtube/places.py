"""Where something happened on YouTube and who did it, and the one place where its events are made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from services.ingest.connectors.payload import Payload
from services.ingest.facts import Fact, event
from shared.errors import Unprocessable
from shared.events import Actor, Common, Envelope


class Place(Struct, frozen=True):
    """The channel that something belongs to, and its payload."""

    channel: str
    payload: Payload

    @property
    def community(self) -> str:
        """Return the community that the channel is."""
        return f"youtube:{self.channel}"

    def thing(self, id_: str) -> str:
        """Return the id of a video or a comment."""
        return f"{self.community}:{id_}"

    def actor(self, channel: str, name: str | None) -> Actor:
        """Return who acted; the channel's owner speaks for it."""
        return Actor(id=f"youtube:{channel}", name=name or None, role="community" if channel == self.channel else None)


class Told(Struct, frozen=True):
    """What happened to which object, in which version as it was sent, and when; without `at` as of its receipt."""

    about: str
    subject: str
    at: datetime | None = None
    version: str | int = 0


def told(place: Place, make: Callable[..., Envelope], what: Told, data: Common) -> Envelope:
    """Return the event."""
    at = place.payload.recordedtime if what.at is None else what.at
    fact = Fact(community=place.community, about=what.about, version=what.version, at=at, subject=what.subject)
    return event(make, place.payload, fact, replace(data, time_source="receipt" if what.at is None else "platform"))


def instant(stamp: str) -> datetime:
    """Return the instant of a stamp. Raises Unprocessable where there is none such."""
    try:
        return datetime.fromisoformat(stamp).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unprocessable("not of YouTube: no instant") from error
