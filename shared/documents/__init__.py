"""What people declare with `veche apply`: kinds, the shape of each, and the service that owns it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from shared.documents.directory import Brand, Connection, Staff
from shared.documents.moderation import ModerationPolicy
from shared.documents.rewards import RewardsPolicy

API_VERSION = "veche/v1"


class Kind(NamedTuple):
    """One kind of document."""

    spec: type[msgspec.Struct]
    service: str


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "Brand": Kind(Brand, "ingest"),
        "Connection": Kind(Connection, "ingest"),
        "Staff": Kind(Staff, "ingest"),
        "ModerationPolicy": Kind(ModerationPolicy, "moderation"),
        "RewardsPolicy": Kind(RewardsPolicy, "engagement"),
    }
)
"""Every kind by its name."""
