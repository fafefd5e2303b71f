"""What a table's columns mean: a document as `veche apply` reads them, which stays on the disk of whoever imports.

Values are written with columns in braces: `"forum:garden:{number}"`. Where one of its columns is empty, so is the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta, field

from services.ingest.connectors.events import ACCEPTED
from shared.documents import Kind
from shared.documents.reading import Invalid, Source, read
from shared.documents.shape import Spec
from shared.errors import Unprocessable
from shared.events import TYPES, Actor
from shared.meant import meant

COLUMN = re.compile(r"\{([^{}]+)\}")
UNIX, UNIX_MS = "unix", "unix_ms"

Value = str | int | float | bool
"""A text with columns in it, or a constant."""

When = dict[str, str | tuple[str, ...]]
"""By column the value, or the values, that it has."""


class EventOf(Spec, frozen=True, kw_only=True):
    """An event that a row tells."""

    type: str
    """Of the contract: `community.content.created`."""
    when: When = field(default_factory=dict)
    """Which rows tell it; all of them where nothing is said."""
    id: str
    """The event's id. One that your portal sends itself makes it the same event."""
    time: str
    data: dict[str, Value | dict[str, Value]] = field(default_factory=dict)
    """Fields of the type's data; of an actor its own: `actor: {id: "forum:{author}"}`."""


class Table(Spec, frozen=True, kw_only=True):
    """How a table is written, and what its rows tell."""

    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8"
    columns: tuple[str, ...] | None = None
    """Their names, of a table whose first line does not name them."""
    timezone: str = "UTC"
    """IANA name, of times that are told without one."""
    time_format: str | None = None
    """Python's: `%d.%m.%Y %H:%M`; or `unix`, `unix_ms`; by default ISO 8601."""
    separator: str = ","
    """Between the parts of a list: tags, links, mentions."""
    leave_out: When = field(default_factory=dict)
    """Rows that are no event; any other that no event is for is set aside."""
    community: str
    """Which they happened in: `forum:garden`."""
    events: Annotated[tuple[EventOf, ...], Meta(min_length=1, max_length=50)]


KIND = "ImportMapping"
KINDS: Mapping[str, Kind] = {KIND: Kind(Table, "")}


def load(file: Path) -> Table:
    """Return the mapping. Raises Invalid, naming file, line and column of what is wrong and what was meant."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unprocessable(f"cannot read the mapping {file}: {type(error).__name__}") from error
    sources = read(text, str(file), KINDS)
    if len(sources) > 1:
        raise Unprocessable(f"{file} holds {len(sources)} documents; one mapping says what one file means")
    table = msgspec.convert(sources[0].document.spec, Table)
    for wrong in _wrongs(table, sources[0]):
        raise wrong
    return table


def _wrongs(table: Table, source: Source) -> Iterator[Invalid]:
    """Yield what shapes cannot tell."""
    try:
        ZoneInfo(table.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield source.wrong("$.spec.timezone", f"{table.timezone} is no time zone; use IANA names, for example Europe/Moscow")
    try:
        "".encode(table.encoding)
    except LookupError:
        yield source.wrong("$.spec.encoding", f"{table.encoding} is no encoding; utf-8 and cp1251 are ones")
    ids: set[str] = set()
    for number, event in enumerate(table.events):
        place = f"$.spec.events[{number}]"
        yield from _of_event(event, place, source)
        if event.id in ids:
            yield source.wrong(f"{place}.id", "another event has this id; each needs its own, for example `like-{number}`")
        ids.add(event.id)


def _of_event(event: EventOf, place: str, source: Source) -> Iterator[Invalid]:
    if event.type not in ACCEPTED:
        yield source.wrong(f"{place}.type", f"{event.type} cannot be imported{meant(event.type, ACCEPTED)}")
        return
    fields = fields_of(event.type)
    for name, value in event.data.items():
        if name not in fields:
            yield source.wrong(f"{place}.data.{name}", f"unknown field `{name}`{meant(name, fields)}")
        elif isinstance(value, dict):
            known = Actor.__struct_fields__ if name == "actor" else ()
            for inner in value:
                if inner not in known:
                    yield source.wrong(f"{place}.data.{name}.{inner}", f"unknown field `{inner}`{meant(inner, known)}")


def fields_of(type_: str) -> Mapping[str, Any]:
    """Return the fields of a type's data that a column can fill, with their annotations; lists of objects are none."""
    data = get_type_hints(TYPES[type_])["data"]
    return {name: hint for name, hint in get_type_hints(data).items() if name != "media"}


def columns_of(table: Table) -> list[str]:
    """Return every column that the mapping names, once."""
    found: list[str] = [*COLUMN.findall(table.community), *table.leave_out]
    for event in table.events:
        found += event.when
        for value in (event.id, event.time, *_values(event)):
            found += COLUMN.findall(value) if isinstance(value, str) else []
    return list(dict.fromkeys(found))


def _values(event: EventOf) -> Iterator[Value]:
    for value in event.data.values():
        yield from value.values() if isinstance(value, dict) else (value,)
