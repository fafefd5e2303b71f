"""What the API takes of the contract: no field of `data` that nobody reads, no empty name, nothing missing that it is about.

Readers of the bus skip fields that they do not know, because the contract grows. A sender is told: here the contract is at
hand, and a field that it does not have is a misspelt one. Around `data` CloudEvents itself allows further attributes.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from services.ingest.connectors.events import ACCEPTED, AHEAD_MAX, PLACELESS
from services.ingest.rules.hostile import NAMING, may_hold_nul, refuse_nul
from shared.bus.record import RECORD_BYTES_MAX
from shared.errors import Unprocessable
from shared.events import TYPES, Envelope
from shared.events import community as of
from shared.events.codec import reason
from shared.events.envelope import Data, Name
from shared.meant import STEP, UNKNOWN, hint, meant

EVENT_BYTES_MAX = RECORD_BYTES_MAX - 10_000
"""What Kafka takes, with room for what stands around it."""

MESSAGE_CHARS_MAX = 300
"""Of what is wrong with one event: a misspelt name may be as long as its sender likes."""

Needed = tuple[tuple[str, ...], ...]
"""Fields of `data`; one at least of each group must be there."""

_CONTENT: Needed = (("content_id",),)
_WRITTEN: Needed = (*_CONTENT, ("kind",), ("text", "media", "links", "poll", "format"))
_REACTED: Needed = (*_CONTENT, ("emoji", "kind", "value"))

NEEDED: Mapping[type[Envelope], Needed] = types.MappingProxyType(
    {
        of.ContentCreated: _WRITTEN,
        of.ContentEdited: _WRITTEN,
        of.ContentDeleted: _CONTENT,
        of.ContentRestored: _CONTENT,
        of.ContentShared: _CONTENT,
        of.ContentMeasured: (*_CONTENT, ("views", "reach", "saves", "reactions")),
        of.ContentFlagged: _CONTENT,
        of.QuestionAsked: (("actor",),),
        of.AppealMade: (("actor",),),
        of.CommandGiven: (("actor",),),
        of.ReactionAdded: _REACTED,
        of.ReactionRemoved: _REACTED,
        of.PollVoted: (("options",),),
        of.SolutionAccepted: _CONTENT,
    }
)
"""What a type is about, beyond what the contract itself requires: there, a field may not become required any more."""


EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
"""Before it, an instant may have no date in UTC."""


class Misfit(Unprocessable):
    """An event does not fit its type: why, and where in it as a JSON pointer."""

    def __init__(self, message: str, at: str = "") -> None:
        super().__init__(message[:MESSAGE_CHARS_MAX])
        self.at = at[:MESSAGE_CHARS_MAX]


def accepted(raw: bytes, now: datetime, *, explained: bool = True) -> Envelope:
    """Return the event. Raises Misfit where it may not come from outside, does not fit its type, or has yet to happen.

    What is accepted, the normaliser takes: events go to it together, and none may take the others along.

    What is wrong, and what was meant, costs far more than to find that something is: leave it out where nobody reads it.
    """
    if len(raw) > EVENT_BYTES_MAX:
        raise Misfit(f"an event has at most {EVENT_BYTES_MAX} bytes, this one {len(raw)}")
    try:
        event: Envelope = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise (_misfit(raw, error) if explained else Misfit("does not fit the contract")) from error
    flaw = _flaw(event, now + AHEAD_MAX) or _nested(event, raw) or _nul(event, raw)
    if flaw is not None:
        raise flaw
    return event


def all_accepted(body: bytes, now: datetime) -> list[Envelope] | None:
    """Return the events of a JSON array, all at once, which costs less than one by one.

    None: not all of them are plainly the contract's, so look at each (see `accepted`). One with an attribute beyond the
    contract's own is such a one.
    """
    if may_hold_nul(body):
        return None
    try:
        events: list[Envelope] = _batch_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    latest = now + AHEAD_MAX
    return events if all(_flaw(event, latest) is None for event in events) else None


def _flaw(event: Envelope, latest: datetime) -> Misfit | None:
    """Return what is wrong with an event that fits its type."""
    kind, is_placed, needed = _ABOUT[type(event)]
    if not EARLIEST <= event.time <= latest:
        return Misfit("time is more than a day ahead" if event.time > latest else "time is beyond the calendar", "/time")
    if is_placed and not event.community:
        return Misfit(f"{kind} needs a community", "/community")
    if event.community and ":" not in event.community:
        return Misfit("a community is named platform:place, for example portal:reviews", "/community")
    data: Any = event.data  # type: ignore[attr-defined] # every event of the union has data
    for names in needed:
        for name in names:
            value = getattr(data, name)
            if value or value == 0:  # a nought is something; an empty text, an empty list and nothing are not
                break
        else:
            return _missing(names)
    return None


def _nested(event: Envelope, raw: bytes) -> Misfit | None:
    """Return which attribute beyond the contract's is more than one value: CloudEvents knows no array or object there."""
    for name, value in _attributes.decode(raw).items():
        if name not in event.__struct_fields__ and memoryview(value)[0] in b"[{":
            return Misfit("an attribute beyond the contract's is one value, no array and no object", f"/{_escaped(name)}")
    return None


def _nul(event: Envelope, raw: bytes) -> Misfit | None:
    try:
        refuse_nul(event, raw)
    except Unprocessable as error:
        return Misfit(str(error))
    return None


def _missing(names: tuple[str, ...]) -> Misfit:
    named = " or ".join(f"`{name}`" for name in names)
    return Misfit(f"{named} is missing", f"/data/{names[0]}" if len(names) == 1 else "/data")


TOO_SHORT = "Expected `str` of length >= 1"
"""How msgspec says it."""


class _Type(msgspec.Struct):
    type: str


def _misfit(raw: bytes, error: Exception) -> Misfit:
    """Say what is wrong, where, and what was meant."""
    kind = _kind(raw)
    if kind in TYPES and kind not in ACCEPTED:
        return Misfit(f"{kind} comes from our own services only", "/type")
    if kind is not None and kind not in TYPES:
        return Misfit(f"a type that the contract does not know{meant(kind, ACCEPTED)}", "/type")
    what, _, path = reason(error).partition(" - at ")
    what = "this must not be empty" if what == TOO_SHORT else what
    place = "".join(f"/{name or index}" for name, index in STEP.findall(path))
    if unknown := UNKNOWN.search(what):
        place = f"{place}/{_escaped(unknown.group(1))}"
    return Misfit(what + (hint(str(error), TYPES[kind], path) if kind is not None else ""), place)


def _kind(raw: bytes) -> str | None:
    try:
        return msgspec.json.decode(raw, type=_Type).type
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _escaped(name: str) -> str:
    """Return a name as it stands in a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


_Full = Annotated[Name, msgspec.Meta(min_length=1)]
_FULL: Mapping[Any, Any] = types.MappingProxyType({Name: _Full, Name | None: _Full | None})


@functools.cache
def _twin(struct: type[Any], *, is_open: bool) -> type[Any]:
    """Return the type with its parts strict. All refuse unknown fields; the event itself does not where `is_open`."""
    hints = get_type_hints(struct, include_extras=True)
    fields = [(field, _named(field, _strict(hints[field.name]))) for field in msgspec.structs.fields(struct)]
    return msgspec.defstruct(
        struct.__name__,
        [(field.name, type_, _default(field)) for field, type_ in fields if type_ != hints[field.name]],
        bases=(struct,),
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=not is_open,
    )


def _named(field: msgspec.structs.FieldInfo, told: Any) -> Any:  # noqa: ANN401 - any annotation
    """Return the annotation, without the empty string where the field names something; a display name may be empty."""
    names = field.name in NAMING or (field.name == "name" and field.required)
    return _FULL[told] if names else told


def _default(field: msgspec.structs.FieldInfo) -> Any:  # noqa: ANN401 - as the field has it
    assert field.default_factory is msgspec.NODEFAULT, "no part of an event is made by a factory"
    return msgspec.field() if field.required else field.default


def _strict(told: Any) -> Any:  # noqa: ANN401 - any annotation
    """Return the annotation with strict types in place of the contract's."""
    if isinstance(told, type) and issubclass(told, Data):
        return _twin(told, is_open=False)
    origin, inside = get_origin(told), get_args(told)
    if origin is Annotated:
        return Annotated[(_strict(inside[0]), *inside[1:])]
    if origin in {Union, types.UnionType}:
        return Union[tuple(map(_strict, inside))]  # noqa: UP007 - from a tuple
    return tuple[tuple(map(_strict, inside))] if origin is tuple else told  # type: ignore[misc] # made at run time


_OPEN = {name: _twin(TYPES[name], is_open=True) for name in sorted(ACCEPTED)}
_CLOSED = {name: _twin(TYPES[name], is_open=False) for name in sorted(ACCEPTED)}

_ABOUT: Mapping[type[Envelope], tuple[str, bool, Needed]] = types.MappingProxyType(
    {
        twin: (name, not name.startswith(PLACELESS), NEEDED.get(TYPES[name], ()))
        for twins in (_OPEN, _CLOSED)
        for name, twin in twins.items()
    }
)
"""By strict type: its name, whether it happens in a community, and what it needs."""

_attributes = msgspec.json.Decoder(dict[str, msgspec.Raw])
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(Union[tuple(_OPEN.values())])  # noqa: UP007 - from a tuple
_batch_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(list[Union[tuple(_CLOSED.values())]])  # type: ignore[misc] # noqa: UP007
