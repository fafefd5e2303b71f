"""The folds of reporting: what happened into hours and what else figures are made of, by the time of the event.

Nothing here reads the clock, so a late event lands in its own hour, and history counts as the present does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from services.reporting.figures import POSTED
from services.reporting.figures.buckets import (
    hour,
    membership,
    observed,
    part,
    post,
    presence,
    purchase,
    question,
    ruling,
    subscription,
    total,
)
from services.reporting.figures.buckets.hours import hour_of
from services.reporting.figures.parts import parts
from services.reporting.figures.reading import PLACELESS, READERS
from shared.bus.record import Record
from shared.events import decode
from shared.fold.definition import Document, Item, Step
from shared.topics import DECISIONS, EVENTS, LEDGER, RECEIPTS, retries

FIGURES_GROUP = "figures"
POINTS_GROUP = "points"

Items = Sequence[Item[Any]]

_EVOLVE: Mapping[type, Callable[[Any, Any], Any]] = MappingProxyType(
    {
        hour.Counted: hour.evolve,
        presence.Seen: presence.evolve,
        membership.Came: membership.evolve,
        membership.Went: membership.evolve,
        membership.Wrote: membership.evolve,
        question.Asked: question.evolve,
        question.Answered: question.evolve,
        question.Solved: question.evolve,
        ruling.Decided: ruling.evolve,
        ruling.TakenBack: ruling.evolve,
        ruling.CarriedOut: ruling.evolve,
        total.Told: total.evolve,
        purchase.Bought: purchase.evolve,
        purchase.Refunded: purchase.evolve,
        subscription.Moved: subscription.evolve,
        observed.Told: observed.evolve,
        part.Took: part.evolve,
        part.Ended: part.ended,
        **dict.fromkeys((post.Posted, post.Touched, post.Seen, post.Judged), post.evolve),
    }
)
"""By the fact: which state it changes."""

_ENCODE: Mapping[type, Callable[[Any], Document]] = MappingProxyType(
    {
        hour.Hour: hour.encode,
        presence.Presence: presence.encode,
        membership.Membership: membership.encode,
        question.Question: question.encode,
        ruling.Ruling: ruling.encode,
        total.Total: total.encode,
        purchase.Purchase: purchase.encode,
        subscription.Subscription: subscription.encode,
        observed.Observed: observed.encode,
        part.Part: part.encode,
        part.Ending: part.encode_ending,
        post.Post: post.encode,
    }
)
_DECODE: Mapping[str, Callable[[Document], Any]] = MappingProxyType(
    {
        hour.KIND: hour.decode,
        presence.KIND: presence.decode,
        membership.KIND: membership.decode,
        question.ASKED: question.decode,
        question.ANSWERED: question.decode,
        ruling.KIND: ruling.decode,
        total.KIND: total.decode,
        purchase.KIND: purchase.decode,
        subscription.KIND: subscription.decode,
        observed.KIND: observed.decode,
        part.KIND: part.decode,
        part.ENDING: part.decode_ending,
        post.KIND: post.decode,
    }
)


class _Buckets:
    """What both folds do with their states."""

    async def prepare(self) -> None:
        """Need nothing."""

    def evolve(self, state: Any, event: Any) -> Step[Any]:  # noqa: ANN401 - the fact's type says which state is its own
        """Fold one fact into the state that it concerns."""
        return Step(_EVOLVE[type(event)](state, event))

    def encode(self, state: Any) -> Document:  # noqa: ANN401 - any state of ours
        """Return a state as a document that can be queried: kind, brand, community, at."""
        return _ENCODE[type(state)](state)

    def decode(self, document: Document) -> Any:  # noqa: ANN401 - any state of ours
        """Return the state of a document."""
        return _DECODE[document["kind"]](document)


class Figures(_Buckets):
    """The fold of what happened in communities, what moderation decided there, and what was carried out."""

    group = FIGURES_GROUP
    topics: Sequence[str] = (EVENTS.name, DECISIONS.name, RECEIPTS.name, retries(FIGURES_GROUP).name)

    def read(self, record: Record) -> Items:
        """Return what an event counts for; nothing where it happened in no community, unless it needs none."""
        event = decode(record.value or b"")
        reader = None if event is None else READERS.get(type(event))
        if event is None or reader is None or (event.community is None and type(event) not in PLACELESS):
            return ()
        return reader(event)


class Points(_Buckets):
    """The fold of what the ledger's topic tells.

    It is keyed by member, so one community's hour is folded in several partitions: its key names the partition, and the
    parts are added up on reading. Who took part in which contest or activity is kept by member.
    """

    group = POINTS_GROUP
    topics: Sequence[str] = (LEDGER.name, retries(POINTS_GROUP).name)

    def read(self, record: Record) -> Items:
        """Return what was posted, and what members took part in."""
        event = decode(record.value or b"")
        if event is None:
            return ()
        counts = POSTED[type(event)](event) if type(event) in POSTED else ()
        if not counts:
            return parts(event)
        community, at = event.community or "", hour_of(event.time)
        key = f"hour {event.brand}/{community}/{at}/{record.partition}"
        return (Item(key, hour.Counted(event.brand, community, at, counts)), *parts(event))
