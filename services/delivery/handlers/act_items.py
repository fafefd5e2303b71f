"""What a record tells the fold of acts: the reading half."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, cast

import msgspec

from services.delivery.platforms.platform import Kind
from services.delivery.rules import commands
from services.delivery.rules.commands import Finished, Forget, LineChanged
from services.delivery.rules.holds import Hold
from services.delivery.rules.works import Action, Work, target_of
from shared.bus.record import Record, header
from shared.errors import Unprocessable
from shared.events import decode
from shared.events.actions import ActionHold
from shared.events.codec import reason
from shared.events.moderation import DecisionReversed
from shared.fold.deadletter import first_topic
from shared.fold.definition import Item
from shared.telemetry.traces import TRACEPARENT
from shared.topics import DELIVERY_COMMANDS


class Asked(NamedTuple):
    """An act, and where."""

    work: Work
    brand: str
    community: str


class Undone(NamedTuple):
    """The decision is taken back that acts of a target may follow from."""

    decision: str
    brand: str
    community: str
    target: str
    at: datetime


Told = Asked | Undone | Finished | LineChanged | Forget | Hold
Items = Sequence[Item[Told]]


def items_of(record: Record, skipped: Callable[[str], None]) -> Items:
    """Return what a record tells; `skipped` hears why an act is not even kept: it is `imported`, or in no community."""
    if first_topic(record) == DELIVERY_COMMANDS.name:
        return _commanded(record)
    event = decode(record.value or b"")
    if isinstance(event, DecisionReversed):
        return _reversed(event)
    if not isinstance(event, Action | ActionHold):
        return ()
    if event.imported or event.community is None:
        skipped("imported" if event.imported else "nowhere")
        return ()
    if isinstance(event, ActionHold):
        hold = Hold(event.brand, event.community, event.data.cause, event.data.until or event.time, event.time)
        return (Item(key_of(event.brand, event.community, "@hold"), hold, event.id),)
    work = _work(event, record)
    key = key_of(event.brand, event.community, target_of(work.kind, work.act))
    return (Item(key, Asked(work, event.brand, event.community), event.id),)


def key_of(brand: str, community: str, target: str) -> str:
    """Return the key of a target's state; it begins as the record's key does."""
    return f"{brand}/{community}/{target}"


def _commanded(record: Record) -> Items:
    try:
        command = commands.from_bytes(record.value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unprocessable(f"not a command of delivery: {reason(error)}") from error
    if isinstance(command, LineChanged):
        return (Item(f"{command.brand}/@{command.connection}", command),)
    return (Item(key_of(command.brand, command.community, command.target), command),)


def _reversed(event: DecisionReversed) -> Items:
    """Return a reversal for each target that its decision may have had an act for; history had none."""
    if event.community is None or event.imported:
        return ()
    brand, community, data = event.brand, event.community, event.data
    names = {"content": data.content_id, "talk": data.content_author}
    targets = [f"{what}/{name}" for what, name in names.items() if name is not None]
    return [
        Item(key_of(brand, community, target), Undone(data.decision, brand, community, target, event.recordedtime))
        for target in targets
    ]


def _work(event: Action, record: Record) -> Work:
    raw = header(record, TRACEPARENT)
    return Work(
        id=event.id,
        kind=kind_of(event),
        act=event.data,
        source=event.source,
        time=event.time,
        recorded=event.recordedtime,
        asked=datetime.fromtimestamp(max(0, record.timestamp) / 1000, UTC),
        trace=None if raw is None else raw.decode("ascii", "replace"),
        subject=event.subject,
    )


def kind_of(event: Action) -> Kind:
    """Return what is asked for, as its type's last part names it."""
    return cast("Kind", str(event.__struct_config__.tag).rpartition(".")[2])
