"""The contract of the bus, version 1. All events, one tagged union on `type`.

Within v1 it only grows: optional fields and new types. `tests/contract` holds it to that.
"""

from __future__ import annotations

from shared.events.codec import decode, encode, event_id
from shared.events.envelope import Actor, Common, Envelope, Instant
from shared.events.registry import TYPES

__all__ = ["TYPES", "Actor", "Common", "Envelope", "Instant", "decode", "encode", "event_id"]
