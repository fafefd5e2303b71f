"""Where something happened, who acted, and the one place where Discord's events are made.

A guild is the community (`discord:<guild>`), its channels and threads are the rooms inside, and a message is
`discord:<guild>:<channel>:<message>`. Discord tells no time of most things but a message: they have the time of their
receipt. What can happen to a thing several times, by turns (a reaction put and taken back, a member who came and went),
is a `Turn`: the normaliser tells a second time from one that is told again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from services.ingest.connectors.discord.wire import Member, User
from services.ingest.connectors.payload import Turn
from services.ingest.facts import Fact, Stamp, event
from shared.events import Actor, Envelope
from shared.events.envelope import Data


class Guild(Struct, frozen=True):
    """The community that a payload is about, and what the edge knows of it."""

    id: str
    stamp: Stamp
    telling: str | None = None
    """What makes this telling of the payload one, where its way can tell: see payload.Turn."""

    @property
    def community(self) -> str:
        """Return the community's id."""
        return f"discord:{self.id}"

    def channel(self, id_: str) -> str:
        """Return the id of a channel or thread."""
        return f"{self.community}:{id_}"

    def content(self, channel: str, message: str) -> str:
        """Return the id of a message."""
        return f"{self.channel(channel)}:{message}"

    def told(self, make: Callable[..., Envelope], what: What, data: Data) -> Envelope:
        """Return the event, at the time of its receipt where Discord tells none."""
        at = what.at if what.at is not None else self.stamp.recordedtime
        fact = Fact(community=self.community, about=what.about, version=what.version, at=at, subject=what.subject)
        return event(make, self.stamp, fact, data)

    def turn(self, thing: str, told: Envelope, *, on: bool, dated: bool = False) -> Turn:
        """Return an event that happens to a thing by turns."""
        return Turn(event=told, thing=thing, on=on, dated=dated, telling=self.telling)


class What(Struct, frozen=True):
    """What happened to which object, and when, where it is told."""

    about: str
    subject: str
    at: datetime | None = None
    version: int | str = 0


def member_id(user: str) -> str:
    """Return the member that an account is."""
    return f"discord:{user}"


def name_of(user: User, member: Member | None = None) -> str | None:
    """Return how somebody is called: in the guild, else everywhere, else the handle."""
    return (member.nick if member is not None else None) or user.global_name or user.username or None


def actor(user: User, member: Member | None = None, *, bot: bool = False) -> Actor:
    """Return who acted."""
    return Actor(id=member_id(user.id), name=name_of(user, member), bot=bot or user.bot)
