"""Who comes to an activity: those who are registered, and those who wait, in the order in which they came. Pure."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice

import msgspec
from msgspec.structs import replace

from shared.documents.activities import Activity

GUESTS_MAX = 30_000
"""Registered, waiting, and those who were let in without: a state is written whole, some 30 bytes each, 45 at most."""

IN, WAITS, WALKED_IN = 0, 1, 2
"""Registered; waiting for a place; there without being registered, as staff say: they take no place."""

TRIES_MAX = 5
"""Wrong codes of a member: 10,000 members guess one of 31^6 codes by them with a chance of one in 17,000."""

CODE_CHARS, ALPHABET = 6, "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that look like others."""

AROUND = timedelta(hours=1)
"""From so long before the start one checks in by code, up to so long after the end."""

COMMUNITIES_MAX = 1_000
"""From which members register; those of further ones are written to where it is announced."""

LABEL = b"veche activity code v1"


class Guest(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A member of whom an activity knows."""

    n: int
    """Who came so many-th; who leaves and comes again has another one."""
    state: int = IN
    at: int = -1
    """Place in the list of communities: where they are written to; -1: where it is announced."""
    has_attended: bool = False


class Mailing(msgspec.Struct, frozen=True, array_like=True):
    """What those are told who came up to some moment, a step at a time."""

    what: str
    """Begins with `remind:`, `moved:`, `gone:` or `again:`; the cause of each message."""
    upto: int
    """The last number of those who are told."""
    after: int = -1
    """The last number of those who were."""

    @property
    def timer(self) -> str:
        """Return the timer of its next step."""
        return f"{self.what}:{self.after}"


class Guests(msgspec.Struct, frozen=True):
    """An activity as it goes."""

    guests: Mapping[str, Guest] = {}
    next: int = 0
    """Number of the one who comes next."""
    communities: tuple[str, ...] = ()
    tries: Mapping[str, int] = {}
    """Wrong codes, by member; they stay when the member leaves."""
    starts: datetime | None = None
    ends: datetime | None = None
    """As the document has them: whoever is registered is told when they change."""
    planned: tuple[str, ...] = ()
    """Timers of reminders that are still to come."""
    mailings: tuple[Mailing, ...] = ()
    is_cancelled: bool = False


def count(state: Guests, of: int) -> int:
    """Return how many are in one of the states."""
    return sum(guest.state == of for guest in state.guests.values())


def line(state: Guests) -> Sequence[str]:
    """Return who waits, the first first."""
    waiting = [(guest.n, member) for member, guest in state.guests.items() if guest.state == WAITS]
    return [member for _, member in sorted(waiting)]


def has_room(spec: Activity, state: Guests) -> bool:
    """Say whether who registers now has a place at once: one is free, and nobody waits for it."""
    return not count(state, WAITS) and count(state, IN) < spec.capacity


def joined(spec: Activity, state: Guests, member: str, community: str) -> Guests | None:
    """Return the state with one more who is registered or, where no place is free or others wait for one, waits.

    None where neither is possible.
    """
    if len(state.guests) >= GUESTS_MAX:
        return None
    is_free = has_room(spec, state)
    if not is_free and count(state, WAITS) >= spec.waiting:
        return None
    communities = state.communities
    if community and community not in communities and len(communities) < COMMUNITIES_MAX:
        communities = (*communities, community)
    at = communities.index(community) if community in communities else -1
    guest = Guest(state.next, IN if is_free else WAITS, at)
    return replace(state, guests={**state.guests, member: guest}, next=state.next + 1, communities=communities)


def without(state: Guests, member: str) -> Guests:
    """Return the state without a member."""
    return replace(state, guests={one: guest for one, guest in state.guests.items() if one != member})


def promoted(spec: Activity, state: Guests, most: int) -> tuple[Guests, Sequence[str]]:
    """Return the state in which the first who wait have the places that are free, at most so many; and who these are."""
    free = spec.capacity - count(state, IN)
    found = line(state)[: max(0, min(free, most))]
    now = {member: replace(state.guests[member], state=IN) for member in found}
    return replace(state, guests={**state.guests, **now}) if now else state, found


def step(state: Guests, mailing: Mailing, states: frozenset[int], most: int) -> tuple[Sequence[str], Mailing | None]:
    """Return whom the next step of a mailing tells, and what is left of it; None: nothing."""
    there = sorted(
        (guest.n, member)
        for member, guest in state.guests.items()
        if mailing.after < guest.n <= mailing.upto and guest.state in states
    )
    told = list(islice(there, most))
    rest = replace(mailing, after=told[-1][0]) if len(there) > len(told) else None
    return [member for _, member in told], rest


def community_of(state: Guests, guest: Guest, otherwise: str | None) -> str | None:
    """Return where a guest is written to."""
    return state.communities[guest.at] if 0 <= guest.at < len(state.communities) else otherwise


def code_of(key: bytes, brand: str, name: str) -> str | None:
    """Return the code by which one checks in: of HMAC-SHA256 of the activity's name under a key of the service.

    None where the service has no key. It is derived and stands in no document: whoever reads documents cannot guess it.
    """
    if not key:
        return None
    digest = int.from_bytes(hmac.digest(key, LABEL + b"\0" + brand.encode() + b"\0" + name.encode(), sha256))
    found = ""
    for _ in range(CODE_CHARS):
        digest, place = divmod(digest, len(ALPHABET))
        found += ALPHABET[place]
    return found


def is_code(wanted: str | None, told: str) -> bool:
    """Say whether that is the code, in a time that tells nothing of how much of it is right. Case does not matter."""
    return wanted is not None and hmac.compare_digest(wanted.encode(), told.strip().upper().encode("utf-8", "surrogatepass"))
