"""What people declare with `veche apply`: kinds, the shape of each, and the service that owns it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from shared.documents.directory import Brand, Connection, Staff
from shared.documents.moderation import ModerationPolicy
from shared.documents.rewards import RewardsPolicy
from shared.documents.shape import plain, whole

API_VERSION = "veche/v1"


class Kind(NamedTuple):
    """One kind of document."""

    spec: type[msgspec.Struct]
    service: str
    is_versioned: bool = False
    """Whether records are judged by its versions."""


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "Brand": Kind(Brand, "ingest"),
        "Connection": Kind(Connection, "ingest"),
        "Staff": Kind(Staff, "ingest"),
        "ModerationPolicy": Kind(ModerationPolicy, "moderation", is_versioned=True),
        "RewardsPolicy": Kind(RewardsPolicy, "engagement", is_versioned=True),
    }
)
"""Every kind by its name."""


def as_stored(kind: str, spec: msgspec.Struct) -> dict[str, Any]:
    """Return a spec as it is stored: a version of a policy whole, anything else as it was told."""
    return whole(spec) if KINDS[kind].is_versioned else plain(spec)
