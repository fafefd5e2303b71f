"""Whose change it is, who acted, and the one place where Meta's events are made.

An id is made of what happened to which object. What happens to it more than once (an edit, a reaction, hiding) has a time in
its id as well: its own where it is told, else that of its entry. Meta repeats a request that was not answered as it was, so
both are the same again. The limit: two apps that listen to one page may be told at two times, and such a change counts
twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from services.ingest.connectors.meta.wire import INSTANT_MAX, Entry, Id
from services.ingest.connectors.payload import Payload
from services.ingest.facts import Fact, event
from shared.events import Actor, Common, Envelope

MS = 1_000


class Account(Struct, frozen=True):
    """The page, or the account of Instagram, that a change is about; the entry's time in seconds where it is told."""

    platform: str
    id: str
    payload: Payload
    second: int | None = None

    @property
    def community(self) -> str:
        """Return the community that the account is."""
        return f"{self.platform}:{self.id}"

    @property
    def voice(self) -> Actor:
        """Return the account as its own actor, whoever holds the pen."""
        return Actor(id=self.community, role="community")

    def thing(self, id_: Id) -> str:
        """Return the id of a content."""
        return f"{self.community}:{id_}"

    def member(self, id_: Id) -> str:
        """Return the id of a person or another account."""
        return f"{self.platform}:{id_}"

    def actor(self, id_: Id, name: str | None) -> Actor:
        """Return who acted."""
        mine = str(id_) == self.id
        return Actor(id=self.member(id_), name=name or None, role="community" if mine else None)


class Told(Struct, frozen=True):
    """What happened to which object, and when; without `second` when the entry says."""

    about: str
    subject: str
    second: int | None = None
    version: int | str = 0
    """Tells one time from another; see above."""


def account_of(platform: str, entry: Entry, payload: Payload) -> Account:
    """Return the account of an entry."""
    second = entry.time
    if second is not None and second > INSTANT_MAX:
        second //= MS
    return Account(platform, str(entry.id), payload, second if second is None or second <= INSTANT_MAX else None)


def told(account: Account, make: Callable[..., Envelope], what: Told, data: Common) -> Envelope:
    """Return the event. Where Meta tells no time at all, it has that of its receipt."""
    second = what.second if what.second is not None else account.second
    at = account.payload.recordedtime if second is None else datetime.fromtimestamp(second, UTC)
    fact = Fact(community=account.community, about=what.about, version=what.version, at=at, subject=what.subject)
    return event(make, account.payload, fact, replace(data, time_source="receipt" if second is None else "platform"))
