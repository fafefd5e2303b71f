"""Where something happened and who did it, in the words of the contract, and the one place where a forum's events are made.

A delivery that is repeated has another id and is otherwise the same, so an id is made of the object and of its version as it
was sent. What tells no version is told once: a like, an accepted answer, the end of a suspension, a chat message restored,
and a post that the forum's people restore twice without an edit in between.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from services.ingest.connectors.discourse.wire import User, UserId
from services.ingest.connectors.payload import Payload
from services.ingest.facts import Fact, event
from shared.errors import Unprocessable
from shared.events import Actor, Common, Envelope

INSTANCE = re.compile(r"https?://([A-Za-z0-9.-]{1,100})((?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]{0,60})?)")
"""A forum's address: host, and perhaps a port and the path that it lives under."""


def community_of(instance: str) -> str | None:
    """Return the community that a forum is; None for what is no address of one."""
    match = INSTANCE.fullmatch(instance)
    return f"discourse:{match[1].lower()}{match[2].rstrip('/')}" if match is not None else None


class Forum(Struct, frozen=True):
    """The forum that a delivery is from; its members' ids hold within it alone."""

    community: str
    payload: Payload

    def post(self, topic: int, number: int) -> str:
        """Return the id of a post: its place, for answers and topics name a post by that alone."""
        return f"{self.community}:{topic}/{number}"

    def chat(self, id_: int) -> str:
        """Return the channel that a chat channel is."""
        return f"{self.community}:chat{id_}"

    def category(self, id_: int | None) -> str | None:
        """Return the channel that a category is."""
        return None if id_ is None else f"{self.community}:category{id_}"

    def member(self, id_: UserId) -> str:
        """Return the id of an account."""
        return f"{self.community}:{id_}"

    def actor(self, id_: UserId, username: str | None) -> Actor:
        """Return who acted."""
        return Actor(id=self.member(id_), name=username or None, bot=id_ < 0)

    def user(self, user: User) -> Actor:
        """Return an account as an actor."""
        return self.actor(user.id, user.username)


class Told(Struct, frozen=True):
    """What happened to which object, in which version, and when; without `at` it has the time of its receipt."""

    about: str
    subject: str
    at: str | None = None
    version: str = ""


def told(forum: Forum, make: Callable[..., Envelope], what: Told, data: Common) -> Envelope:
    """Return the event."""
    at = forum.payload.recordedtime if what.at is None else instant(what.at)
    fact = Fact(community=forum.community, about=what.about, version=what.version, at=at, subject=what.subject)
    return event(make, forum.payload, fact, replace(data, time_source="receipt" if what.at is None else "platform"))


def instant(stamp: str) -> datetime:
    """Return the instant of a stamp. Raises Unprocessable where there is none such."""
    try:
        return datetime.fromisoformat(stamp).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unprocessable("not a delivery of Discourse: no instant") from error
