"""Facts into events: one place where ids and stamps are made, whether the fact was told live or by an export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from shared.events import Envelope, event_id
from shared.events.community import Reaction
from shared.events.envelope import Data


class Stamp(Protocol):
    """What the edge knows of a delivery, whatever it holds."""

    @property
    def brand(self) -> str:
        """Return the tenant."""

    @property
    def connection(self) -> str:
        """Return the credential that it came through."""

    @property
    def recordedtime(self) -> datetime:
        """Return when it was taken in."""

    @property
    def imported(self) -> bool:
        """Return whether it is history."""


class Fact(Struct, frozen=True, gc=False, kw_only=True):
    """Where and when something happened, and what makes it this and no other: the cause of an event's id."""

    community: str
    about: str
    """The platform's object, within the community."""
    version: int | str = 0
    """Which of the object's versions; what happens once to it has version 0. See `version_at`."""
    at: datetime
    subject: str | None = None


def event(make: Callable[..., Envelope], stamp: Stamp, fact: Fact, data: Data) -> Envelope:
    """Return the event of type `make`; the id names the fact, never the connection that told it."""
    platform = fact.community.partition(":")[0]
    return make(
        id=event_id(platform, fact.community, fact.about, fact.version),
        source=f"{platform}/{stamp.connection}",
        time=fact.at,
        brand=stamp.brand,
        recordedtime=stamp.recordedtime,
        community=fact.community,
        subject=fact.subject,
        imported=stamp.imported,
        data=data,
    )


def version_at(second: int, *sent: str) -> str:
    """Return the version of an object that changes more often than its platform's clock, which tells seconds, can tell.

    What the platform sent makes the fact this one, so it is the same through whichever bot and however often it arrives, and
    whatever we read in it. The limit: a fact that returns within its second, after another, is taken for the first one told
    again.
    """
    return f"{second}/{event_id(*sent)}"


def reaction_thing(data: Reaction) -> str:
    """Return what is on while somebody's reaction stands on a content, whoever tells it: an export, one bot or another."""
    return f"reaction/{data.actor.id if data.actor else ''}/{data.emoji or data.kind}"


def identity(brand: str, community: str | None, id_: str) -> str:
    """Return by what a second telling of an event is known: ids come from outside, so they hold within a community."""
    return f"{brand}/{community}/{id_}"


def type_name(make: type[Envelope]) -> str:
    """Return the contract's name of the type; it may stand in an id, which outlives the names of our classes."""
    return str(make.__struct_config__.tag)
