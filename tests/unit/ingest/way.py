"""The way of a delivery as edge and normaliser take it, without Kafka between: checked, cleaned, split, placed, read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Decoded, Payload
from services.ingest.connectors.raw import Raw, from_record, to_record
from services.ingest.rules.hostile import refuse_nul
from shared.bus.record import Outgoing
from shared.errors import Unprocessable
from tests.fakes import FakeRecord

RECORDED = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Delivery(NamedTuple):
    """What a platform sends, and the headers that its connector keeps."""

    body: bytes
    headers: Mapping[str, str]
    is_pulled: bool = False
    """Handed over by a poller or a gateway's client: no edge looks at it."""


class Part(NamedTuple):
    """One payload of a delivery, and what it tells."""

    place: str | None
    decoded: Decoded | None
    """None where it cannot be read: a dead letter."""


def taken(platform: str, delivery: Delivery, brand: str = "acme") -> Iterator[Part]:
    """Yield what becomes of each part of a delivery. Raises Unreadable where the edge answers 400."""
    connector = CONNECTORS[platform]
    body = delivery.body
    if not delivery.is_pulled:
        connector.check(body)
        body = connector.keep(body)
    for part in connector.parts(body):
        place = connector.place(part, delivery.headers)
        payload = Payload(
            body=part, brand=brand, connection="hook", community=place, recordedtime=RECORDED, headers=delivery.headers
        )
        yield Part(place, _decoded(to_record(Raw(platform, payload))))


def _decoded(sent: Outgoing) -> Decoded | None:
    raw = from_record(FakeRecord("raw", 0, 0, 0, *sent))
    try:
        decoded = CONNECTORS[raw.platform].decode(raw.payload)
        refuse_nul(decoded, raw.payload.body)
    except Unprocessable:
        return None
    return decoded
