"""What every event on the bus has in common: CloudEvents 1.0, structured JSON mode."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

CONTRACT = "urn:veche:contract:v1"
"""The `dataschema` of every event: the committed bundle of JSON Schemas, `docs/contract/v1.json`."""

TEXT_CHARS_MAX = 100_000
"""No platform allows a longer text; beyond it a payload is an attack or a mistake."""

NAME_CHARS_MAX = 512
"""Ids, names and handles; the longest platform limit seen is 255."""

Instant = Annotated[datetime, Meta(tz=True)]
"""A point in time with its zone (RFC 3339)."""

Name = Annotated[str, Meta(max_length=NAME_CHARS_MAX)]
Int = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
"""An integer that BSON can hold: JSON allows longer ones, the stores do not."""
Text = Annotated[str, Meta(max_length=TEXT_CHARS_MAX)]


def always(value: str) -> Callable[[], str]:
    """Give a default that is written out although defaults are omitted: CloudEvents requires it."""
    return lambda: value


class Data(Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """A part of an event. Absent is absent, never empty: defaults are not written."""


class Actor(Data, frozen=True, kw_only=True):
    """Who acted: a member's account on a platform, as the event told it."""

    id: Name
    """`platform:account`, for example `telegram:12345`."""
    name: Name | None = None
    role: Literal["member", "staff", "admin", "community"] | None = None
    """`staff` are the brand's own people; `community` is the community speaking itself."""
    bot: bool = False


class Common(Data, frozen=True, kw_only=True):
    """The common part of every `data`."""

    actor: Actor | None = None
    content_id: Name | None = None
    """`platform:community:object`, for example `telegram:-100123:45`."""
    content_author: Name | None = None
    """The member id of the author of `content_id`; filled in by the normaliser."""
    own_post: Name | None = None
    """The brand's own post that this touches, answers or stands below; filled in by the normaliser where it knows."""
    time_source: Literal["platform", "receipt"] | None = None
    """`receipt` where the platform tells no time and the edge's own was taken."""


class Envelope(Data, frozen=True, kw_only=True, tag_field="type"):
    """The CloudEvents attributes. `type` is the tag of each subclass."""

    id: Name
    """A digest of the cause: the same fact has the same id however it arrives."""
    source: Name
    """`platform/connection`."""
    time: Instant
    """When it happened on the platform."""
    brand: Name
    recordedtime: Instant
    """When the edge took it in; stamped once and copied through all that follows from it."""
    community: Name | None = None
    """`platform:place`; absent only for what concerns a member of the brand as a whole."""
    subject: Name | None = None
    imported: bool = False
    """True for history: counted and judged, but it causes no act, notice, strike or incident."""
    backfillpoints: bool = False
    """True for history that is to earn points all the same, because whoever imported it asked for them."""
    purpose: Literal["partner", "watched", "competitor"] | None = None
    """Whose the community is, where it is not the brand's own: counted, and neither moderated nor rewarded."""
    specversion: str = field(default_factory=always("1.0"))
    datacontenttype: str = field(default_factory=always("application/json"))
    dataschema: str = field(default_factory=always(CONTRACT))
