"""What can wait where not everything can be taken in at once."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType


class Urgency(IntEnum):
    """How much is lost by taking something in later; the platform sends it again."""

    LOWEST = 0
    """Counts and likes, whose next telling says as much, and history."""
    LOW = 1
    """Reactions, votes, members who come and go."""
    NORMAL = 2
    """What members write."""
    HIGH = 3
    """Complaints, commands to a bot, what moderators did: somebody waits for an answer."""


TYPES: Mapping[str, Urgency] = MappingProxyType(
    {
        "community.content.flagged": Urgency.HIGH,
        "community.member.banned": Urgency.HIGH,
        "community.member.unbanned": Urgency.HIGH,
        "community.content.measured": Urgency.LOWEST,
    }
)
"""Types of the contract that are not as urgent as their family."""

FAMILIES: Mapping[str, Urgency] = MappingProxyType(
    {
        "community.reaction": Urgency.LOW,
        "community.member": Urgency.LOW,
        "community.poll": Urgency.LOW,
        "kpi": Urgency.LOW,
    }
)


def of_type(kind: str) -> Urgency:
    """Return how urgent an event of the contract is."""
    found = TYPES.get(kind)
    return FAMILIES.get(kind.rpartition(".")[0], Urgency.NORMAL) if found is None else found
