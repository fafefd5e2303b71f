"""Events and decisions into what they change of a content, and flipped grants into events. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from msgspec.structs import replace

from services.engagement.rules import causes, contents, contests
from services.engagement.rules.causes import Cause, Paired, Single, earns, is_negative, may_earn
from services.engagement.rules.contents import Content, Grant
from services.engagement.rules.reasons import reason_of
from services.engagement.rules.rewards import Rewards, due, needs_kind
from services.engagement.rules.wallets import begin_of, moment_of
from shared.documents.rewards import For
from shared.events import Envelope, decode, encode, event_id
from shared.events.commerce import PurchaseMade, PurchaseRefunded
from shared.events.community import (
    ContentCreated,
    ContentDeleted,
    ContentRestored,
    ContentShared,
    PollRetracted,
    PollVoted,
    ReactionAdded,
    ReactionRemoved,
    SolutionAccepted,
)
from shared.events.engagement import Participated, Points, PointsClawedBack, PointsGranted, PointsRestored
from shared.events.moderation import DecisionMade, DecisionReversed

About = ReactionAdded | ReactionRemoved | ContentShared | SolutionAccepted
"""What is done to a content."""

Turned = ContentDeleted | ContentRestored | DecisionMade | DecisionReversed | PollRetracted | PurchaseRefunded
"""What takes points back, or gives them again."""

Scored = ContentCreated | About | PollVoted | PurchaseMade | Turned
"""What changes a state: of a content, a vote, a purchase."""


SHARED = "share"
"""Stands for an emoji where a content was shared."""


def content_of(event: Scored) -> str | None:
    """Return the content that an event concerns, or what stands for one; None for what changes no points.

    History's removals removed nothing.
    """
    if isinstance(event, DecisionMade) and (event.imported or not event.data.takes_away):
        return None
    if isinstance(event, ReactionAdded | ReactionRemoved) and not _counted(event):
        return None
    return causes.pair_of(event) if isinstance(event, Paired) else event.data.content_id


def _counted(event: ReactionAdded | ReactionRemoved) -> bool:
    """Say whether a reaction can be worth something: to its author or, where nobody knows who that was, to anybody."""
    data = event.data
    if data.content_author is None or data.count is not None:
        return False
    return data.actor is None or (earns(data.actor) and data.actor.id != data.content_author)


Policies = Callable[[Envelope], Rewards]
"""Tells the policy under which an event is rewarded."""


def changed(content: Content, event: Scored, policies: Policies) -> Content:
    """Take an event in."""
    match event:
        case ContentCreated():
            return _written(content, event, policies)
        case ReactionAdded() | ReactionRemoved() | ContentShared() | SolutionAccepted():
            return _about(content, event, policies)
        case PollVoted() | PurchaseMade():
            return _done(content, event, policies(event))
        case _:
            return _turned(content, event)


def _about(content: Content, event: About, policies: Policies) -> Content:
    """Take in what was done to a content. What hangs on its kind waits until that is known, and all that comes after it."""
    if not content.is_written and (content.early or needs_kind(policies(event), _for(event))):
        return contents.waiting(content, encode(event))
    match event:
        case ReactionAdded():
            cause = causes.reacted(event, content.kind)
            votes = _votes(content, event, policies(event))
            return _counted_once(content, _reactor(event), _emoji(event), cause, policies(event), votes)
        case ReactionRemoved():
            return _withdrawn(content, event)
        case ContentShared():
            cause = causes.shared(event, content.kind)
            return _counted_once(content, f"share {_who(event)}", SHARED, cause, policies(event))
        case SolutionAccepted():
            cause = causes.accepted(event, content.kind)
            return contents.granted(content, due(policies(event), cause) if may_earn(event) else ())


def _withdrawn(content: Content, event: ReactionRemoved) -> Content:
    """Take back a reaction; one of which nobody says whether it was for or against may be either."""
    if event.data.value is None:
        content = contents.withdrawn(content, f"-{_who(event)}", _emoji(event))
    return contents.withdrawn(content, _reactor(event), _emoji(event))


def _for(event: About) -> For:
    match event:
        case SolutionAccepted():
            return "solution"
        case ContentShared():
            return "share"
        case _:
            return "downvote" if is_negative(event) else "reaction"


def _turned(content: Content, event: Turned) -> Content:
    """Take in that a content is gone or back, or that something was taken back."""
    match event:
        case DecisionMade():
            return contents.removed(content, event.data.decision)
        case DecisionReversed():
            return contents.reinstated(content, event.data.decision)
        case _:
            return contents.deleted(content, is_deleted=not isinstance(event, ContentRestored))


def _written(content: Content, event: ContentCreated, policies: Policies) -> Content:
    data = event.data
    is_rewarded = earns(data.actor) and data.command is None and not data.asks and not data.joint
    grants = due(policies(event), causes.written(event)) if is_rewarded and may_earn(event) else ()
    known = contents.written(replace(content, early=()), data.kind, grants, is_rewarded=is_rewarded)
    for raw in content.early:
        waited = decode(raw)
        assert isinstance(waited, About), "only what is about a content waits for it"
        known = _about(known, waited, policies)
    return known


def _votes(content: Content, event: ReactionAdded, rewards: Rewards) -> Sequence[Grant]:
    """Return the votes that a reaction is for what entered contests."""
    author = event.data.content_author
    if not rewards.running or author is None or is_negative(event):
        return ()
    return tuple(contests.votes(rewards.running, event, author, content.grants))


def _counted_once(
    content: Content, key: str, emoji: str, cause: Cause, rewards: Rewards, votes: Sequence[Grant] = ()
) -> Content:
    """Take in what a member did to a content: it earns once, and as long as it and the content are there."""
    grants = (*due(rewards, cause), *votes) if key not in content.reactors and may_earn(cause.event) else ()
    if not cause.is_known and not grants:
        return content  # nobody takes back what nobody is known to have done
    return contents.reacted(content, key, emoji, grants)


def _done(content: Content, event: PollVoted | PurchaseMade, rewards: Rewards) -> Content:
    """Take in a vote or a purchase: the first earns, and whoever takes it back and does it again has it again."""
    there = contents.deleted(content, is_deleted=False)
    if there.is_written:
        return there
    grants = due(rewards, causes.paired(event)) if may_earn(event) else ()
    return contents.written(there, None, grants, is_rewarded=True)


def _reactor(event: ReactionAdded | ReactionRemoved) -> str:
    """Return what one member's reactions are kept by: those for and those against a content are two."""
    return f"-{_who(event)}" if is_negative(event) else _who(event)


def _who(event: ReactionAdded | ReactionRemoved | ContentShared) -> str:
    return event.id if event.data.actor is None else event.data.actor.id


def _emoji(event: ReactionAdded | ReactionRemoved) -> str:
    return event.data.emoji or event.data.kind or ""


def given(event: Single, rewards: Rewards) -> tuple[Grant, ...]:
    """Return what is given for good: nothing takes it back."""
    if not may_earn(event):
        return ()
    return tuple(contents.given(grant) for grant in due(rewards, causes.single(event)))


def told(grant: Grant, event: Envelope) -> PointsGranted | PointsClawedBack | PointsRestored:
    """Return a grant that flipped as an event: given, taken back, given again. Its id is a digest of that."""
    made = PointsGranted if grant.flips == 1 else PointsRestored if grant.is_given else PointsClawedBack
    cause = grant.cause, grant.rule, grant.member, grant.flips
    return made(
        id=event_id("engagement.points", event.brand, event.community or "", *cause),
        source=event.source,
        time=event.time,
        brand=event.brand,
        recordedtime=event.recordedtime,
        community=event.community,
        subject=_content(event),
        imported=event.imported,
        data=_points(grant, event),
    )


def _content(event: Envelope) -> str | None:
    found: str | None = event.data.content_id  # type: ignore[attr-defined] # every event has data
    return found


def _points(grant: Grant, event: Envelope) -> Points:
    sign = 1 if grant.is_given else -1
    return Points(
        content_id=_content(event),
        member=grant.member,
        cause=grant.cause,
        rule=grant.rule,
        version=grant.version,
        uncapped=sign * grant.points,
        day=date.fromordinal(grant.day),
        cap=grant.cap,
        community_cap=grant.community_cap,
        brand_cap=grant.brand_cap,
        exempt=grant.exempt,
        slot=grant.slot or None,
        expires=begin_of(grant.lot).date() if grant.lot else None,
        held_until=moment_of(grant.release) if grant.release else None,
        karma=sign * grant.karma or None,
        reason=reason_of(event, is_cause=grant.cause == event.id),
        thing=event.data.thing if isinstance(event, Participated) else None,
    )
