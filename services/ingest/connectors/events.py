"""Events of the contract itself, CloudEvents JSON objects, one or an array: for the brand's own portal and for bridges.

What the sender says of brand, source, time of receipt and import is not believed, and only facts of communities, purchases
and figures are taken: what our services decide or owe comes from them alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, timedelta

import msgspec
from typing_extensions import override

from services.ingest.connectors import secrets
from services.ingest.connectors.delivery import Delivery, Keys, read_or_none
from services.ingest.connectors.payload import Connector, Decoded, Payload, Reason, refused
from services.ingest.connectors.urgency import Urgency, of_type
from shared.errors import Unprocessable
from shared.events import Envelope, decode
from shared.events.registry import HAPPENED

SIGNATURE_HEADER = "x-veche-signature"
"""`sha256=` and the hexadecimal HMAC-SHA256 of the raw body by the connection's secret."""

AHEAD_MAX = timedelta(days=1)
"""A sender's clock may be wrong, or its zone; an event from further ahead would sit in tomorrow's figures."""

ACCEPTED = frozenset(HAPPENED)
"""Types that may come from outside."""

PLACELESS = ("community.subscription.", "commerce.", "kpi.")
"""Types that may concern the brand as a whole; all others happen in a community."""

EVENTS_MAX = 1_000
"""Events of one request."""
TOGETHER_MAX = 5
"""Events in one record: so they share its cost, which for an event alone is much of all that the edge does. With more,
what Kafka gives the normaliser at once (2,000 records) would keep other communities waiting for seconds."""
TOGETHER_BYTES_MAX = 100_000
"""Of a record's events together; a larger one goes alone."""


class _Kind(msgspec.Struct):
    type: str = ""


_kind_decoder = msgspec.json.Decoder(_Kind)


class _Place(msgspec.Struct):
    community: str | None = None


_Array = msgspec.defstruct("_Array", [(f"at_{n}", msgspec.Raw, None) for n in range(EVENTS_MAX + 1)], array_like=True)
"""An array read into a list would be read to its end: ten megabytes of `{}` are three million entries."""

_array = msgspec.json.Decoder(_Array)
_place_decoder = msgspec.json.Decoder(_Place)


class Events(Connector):
    """The connector of the contract's own format."""

    platform = "events"

    @override
    def verify(self, delivery: Delivery, keys: Keys) -> bool:
        """Return whether the body is signed with one of the secrets."""
        return secrets.is_hub_signed(delivery.headers.get(SIGNATURE_HEADER, ""), delivery.body, keys.secrets)

    @override
    def check(self, body: bytes) -> None:
        """Leave it to `rules/strict.py`, which looks at each event: see hooks.py."""
        del body

    @override
    def parts(self, body: bytes) -> Sequence[bytes]:
        """Return the events, each for itself: they may be of several communities."""
        try:
            return [bytes(raw) for raw in apart(body)] or (body,)
        except Unprocessable:
            return (body,)

    @override
    def place(self, body: bytes, headers: Mapping[str, str]) -> str | None:
        """Return the community that the event names."""
        del headers
        try:
            return _place_decoder.decode(body).community or None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None

    @override
    def urgency(self, body: bytes, headers: Mapping[str, str]) -> Urgency:
        """Return how urgent the event is, by its type."""
        del headers
        found = read_or_none(_kind_decoder, body)
        return Urgency.NORMAL if found is None else of_type(found.type)

    @override
    def decode(self, payload: Payload) -> Decoded:
        """Return the event, or the events of an array, with our own stamp, or why one is not taken."""
        if not payload.body.startswith(b"["):
            return _told(payload.body, payload)
        found = [_told(bytes(raw), payload) for raw in apart(payload.body)]
        if not found:
            raise Unprocessable("an array of no events")
        if any(event.community != payload.community for one in found for event in one.events):
            raise Unprocessable("events of several communities together: each belongs to its community's partition")
        return Decoded(
            events=tuple(event for one in found for event in one.events),
            refused=tuple(refusal for one in found for refusal in one.refused),
        )


def together(raws: Sequence[msgspec.Raw]) -> Iterator[bytes]:
    """Yield payloads of some events each, in order: of one community, and all of them accepted by `rules/strict.py`."""
    some: list[msgspec.Raw] = []
    size = 0
    for raw in raws:
        length = memoryview(raw).nbytes
        if some and (len(some) == TOGETHER_MAX or size + length > TOGETHER_BYTES_MAX):
            yield _joined(some)
            some, size = [], 0
        some.append(raw)
        size += length
    if some:
        yield _joined(some)


def _joined(raws: Sequence[msgspec.Raw]) -> bytes:
    return bytes(raws[0]) if len(raws) == 1 else b"[%b]" % b",".join(raws)


def apart(body: bytes) -> list[msgspec.Raw]:
    """Return the events of an array, as they stand in it: the first EVENTS_MAX + 1, and of what comes then nothing is kept.

    Raises Unprocessable where it is no array.
    """
    try:
        found = msgspec.structs.astuple(_array.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unprocessable("not an array of events") from error
    return list(itertools.takewhile(lambda raw: raw is not None, found))


def _told(body: bytes, payload: Payload) -> Decoded:
    told = decode(body)
    if told is None:
        return refused(Reason.UNKNOWN_KIND, "unknown")
    kind = str(told.__struct_config__.tag)
    if kind not in ACCEPTED:
        return refused(Reason.NOT_ACCEPTED, kind)
    if not told.community and not kind.startswith(PLACELESS):
        return refused(Reason.NO_COMMUNITY, kind)
    return Decoded(events=(stamped(told, payload),))


def stamped(told: Envelope, payload: Payload) -> Envelope:
    """Return the event as taken in through this connection, its time in UTC."""
    if not told.id:
        raise Unprocessable("id is empty: it would pass for every other event without one")
    try:
        at = told.time.astimezone(UTC)
    except OverflowError as error:
        raise Unprocessable("time is beyond the calendar in UTC") from error
    if at > payload.recordedtime + AHEAD_MAX:
        raise Unprocessable("time is more than a day ahead of its receipt")
    return msgspec.structs.replace(
        told,
        time=at,
        brand=payload.brand,
        source=f"{Events.platform}/{payload.connection}",
        recordedtime=payload.recordedtime,
        imported=payload.imported,
        backfillpoints=payload.backfill_points,
        purpose=None,
    )
