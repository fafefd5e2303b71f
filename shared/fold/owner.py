"""Taking ownership of a partition: claim, publish what was left, check the log, and seek to progress.

Progress is the truth. Kafka's committed offset only feeds lag monitoring; one that is ahead of progress
means that the store went back in time.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from shared.errors import Halt
from shared.fold.batch import Folded
from shared.fold.cache import Cache
from shared.fold.definition import Fold
from shared.fold.observer import Observer
from shared.fold.ports import Bounds, Inbox, Ports
from shared.fold.progress import Place, Progress

S = TypeVar("S")


class Ahead(NamedTuple, Generic[S]):
    """What the batch that is being written changes: the store may not tell of it yet."""

    states: Mapping[str, S | None]
    identities: Collection[str]


@dataclass(slots=True)
class Owned(Generic[S]):
    """A partition that is folded here, and what its owner knows."""

    q: int
    assignment: int
    """The number of the assignment under which it was taken: a later one is another life."""
    cache: Cache[S]
    progress: Progress
    """As the last batch that was folded leaves it; its transaction may be under way still."""
    unverified: set[str] = field(default_factory=set)
    """Topics whose record just below progress was not seen yet."""
    ahead: Ahead[S] = field(default_factory=lambda: Ahead({}, ()))
    written: Mapping[str, int] = field(default_factory=dict)
    """By topic: the next offset, as the store has it."""

    def move_on(self, folded: Folded[S]) -> None:
        """Go on as what was folded leaves it; it is about to be written."""
        self.progress, self.ahead = folded.changes.progress, Ahead(folded.states, folded.changes.identities)
        for key, state in folded.states.items():
            self.cache.put(key, state)


async def take_ownership(
    fold: Fold[S, Any], q: int, assignment: int, ports: Ports, observer: Observer, cache: Cache[S]
) -> Owned[S]:
    """Make this process the only one that can write for partition `q` of the group. The cache is a new one.

    Raises Fenced where another owner was quicker, Halt where store and log contradict each other.
    """
    inbox, outlet, store = ports
    committed = {topic: await inbox.committed(topic, q) for topic in fold.topics}  # before the claim: see `check`
    progress = await store.claim(q, await _beginning(fold, q, inbox))
    left = await store.outbox(q)
    if left:
        await outlet.publish(left)
        await store.forget({q: left})
        observer.republished(sum(len(chunk.records) for chunk in left))
    owned: Owned[S] = Owned(q, assignment, cache, progress, written=progress.offsets())
    for topic in fold.topics:
        await _stand(owned, topic, inbox, committed[topic])
    return owned


async def _beginning(fold: Fold[Any, Any], q: int, inbox: Inbox) -> Progress:
    places = {topic: Place((await inbox.bounds(topic, q)).first) for topic in fold.topics}
    return Progress(epoch=secrets.token_hex(8), places=places)


async def _stand(owned: Owned[Any], topic: str, inbox: Inbox, committed: int | None) -> None:
    """Check a topic against the log and read on at its place, or at the record below it, to verify that."""
    place = owned.progress.places.get(topic)
    if place is None:
        raise Halt(f"{topic} is a new input of a group that has progress", "new-input-topic")
    bounds = await inbox.bounds(topic, owned.q)
    check(topic, owned.q, place, bounds, committed)
    verify = place.below is not None and place.next > bounds.first
    if verify:
        owned.unverified.add(topic)
    await inbox.seek(topic, owned.q, place.next - 1 if verify else place.next)


def check(topic: str, q: int, place: Place, bounds: Bounds, committed: int | None) -> None:
    """Raise Halt where progress cannot be true of this log.

    `committed` was read before the progress: one that is committed later may be another owner's, who claimed over us.
    """
    if not bounds.first <= place.next <= bounds.next:
        raise Halt(
            f"{topic}/{q}: progress is {place.next}, but the log holds {bounds.first} to {bounds.next}",
            "progress-outside-log",
        )
    if committed is not None and committed > place.next:
        raise Halt(
            f"{topic}/{q}: Kafka has {committed} committed, but progress is {place.next}: the store went back in time",
            "store-behind",
        )
