"""The folds of reporting: what happened into hours, presences, removals and totals, by the time of the event.

Nothing here reads the clock, so a late event lands in its own hour, and history counts as the present does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from services.reporting.figures import COUNTERS, POINT_COUNTERS
from services.reporting.figures.buckets import hour, presence, removal, total
from services.reporting.figures.buckets.hour import Counted, Hour
from services.reporting.figures.buckets.hours import hour_of, month_of
from services.reporting.figures.buckets.presence import Presence, Seen
from services.reporting.figures.buckets.removal import Decided, Removal, TakenBack
from services.reporting.figures.buckets.total import Told, Total
from shared.bus.record import Record
from shared.events import Envelope, decode
from shared.events.community import ContentCreated, ContentMeasured, ReactionAdded
from shared.events.moderation import DecisionMade, DecisionReversed
from shared.fold.definition import Document, Item, Step
from shared.topics import DECISIONS, EVENTS, LEDGER, RECEIPTS, retries

FIGURES_GROUP = "figures"
POINTS_GROUP = "points"

State = Hour | Presence | Removal | Total
Fact = Counted | Seen | Decided | TakenBack | Told
Items = Sequence[Item[Any]]

_EVOLVE: Mapping[type, Callable[[Any, Any], State]] = MappingProxyType(
    {
        Counted: hour.evolve,
        Seen: presence.evolve,
        Decided: removal.evolve,
        TakenBack: removal.evolve,
        Told: total.evolve,
    }
)
_ENCODE: Mapping[type, Callable[[Any], Document]] = MappingProxyType(
    {Hour: hour.encode, Presence: presence.encode, Removal: removal.encode, Total: total.encode}
)
_DECODE: Mapping[str, Callable[[Document], State]] = MappingProxyType(
    {hour.KIND: hour.decode, presence.KIND: presence.decode, removal.KIND: removal.decode, total.KIND: total.decode}
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
        """Return what an event counts for; nothing where it happened in no community."""
        event = decode(record.value or b"")
        if event is None or event.community is None:
            return ()
        reader = _READERS.get(type(event))
        return () if reader is None else reader(event)


class Points(_Buckets):
    """The fold of what the ledger posted.

    The ledger is keyed by member, so one community's hour is folded in several partitions: its key names the partition, and
    the parts are added up on reading.
    """

    group = POINTS_GROUP
    topics: Sequence[str] = (LEDGER.name, retries(POINTS_GROUP).name)

    def read(self, record: Record) -> Items:
        """Return the points that were posted."""
        event = decode(record.value or b"")
        counter = POINT_COUNTERS.get(type(event)) if event is not None else None
        if event is None or counter is None:
            return ()
        count = counter(event)
        if count is None:
            return ()
        return (_counted(event, event.community or "", hour_of(event.time), *count, f"/{record.partition}"),)


def _counted(event: Envelope, community: str, at: int, name: str, n: int, suffix: str = "") -> Item[Counted]:
    brand = event.brand
    return Item(f"hour {brand}/{community}/{at}{suffix}", Counted(brand, community, at, name, n))


def _one_count(event: Envelope) -> Items:
    count = COUNTERS[type(event)](event)
    if count is None:
        return ()
    return (_counted(event, event.community or "", hour_of(event.time), *count),)


def _content(event: ContentCreated) -> Items:
    brand, community, actor, at = event.brand, event.community or "", event.data.actor, hour_of(event.time)
    count = COUNTERS[ContentCreated](event)
    assert count is not None, "every content counts"
    counted = _counted(event, community, at, *count)
    if actor is None or actor.bot or actor.role == "community":
        return (counted,)
    member, month = actor.id, month_of(at)
    return (
        counted,
        Item(presence.key_of(brand, community, month, member), Seen(brand, community, member, month, 1 << (at - month))),
    )


def _reaction(event: ReactionAdded) -> Items:
    data = event.data
    if data.count is None:
        return _one_count(event)
    return _told(event, f"{data.kind or data.emoji}/{data.content_id}", data.count)


def _measured(event: ContentMeasured) -> Items:
    """Take the reactions of all kinds together: a platform that tells these (Telegram, of channels) tells no kinds."""
    data = event.data
    if data.reactions is None or data.content_id is None:
        return ()
    return _told(event, f"/{data.content_id}", data.reactions)


def _told(event: Envelope, what: str, count: int) -> Items:
    brand, community = event.brand, event.community or ""
    told = Told(brand, community, hour_of(event.time), event.time.timestamp(), count)
    return (Item(f"total {brand}/{community}/{what}", told),)


def _decision(event: DecisionMade) -> Items:
    if event.imported or not event.data.takes_away:
        return ()
    return (Item(_decision_key(event), Decided(event.brand, event.community or "", hour_of(event.time))),)


def _reversal(event: DecisionReversed) -> Items:
    if event.imported or not event.data.took_away:
        return ()
    return (Item(_decision_key(event), TakenBack(event.brand, event.community or "")),)


def _decision_key(event: DecisionMade | DecisionReversed) -> str:
    return f"decision {event.brand}/{event.community}/{event.data.decision}"


_READERS: Mapping[type[Envelope], Callable[[Any], Items]] = MappingProxyType(
    {
        **dict.fromkeys(COUNTERS, _one_count),
        ContentCreated: _content,
        ContentMeasured: _measured,
        ReactionAdded: _reaction,
        DecisionMade: _decision,
        DecisionReversed: _reversal,
    }
)
