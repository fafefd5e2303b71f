"""Events of the contract itself, one CloudEvents JSON object each: for the brand's own portal and for bridges.

What the sender says of brand, source, time of receipt and import is not believed, and only facts of communities, purchases
and figures are taken: what our services decide or owe comes from them alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, timedelta

import msgspec
from typing_extensions import override

from services.ingest.connectors import secrets
from services.ingest.connectors.delivery import Delivery, Keys, read_or_none
from services.ingest.connectors.payload import Connector, Decoded, Payload, Reason, refused
from services.ingest.connectors.urgency import Urgency, of_type
from shared.errors import Unprocessable
from shared.events import TYPES, Envelope, decode
from shared.events import community as community_types

SIGNATURE_HEADER = "x-veche-signature"
"""`sha256=` and the hexadecimal HMAC-SHA256 of the raw body by the connection's secret."""

AHEAD_MAX = timedelta(days=1)
"""A sender's clock may be wrong, or its zone; an event from further ahead would sit in tomorrow's figures."""

ACCEPTED = frozenset(name for name, struct in TYPES.items() if struct.__module__ == community_types.__name__)
"""Types that may come from outside."""

PLACELESS = ("community.subscription.", "commerce.", "kpi.")
"""Types that may concern the brand as a whole; all others happen in a community."""


class _Kind(msgspec.Struct):
    type: str = ""


_kind_decoder = msgspec.json.Decoder(_Kind)


class _Place(msgspec.Struct):
    community: str | None = None


_place_decoder = msgspec.json.Decoder(_Place)


class Events(Connector):
    """The connector of the contract's own format."""

    platform = "events"

    @override
    def verify(self, delivery: Delivery, keys: Keys) -> bool:
        """Return whether the body is signed with one of the secrets."""
        return secrets.is_hub_signed(delivery.headers.get(SIGNATURE_HEADER, ""), delivery.body, keys.secrets)

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
        """Return the event with our own stamp, or why it is not taken."""
        told = decode(payload.body)
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
