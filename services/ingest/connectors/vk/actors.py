"""Who acted and where, in the words of the contract, and the one place where VK's events are made.

Most of VK's callbacks tell no time, and an edit of a comment tells the comment's. Such an event has the time of its receipt,
which a retry changes, so the time is no part of its id: the id is made of who did what to which object. What is done and
undone by turns (a like, a coming in, a ban) is a `Turn`. Of all else VK's `event_id`, which a retry repeats, is a part of
the id: without that a second renewal, a second vote would be lost. The limit: where a group has two callback servers and VK
numbers the same event for each of them on its own, these few count twice; where VK tells no `event_id`, they are told once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct

from services.ingest.connectors.payload import Decoded, Payload, Turn
from services.ingest.facts import Fact, event
from shared.events import Actor, Envelope
from shared.events.envelope import Data


class Group(Struct, frozen=True):
    """The community that a callback is about, and its payload."""

    id: int
    payload: Payload
    delivery: str = ""
    """VK's `event_id`."""

    @property
    def community(self) -> str:
        """Return the community's id."""
        return f"vk:{self.id}"

    @property
    def voice(self) -> Actor:
        """Return the community as its own actor, whoever holds the pen."""
        return Actor(id=f"vk:{-self.id}", role="community")

    def thing(self, type_: str, owner: int, number: int | str) -> str:
        """Return the id of an object: type as in VK's likes, owner and number, as in VK's own `photo-1_2`."""
        return f"{self.community}:{type_}{owner}_{number}"

    def actor(self, id_: int, *, chat: bool = False) -> Actor:
        """Return who acted. A negative id is a community, this one or another.

        In a chat another one is a bot, for communities write there through the API alone; on a page it speaks for itself.
        """
        if id_ == -self.id:
            return self.voice
        return Actor(id=member_id(id_), bot=chat and id_ < 0)


class Told(Struct, frozen=True):
    """What happened to which object; `version` tells one time from another where VK does."""

    about: str
    subject: str
    second: int | None = None
    """When, where VK tells it."""
    version: int | str = 0
    once: bool = False
    """Whether it happens to the object once at most, however often it is told."""


def told(group: Group, make: Callable[..., Envelope], what: Told, data: Data) -> Envelope:
    """Return the event, at the time of receipt where VK tells none."""
    at = group.payload.recordedtime if what.second is None else instant(what.second)
    version = what.version if what.second is not None or what.once else f"{what.version}/{group.delivery}"
    fact = Fact(community=group.community, about=what.about, version=version, at=at, subject=what.subject)
    return event(make, group.payload, fact, data)


def turn(group: Group, event: Envelope, thing: str, *, on: bool) -> Decoded:
    """Return an event that happens to a thing by turns: its id is that of the first time, whatever VK numbers it."""
    return Decoded(turns=(Turn(event, thing, on, telling=group.delivery or None),))


def instant(second: int) -> datetime:
    """Return the instant of a Unix time."""
    return datetime.fromtimestamp(second, UTC)


def member_id(id_: int) -> str:
    """Return the member that the account is; a community's account is negative."""
    return f"vk:{id_}"
