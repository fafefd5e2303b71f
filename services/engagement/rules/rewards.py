"""What the policy in force gives for a content or for a reaction to it: the grants that are due while it counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from services.engagement.rules.contents import Grant
from shared.documents.rewards import RewardsPolicy
from shared.errors import Unprocessable


class Rewards(NamedTuple):
    """A version of a policy, ready to be used."""

    version: int
    spec: RewardsPolicy
    zone: ZoneInfo


def built(version: int, spec: Mapping[str, Any]) -> Rewards:
    """Return the policy of a stored version. Raises Unprocessable where its time zone or its rules' ids are wrong."""
    told = msgspec.convert(spec, RewardsPolicy)
    if len({rule.id for rule in told.rules}) != len(told.rules):
        raise Unprocessable("two rules have the same id: entries name their rule by it")
    try:
        return Rewards(version, told, ZoneInfo(told.timezone))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Unprocessable(f"{told.timezone} is no time zone; use IANA names, for example Europe/Moscow") from error


def due(rewards: Rewards, for_: Literal["content", "reaction"], kind: str | None, cause: Cause) -> tuple[Grant, ...]:
    """Return the grants of all rules that reward this; none where nothing does."""
    spec = rewards.spec
    day = cause.at.astimezone(rewards.zone).date() if spec.timezone != "UTC" else cause.at.astimezone(UTC).date()
    return tuple(
        Grant(rule.id, rewards.version, rule.points, rule.cap_per_day, day.toordinal(), cause.id, cause.member)
        for rule in spec.rules
        if rule.for_ == for_ and (rule.kinds is None or kind in rule.kinds)
    )


class Cause(NamedTuple):
    """The event that is rewarded, and whom it rewards."""

    id: str
    at: datetime
    member: str
