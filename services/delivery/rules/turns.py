"""Whose turn it is, where a platform allows only so many requests.

Crisis goes first. Of the others every fifth turn goes to the class below the one that would have it, and of these every
fifth to the class below that, so a storm of bans slows answers down but does not stop them, and both together do not stop
what is published. Within a class communities take turns, one request each: 5,000 bans in one of
them cost another one turn. Within a community what needs the same limits waits in a lane of its own, first come first
served: a member who may be written to once a second holds up nobody else.
"""

from __future__ import annotations

import heapq
from collections import OrderedDict, deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Generic, TypeVar, get_args

from shared.events.actions import Priority

T = TypeVar("T")

CLASSES: Sequence[Priority] = get_args(Priority)
"""From the most urgent on."""

BELOW_EVERY = 5
"""Which turn a lower class has: a fifth of what a platform allows, enough for some answers a second at 25 requests."""


@dataclass(eq=False)
class Ticket(Generic[T]):
    """One request that waits for its turn."""

    priority: Priority
    community: str
    lane: Hashable
    """What it needs: requests with the same limits wait in one lane."""
    what: T


Lane = deque[Ticket[T]]


@dataclass
class _Class(Generic[T]):
    """The lanes of one class that may go, by community; whose turn is next comes first."""

    communities: OrderedDict[str, OrderedDict[Hashable, Lane[T]]] = field(default_factory=OrderedDict)

    def put(self, community: str, lane: Hashable, waiting: Lane[T]) -> None:
        self.communities.setdefault(community, OrderedDict())[lane] = waiting

    def take(self, community: str, lane: Hashable) -> Lane[T] | None:
        lanes = self.communities.get(community)
        waiting = None if lanes is None else lanes.pop(lane, None)
        if lanes is not None and not lanes:
            del self.communities[community]
        return waiting

    def lane(self, ticket: Ticket[T]) -> Lane[T] | None:
        lanes = self.communities.get(ticket.community)
        return None if lanes is None else lanes.get(ticket.lane)

    def first(self) -> Ticket[T] | None:
        lanes = next(iter(self.communities.values()), None)
        return None if lanes is None else next(iter(lanes.values()))[0]

    def rotate(self, community: str, lane: Hashable) -> None:
        """Have the community's next lane, and the next community, go before this one."""
        lanes = self.communities.get(community)
        if lanes is not None:
            if lane in lanes:
                lanes.move_to_end(lane)
            self.communities.move_to_end(community)


class Turns(Generic[T]):
    """Requests that wait for their turn."""

    def __init__(self) -> None:
        self._classes: dict[Priority, _Class[T]] = {priority: _Class() for priority in CLASSES}
        self._asleep: dict[tuple[Priority, str, Hashable], Lane[T]] = {}
        self._waking: list[tuple[float, int, tuple[Priority, str, Hashable]]] = []
        self._number = count()
        self._turn = 0
        self._waiting = 0

    def __len__(self) -> int:
        return self._waiting

    def add(self, ticket: Ticket[T], *, ahead: bool = False) -> None:
        """Have a request wait behind those of its lane; or before them, where it goes on with what is begun."""
        self._waiting += 1
        asleep = self._asleep.get((ticket.priority, ticket.community, ticket.lane))
        if asleep is not None:
            _join(asleep, ticket, ahead=ahead)
            return
        found = self._classes[ticket.priority]
        waiting = found.lane(ticket)
        if waiting is None:
            found.put(ticket.community, ticket.lane, deque([ticket]))
        else:
            _join(waiting, ticket, ahead=ahead)

    def wake(self, now: float) -> float | None:
        """Let lanes go again whose rest is over; return when the next one's is, None where none rests."""
        while self._waking and self._waking[0][0] <= now:
            _, _, key = heapq.heappop(self._waking)
            waiting = self._asleep.pop(key, None)
            if waiting:
                self._classes[key[0]].put(key[1], key[2], waiting)
        return self._waking[0][0] if self._waking else None

    def first(self) -> Ticket[T] | None:
        """Return whose turn it is; None where nobody waits who may go."""
        ready = [found for priority in CLASSES if (found := self._classes[priority]).communities]
        if not ready:
            return None
        place, turn = 0, self._turn
        while ready[0] is not self._classes["crisis"] and turn % BELOW_EVERY == BELOW_EVERY - 1 and place + 1 < len(ready):
            place, turn = place + 1, turn // BELOW_EVERY
        return ready[place].first()

    def done(self, ticket: Ticket[T]) -> None:
        """The one whose turn it was went."""
        self._turn += 1
        self._leave(ticket)

    def rest(self, ticket: Ticket[T], until: float) -> None:
        """The lane of the one whose turn it was has to wait; others go on."""
        key = (ticket.priority, ticket.community, ticket.lane)
        waiting = self._classes[ticket.priority].take(ticket.community, ticket.lane)
        if waiting is not None:
            self._asleep[key] = waiting
            heapq.heappush(self._waking, (until, next(self._number), key))

    def leave(self, ticket: Ticket[T]) -> None:
        """Have somebody wait no longer; who went already is not there any more."""
        key = (ticket.priority, ticket.community, ticket.lane)
        asleep = self._asleep.get(key)
        if asleep is not None and ticket in asleep:
            asleep.remove(ticket)
            self._waiting -= 1
            return
        if ticket in (self._classes[ticket.priority].lane(ticket) or ()):
            self._leave(ticket)

    def everybody(self) -> Sequence[Ticket[T]]:
        """Return all who wait."""
        ready = [lane for found in self._classes.values() for lanes in found.communities.values() for lane in lanes.values()]
        return [ticket for lane in (*ready, *self._asleep.values()) for ticket in lane]

    def _leave(self, ticket: Ticket[T]) -> None:
        found = self._classes[ticket.priority]
        waiting = found.communities[ticket.community][ticket.lane]
        waiting.remove(ticket)
        self._waiting -= 1
        found.rotate(ticket.community, ticket.lane)
        if not waiting:
            found.take(ticket.community, ticket.lane)


def _join(lane: Lane[T], ticket: Ticket[T], *, ahead: bool) -> None:
    if ahead:
        lane.appendleft(ticket)
    else:
        lane.append(ticket)
