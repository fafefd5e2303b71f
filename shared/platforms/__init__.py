"""What each platform can tell: known to all services, so that nothing unknown is taken for zero.

A test holds this against the connectors: what a platform is said to tell is told in one of its golden cases, and no golden
case tells anything else. `make platforms` draws the table of docs/platforms.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from shared.platforms.facts import FACTS, Fact
from shared.platforms.forums import DISCOURSE, FEED, PORTAL, REDDIT, STACK_EXCHANGE
from shared.platforms.messengers import DISCORD, SLACK, TELEGRAM
from shared.platforms.networks import FACEBOOK, INSTAGRAM, VK, YOUTUBE
from shared.platforms.platform import Note, Platform

__all__ = ["FACTS", "PLATFORMS", "Fact", "Note", "Platform", "platform_of", "tells"]

_ALL = (
    TELEGRAM,
    DISCORD,
    SLACK,
    VK,
    FACEBOOK,
    INSTAGRAM,
    DISCOURSE,
    YOUTUBE,
    REDDIT,
    FEED,
    STACK_EXCHANGE,
    PORTAL,
)

PLATFORMS: Mapping[str, Platform] = MappingProxyType({platform.id: platform for platform in _ALL})
"""By the first part of a community's id."""


def platform_of(community: str) -> str:
    """Return the platform of a community."""
    return community.partition(":")[0]


def tells(platform: str, fact: Fact) -> bool:
    """Return whether a platform can tell a fact; one that is not ours is the brand's own and tells what it likes."""
    known = PLATFORMS.get(platform)
    return known is None or fact in known.tells
