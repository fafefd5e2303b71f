"""Payloads as records of `ingest.raw.v1`: the body untouched, what the edge knows beside it in headers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import get_args

import msgspec

from services.ingest.connectors.payload import Payload, Standing
from shared.bus.record import Headers, Outgoing, Record
from shared.errors import Unprocessable

HEADERS = frozenset(
    {"platform", "brand", "connection", "community", "recordedtime", "imported", "backfillpoints", "purpose", "bot"}
)
POLL_PLACE = "poll-place"
"""The platform of a record that the normaliser sends to itself: where a poll lives."""
RELEASE = "release"
"""The platform of a record that the normaliser has its timers send: the time to wait for a content is over."""

KEPT = "kept-"
"""Stands before the name of a header of the delivery that is kept."""

_purpose: Mapping[str, Standing] = {standing: standing for standing in get_args(Standing)}
_instant = msgspec.json.Decoder(datetime)


class Raw(msgspec.Struct, frozen=True):
    """A payload and the platform whose connector reads it."""

    platform: str
    payload: Payload


def key_of(brand: str, place: str) -> str:
    """Return the key of a community's records; `place` is a connection where the community is not known yet."""
    return f"{brand}/{place}"


def to_record(raw: Raw, carried: Headers = ()) -> Outgoing:
    """Return the record of a payload."""
    payload = raw.payload
    headers = [
        ("platform", raw.platform.encode()),
        ("brand", payload.brand.encode()),
        ("connection", payload.connection.encode()),
        ("recordedtime", payload.recordedtime.isoformat().encode()),
    ]
    if payload.community is not None:
        headers.append(("community", payload.community.encode()))
    if payload.imported:
        headers.append(("imported", b"1"))
    if payload.backfill_points:
        headers.append(("backfillpoints", b"1"))
    if payload.purpose is not None:
        headers.append(("purpose", payload.purpose.encode()))
    if payload.bot is not None:
        headers.append(("bot", payload.bot.encode()))
    headers += [(KEPT + name, value.encode()) for name, value in payload.headers.items()]
    key = key_of(payload.brand, payload.community or payload.connection)
    return Outgoing(key.encode(), payload.body, (*headers, *carried))


def from_record(record: Record) -> Raw:
    """Return the payload of a record. Raises Unprocessable where a header is missing or is not UTF-8."""
    try:
        told = {key: value.decode() for key, value in record.headers if key in HEADERS or key.startswith(KEPT)}
        recordedtime = _instant.decode(f'"{told["recordedtime"]}"')
        payload = Payload(
            body=record.value or b"",
            brand=told["brand"],
            connection=told["connection"],
            community=told.get("community"),
            recordedtime=recordedtime,
            imported="imported" in told,
            backfill_points="backfillpoints" in told,
            bot=told.get("bot"),
            purpose=_purpose.get(told.get("purpose", "")),
            headers={key.removeprefix(KEPT): value for key, value in told.items() if key not in HEADERS},
        )
        return Raw(told["platform"], payload)
    except KeyError as error:
        raise Unprocessable(f"the raw record has no header {error.args[0]}") from error
    except (UnicodeDecodeError, AttributeError) as error:
        raise Unprocessable("a header of the raw record is not UTF-8") from error
    except msgspec.DecodeError as error:
        raise Unprocessable("the header recordedtime is no instant") from error
