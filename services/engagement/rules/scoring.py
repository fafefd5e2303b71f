"""Events and decisions into what they change of a content, and flipped grants into events. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.engagement.rules import contents
from services.engagement.rules.contents import Content, Grant
from services.engagement.rules.rewards import Cause, Rewards, due
from shared.events import Actor, Envelope, event_id
from shared.events.community import (
    ContentCreated,
    ContentDeleted,
    ContentRestored,
    ReactionAdded,
    ReactionRemoved,
)
from shared.events.engagement import Points, PointsClawedBack, PointsGranted, PointsRestored
from shared.events.moderation import DecisionMade, DecisionReversed

Scored = (
    ContentCreated | ContentDeleted | ContentRestored | ReactionAdded | ReactionRemoved | DecisionMade | DecisionReversed
)

UNREWARDED_ROLES = frozenset({"staff", "community"})

REASONS: dict[type[Envelope], str] = {
    ContentCreated: "written",
    ContentDeleted: "deleted",
    ContentRestored: "undeleted",
    ReactionAdded: "reacted",
    ReactionRemoved: "withdrawn",
    DecisionMade: "removed",
    DecisionReversed: "reinstated",
}
"""Why points change, by what changes them."""


def earns(actor: Actor | None) -> bool:
    """Say whether this one's doings earn points: staff's and bots' do not."""
    return actor is not None and not actor.bot and actor.role not in UNREWARDED_ROLES


def may_earn(event: Envelope) -> bool:
    """Say whether this is of what earns points: history does where its import asked for them."""
    return event.backfillpoints or not event.imported


def content_of(event: Scored) -> str | None:
    """Return the content that an event concerns; None for what changes no points. History's removals removed nothing."""
    if isinstance(event, DecisionMade) and (event.imported or not event.data.takes_away):
        return None
    if isinstance(event, ReactionAdded | ReactionRemoved) and not _counted(event):
        return None
    return event.data.content_id


def _counted(event: ReactionAdded | ReactionRemoved) -> bool:
    data = event.data
    if not earns(data.actor) or data.content_author is None or (data.value or 0) < 0:
        return False
    return data.actor is not None and data.actor.id != data.content_author


def changed(content: Content, event: Scored, rewards: Rewards) -> Content:
    """Take an event in."""
    match event:
        case ContentCreated():
            return _written(content, event, rewards)
        case ContentDeleted() | ContentRestored():
            return contents.deleted(content, is_deleted=isinstance(event, ContentDeleted))
        case DecisionMade():
            return contents.removed(content, event.data.decision)
        case DecisionReversed():
            return contents.reinstated(content, event.data.decision)
        case _:
            return _reaction(content, event, rewards)


def _written(content: Content, event: ContentCreated, rewards: Rewards) -> Content:
    actor, kind = event.data.actor, event.data.kind
    if actor is None or not earns(actor) or event.data.command is not None:
        return contents.written(content, kind, (), is_rewarded=False)
    grants = due(rewards, "content", kind, Cause(event.id, event.time, actor.id)) if may_earn(event) else ()
    return contents.written(content, kind, grants, is_rewarded=True)


def _reaction(content: Content, event: ReactionAdded | ReactionRemoved, rewards: Rewards) -> Content:
    if isinstance(event, ReactionRemoved):
        return contents.withdrawn(content, _reactor(event), _emoji(event))
    return _reacted(content, event, rewards)


def _reacted(content: Content, event: ReactionAdded, rewards: Rewards) -> Content:
    author = event.data.content_author
    assert author is not None, "reactions to nobody's contents are not counted"
    grants: tuple[Grant, ...] = ()
    if _reactor(event) not in content.reactors and may_earn(event):
        grants = due(rewards, "reaction", content.kind, Cause(event.id, event.time, author))
    return contents.reacted(content, _reactor(event), _emoji(event), grants)


def _reactor(event: ReactionAdded | ReactionRemoved) -> str:
    assert event.data.actor is not None, "anonymous reactions are not counted"
    return event.data.actor.id


def _emoji(event: ReactionAdded | ReactionRemoved) -> str:
    return event.data.emoji or event.data.kind or ""


def told(grant: Grant, event: Scored) -> PointsGranted | PointsClawedBack | PointsRestored:
    """Return a grant that flipped as an event: given, taken back, given again. Its id is a digest of that."""
    fields: dict[str, Any] = {
        "id": event_id("engagement.points", event.brand, event.community or "", *_cause(grant)),
        "source": event.source,
        "time": event.time,
        "brand": event.brand,
        "recordedtime": event.recordedtime,
        "community": event.community,
        "subject": event.data.content_id,
        "imported": event.imported,
        "data": _points(grant, event),
    }
    if not grant.is_given:
        return PointsClawedBack(**fields)
    return PointsGranted(**fields) if grant.flips == 1 else PointsRestored(**fields)


def _cause(grant: Grant) -> tuple[str | int, ...]:
    return grant.cause, grant.rule, grant.member, grant.flips


def _points(grant: Grant, event: Scored) -> Points:
    reason = REASONS[type(event)]
    if reason == "written" and grant.cause != event.id:
        reason = "reacted"
    return Points(
        content_id=event.data.content_id,
        member=grant.member,
        cause=grant.cause,
        rule=grant.rule,
        version=grant.version,
        uncapped=grant.points if grant.is_given else -grant.points,
        day=date.fromordinal(grant.day),
        cap=grant.cap,
        reason=reason,
    )
