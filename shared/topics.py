"""Every topic, declared once: its key, its retention. `veche topics apply` makes them; nothing else may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

PARTITIONS = 6
"""Partitions of each topic, fixed for life: growing is a new topic and a migration."""


class Key(StrEnum):
    """What a topic is keyed, so ordered, by."""

    COMMUNITY = "brand/community"
    MEMBER = "brand/member"
    THING = "brand/thing"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic as it is declared."""

    name: str
    key: Key
    retention: timedelta
    holds: str


def _topic(name: str, key: Key, days: int, holds: str) -> Topic:
    return Topic(name, key, timedelta(days=days), holds)


RAW = _topic("ingest.raw.v1", Key.COMMUNITY, 30, "payloads as the platforms sent them, and what the normaliser tells itself")
EVENTS = _topic("community.events.v1", Key.COMMUNITY, 30, "what happened in the communities")
DECISIONS = _topic("moderation.decisions.v1", Key.COMMUNITY, 365, "what moderation decided")
SANCTIONS = _topic("moderation.sanctions.v1", Key.MEMBER, 365, "who is muted, banned or warned")
GRANTS = _topic("engagement.grants.v1", Key.MEMBER, 7, "points that are due")
LEDGER = _topic("engagement.ledger.v1", Key.MEMBER, 365, "points that were posted")
ALERTS = _topic("reporting.alerts.v1", Key.COMMUNITY, 365, "incidents, goals at risk, and reports that are ready")
NOTICES = _topic("delivery.notices.v1", Key.COMMUNITY, 7, "what staff are to be told by now, of what waited")
ACTIONS = _topic("community.actions.v1", Key.COMMUNITY, 7, "what is to be done on the platforms")
RECEIPTS = _topic("community.receipts.v1", Key.COMMUNITY, 365, "what the platforms answered")
STRIKES = _topic("moderation.strikes.v1", Key.MEMBER, 30, "strikes given and withdrawn, and what staff ask about sanctions")
MODERATION_COMMANDS = _topic("moderation.commands.v1", Key.COMMUNITY, 7, "what moderation is asked to change")
ENGAGEMENT_COMMANDS = _topic("engagement.commands.v1", Key.MEMBER, 7, "what a member's account is told beside points")
PARTICIPATION = _topic("engagement.participation.v1", Key.THING, 7, "what members do in polls, quizzes, contests, the shop")
REPORTING_COMMANDS = _topic(
    "reporting.commands.v1", Key.COMMUNITY, 7, "what reporting is asked, and what its watches tell it"
)
IDEAS = _topic("reporting.ideas.v1", Key.COMMUNITY, 7, "what staff decide about ideas, and what listening tells itself")
DELIVERY_COMMANDS = _topic("delivery.commands.v1", Key.COMMUNITY, 7, "what became of acts, as delivery tells itself")

PUBLIC = (EVENTS, DECISIONS, SANCTIONS, GRANTS, LEDGER, ALERTS, ACTIONS, RECEIPTS)
"""The topics that other services may read."""

GROUPS: dict[str, Key] = {
    "normaliser": Key.COMMUNITY,
    "moderation": Key.COMMUNITY,
    "cases": Key.COMMUNITY,
    "sanctions": Key.MEMBER,
    "scorer": Key.COMMUNITY,
    "ledger": Key.MEMBER,
    "standing": Key.MEMBER,
    "participation": Key.THING,
    "boards": Key.MEMBER,
    "notices": Key.COMMUNITY,
    "figures": Key.COMMUNITY,
    "points": Key.MEMBER,
    "incidents": Key.COMMUNITY,
    "delivery": Key.COMMUNITY,
    "listening": Key.COMMUNITY,
}
"""The consumer groups and what they fold by."""


def dead_letters(group: str) -> Topic:
    """Return the topic of what a group could not process."""
    return _topic(f"{group}.dlq", GROUPS.get(group, Key.COMMUNITY), 365, f"what {group} could not process")


def retries(group: str) -> Topic:
    """Return the topic through which a group is given dead letters again."""
    return _topic(f"{group}.retry", GROUPS.get(group, Key.COMMUNITY), 30, f"dead letters given to {group} again")


def declared() -> tuple[Topic, ...]:
    """Return every topic there is."""
    commands = (MODERATION_COMMANDS, ENGAGEMENT_COMMANDS, REPORTING_COMMANDS, DELIVERY_COMMANDS)
    own = (RAW, *commands, STRIKES, PARTICIPATION, NOTICES)
    return (*own, IDEAS, *PUBLIC, *map(dead_letters, GROUPS), *map(retries, GROUPS))
