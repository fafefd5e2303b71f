"""A row into the events that a mapping says it tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, get_args, get_origin
from zoneinfo import ZoneInfo

import msgspec

from services.ingest.importers.importer import Where
from services.ingest.importers.mapped.mapping import COLUMN, UNIX, UNIX_MS, EventOf, Table, Value, When, fields_of
from services.ingest.rules.strict import accepted
from shared.errors import Unprocessable
from shared.events import TYPES, Envelope, encode
from shared.events.codec import reason
from shared.events.community import ContentCreated

Cells = Mapping[str, Any]


def told(table: Table, cells: Cells) -> Iterator[EventOf]:
    """Yield the events that the row tells."""
    return (event for event in table.events if fits(event.when, cells))


def left_out(table: Table, cells: Cells) -> bool:
    """Return whether the row is none that tells anything."""
    return bool(table.leave_out) and fits(table.leave_out, cells)


def fits(when: When, cells: Cells) -> bool:
    """Return whether the columns have these values."""
    wanted = ((filled(f"{{{column}}}", cells), value) for column, value in when.items())
    return all(str(cell) in ((value,) if isinstance(value, str) else value) for cell, value in wanted)


def made(table: Table, event: EventOf, cells: Cells, where: Where) -> Envelope:
    """Return the event. Raises Unprocessable where the row does not fit it."""
    community = where.community or filled(table.community, cells)
    id_, at = filled(event.id, cells), moment(table, event, cells)
    if not id_ or not community:
        raise Unprocessable(f"{'id' if not id_ else 'community'} of {event.type} is empty")
    data = {name: value for name, value in _data(table, event, cells) if value is not None}
    whole = {
        "type": event.type,
        "id": str(id_),
        "source": f"{str(community).partition(':')[0]}/{where.connection}",
        "time": at,
        "brand": where.brand,
        "recordedtime": where.recordedtime,
        "community": str(community),
        "subject": data.get("content_id") or data.get("member"),
        "imported": True,
        "data": {"time_source": "platform"} | data,
    }
    try:
        found: Envelope = msgspec.convert(whole, TYPES[event.type], strict=False)
    except msgspec.ValidationError as error:
        raise Unprocessable(reason(error)) from error
    accepted(encode(found), where.recordedtime)
    return found


def _data(table: Table, event: EventOf, cells: Cells) -> Iterator[tuple[str, Any]]:
    lists = _lists(event.type)
    for name, value in event.data.items():
        if isinstance(value, dict):
            inner = {part: filled(one, cells) for part, one in value.items()}
            yield name, ({part: one for part, one in inner.items() if one is not None} if inner.get("id") else None)
        else:
            one = filled(value, cells)
            yield name, _parts(one, table.separator) if name in lists and isinstance(one, str) else one


def _parts(text: str, separator: str) -> list[str] | None:
    return [part.strip() for part in text.split(separator) if part.strip()] or None


@cache
def _lists(type_: str) -> frozenset[str]:
    """Return the fields that hold a list."""
    kinds = {name: {get_origin(part) for part in (hint, *get_args(hint))} for name, hint in fields_of(type_).items()}
    return frozenset(name for name, origins in kinds.items() if tuple in origins)


def moment(table: Table, event: EventOf, cells: Cells) -> datetime:
    """Return when it happened, in UTC. Raises Unprocessable."""
    value = filled(event.time, cells)
    try:
        return _instant(str(value), table.time_format, table.timezone)
    except (ValueError, OverflowError, OSError) as error:
        raise Unprocessable(f"the time of {event.type} is not as the mapping says") from error


def _instant(text: str, format_: str | None, zone: str) -> datetime:
    if format_ in {UNIX, UNIX_MS}:
        return datetime.fromtimestamp(float(text) / (1_000 if format_ == UNIX_MS else 1), UTC)
    at = datetime.fromisoformat(text) if format_ is None else datetime.strptime(text, format_)  # noqa: DTZ007 - follows
    return (at if at.tzinfo is not None else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def place(table: Table, cells: Cells) -> tuple[float, int]:
    """Return when the row stands: at the first of its events; of what happened at once, content first."""
    found = [(moment(table, event, cells).timestamp(), event.type != CREATED) for event in told(table, cells)]
    first, rank = min(found, default=(0.0, True))
    return first, int(rank)


CREATED = str(ContentCreated.__struct_config__.tag)


def filled(value: Value, cells: Cells) -> Any:  # noqa: ANN401 - as the cell has it
    """Return a value with its columns filled in; None where one of them is empty."""
    if not isinstance(value, str):
        return value
    if alone := COLUMN.fullmatch(value):
        return _some(found(cells, alone[1]))
    parts = {column: _some(found(cells, column)) for column in COLUMN.findall(value)}
    if None in parts.values():
        return None
    return COLUMN.sub(lambda match: str(parts[match[1]]), value) or None


def _some(cell: object) -> object:
    cell = cell.strip() if isinstance(cell, str) else cell
    return None if cell in (None, "", []) else cell


def found(cells: Cells, column: str) -> Any:  # noqa: ANN401 - as the cell has it
    """Return a cell; in objects of JSON, `author.id` is inside of `author`."""
    if column in cells:
        return cells[column]
    here: Any = cells
    for step in column.split("."):
        here = here.get(step) if isinstance(here, Mapping) else None
    return here
