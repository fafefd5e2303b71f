"""What the ledger's topic tells of parts in contests and activities, by member. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from services.reporting.figures.buckets.part import Ended, Took, ending_key, key_of
from shared.events import Envelope
from shared.events.engagement import (
    ContestClosed,
    ContestDisqualified,
    ContestDrawn,
    ContestEntered,
    ContestReinstated,
    Participated,
    PointsClawedBack,
    PointsGranted,
    PointsRestored,
)
from shared.fold.definition import Item

KINDS = frozenset({"contest", "activity"})
"""Of things that reports are made of one by one. Of what else members take part in it is counted how many did."""


ENTRIES: Mapping[type[Envelope], str] = MappingProxyType(
    {ContestEntered: "entered", ContestDisqualified: "disqualified", ContestReinstated: "reinstated"}
)


def parts(event: Envelope) -> Sequence[Item[Any]]:
    """Return what an event tells of one member's part, or of a contest's end; nothing where it tells of none."""
    match event:
        case ContestEntered() | ContestDisqualified() | ContestReinstated():
            return _took(event, f"contest/{event.data.contest}", event.data.member, **{ENTRIES[type(event)]: 1})
        case Participated():
            return _took(event, event.data.thing, event.data.member, counted=1)
        case PointsGranted() | PointsClawedBack() | PointsRestored() if event.data.thing is not None:
            return _took(event, event.data.thing, event.data.member, points=event.data.applied or 0)
        case ContestClosed():
            return _ended(event, event.data.contest, closed=event.data.closed.timestamp())
        case ContestDrawn(data=data):
            told = {"winners": len(data.winners), "alternates": len(data.alternates or ())}
            return _ended(event, data.contest, decided=event.time.timestamp(), **told)
        case _:
            return ()


def _took(event: Envelope, thing: str, member: str, **told: int) -> Sequence[Item[Any]]:
    if thing.partition("/")[0] not in KINDS:
        return ()
    took = Took(event.brand, event.community or "", thing, member, event.time.timestamp(), **told)
    return (Item(key_of(event.brand, thing, member), took),)


def _ended(event: Envelope, contest: str, **told: Any) -> Sequence[Item[Any]]:  # noqa: ANN401 - any field
    thing = f"contest/{contest}"
    return (Item(ending_key(event.brand, thing), Ended(event.brand, event.community or "", thing, **told)),)
