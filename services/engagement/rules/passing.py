"""What happens in a community and concerns a member's account, passed on to the ledger. Pure.

A member's question how they stand is answered where their points are known. Whether direct messages reach a member is
remembered there, too: what has no other way to be said is not tried again and again in vain.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.engagement.rules.causes import Single
from services.engagement.rules.commands import Ask, Come, Command, Language, Reach, Say
from services.engagement.rules.participation.commands import ReplyTo
from services.engagement.rules.standing.invites import inviter_of
from shared.events import event_id
from shared.events.actions import ActionDone, ActionFailed
from shared.events.community import CommandGiven, MemberJoined, QuestionAsked

LATE = timedelta(minutes=10)
"""A command that is read so long after it was given is done no more: whoever gave it has seen that nothing came of it."""

Passed = QuestionAsked | CommandGiven | ActionDone | ActionFailed


def member_of(event: Passed) -> str | None:
    """Return whose account is to hear of it; None for what concerns none."""
    if event.imported:
        return None
    if isinstance(event, QuestionAsked):
        actor, is_ours = event.data.actor, event.purpose is None and event.data.kind == "rank"
        return actor.id if is_ours and actor is not None and not actor.bot else None
    if isinstance(event, CommandGiven):
        actor, is_late = event.data.actor, event.recordedtime - event.time > LATE
        return actor.id if event.purpose is None and not is_late and actor is not None and not actor.bot else None
    if event.data.kind != "message" or (isinstance(event, ActionFailed) and not event.data.unreachable):
        return None
    return event.data.member


def passed(event: Passed, language: Language) -> Command:
    """Return what the member's account is told. `language` is the community's, for who asks without showing theirs."""
    member = member_of(event)
    assert member is not None, "what concerns nobody is not read"
    about: dict[str, Any] = {"id": event_id("engagement.command", event.id), "brand": event.brand, "member": member}
    if isinstance(event, CommandGiven):
        return _said(event, about, language)
    if not isinstance(event, QuestionAsked):
        return Reach(**about, at=event.time, arrived=isinstance(event, ActionDone))
    data = event.data
    return Ask(
        **about,
        at=event.time,
        community=event.community or "",
        source=event.source,
        recorded=event.recordedtime,
        channel=data.channel,
        message=data.message,
        language=data.language or language,
    )


def invitation(event: Single) -> Come | None:
    """Return whose invitation a member came by, as the link says by which they came; None where it says nothing."""
    if not isinstance(event, MemberJoined) or event.imported or event.purpose is not None or event.data.via is None:
        return None
    by = inviter_of(event.data.via)
    if by is None:
        return None
    member = event.data.member
    return Come(id=event_id("engagement.come", event.id), brand=event.brand, member=member, at=event.recordedtime, by=by)


def _said(event: CommandGiven, about: dict[str, Any], language: Language) -> Say:
    data = event.data
    reply = ReplyTo(
        community=event.community or "",
        source=event.source,
        channel=data.channel,
        message=data.message,
        press=data.press,
        language=data.language or language,
    )
    return Say(**about, at=event.time, name=data.name, text=data.text or "", reply=reply)
