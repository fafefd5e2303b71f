"""The way of a delivery as edge and normaliser take it, without Kafka between: checked, cleaned, split, placed, read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Decoded, Payload
from shared.errors import Unprocessable

RECORDED = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Delivery(NamedTuple):
    """What a platform sends, and the headers that its connector keeps."""

    body: bytes
    headers: Mapping[str, str]


class Part(NamedTuple):
    """One payload of a delivery, and what it tells."""

    place: str | None
    decoded: Decoded | None
    """None where it cannot be read: a dead letter."""


def taken(platform: str, delivery: Delivery, brand: str = "acme") -> Iterator[Part]:
    """Yield what becomes of each part of a delivery. Raises Unreadable where the edge answers 400."""
    connector = CONNECTORS[platform]
    connector.check(delivery.body)
    for body in connector.parts(connector.keep(delivery.body)):
        place = connector.place(body, delivery.headers)
        payload = Payload(
            body=body, brand=brand, connection="hook", community=place, recordedtime=RECORDED, headers=delivery.headers
        )
        try:
            yield Part(place, connector.decode(payload))
        except Unprocessable:
            yield Part(place, None)
