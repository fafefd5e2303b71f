"""`/rules`: a member asks in the community, and is answered there, or directly where there is no message to answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.moderation.pages.asked import answer
from services.moderation.pages.conduct import conduct
from services.moderation.rules.case import Member, Policy
from services.moderation.rules.members import milliseconds
from services.moderation.rules.notices import Links
from shared.events import event_id
from shared.events.actions import Act, ActionMessage, ActionReply
from shared.events.community import QuestionAsked
from shared.fold.definition import Output
from shared.topics import ACTIONS

AGAIN_MS = 30_000
"""Who asks again sooner is not answered again: nobody fills a chat with answers of ours."""

LATE = timedelta(minutes=10)
"""An answer that comes later answers nobody."""


def who_asks(event: QuestionAsked) -> str | None:
    """Return the member who asks for the rules, now and here; None where nobody does."""
    actor = event.data.actor
    is_ours = event.data.kind == "rules" and event.purpose is None and not event.imported and event.community is not None
    return actor.id if is_ours and actor is not None and not actor.bot else None


def is_soon(member: Member, event: QuestionAsked) -> bool:
    """Say whether the member was told the rules just now."""
    return member.asked_ms is not None and abs(milliseconds(event.time) - member.asked_ms) < AGAIN_MS


def told_rules(event: QuestionAsked, policy: Policy, links: Links) -> Output:
    """Return the answer as an act."""
    data, community, member = event.data, event.community or "", who_asks(event)
    text = answer(conduct(policy, community), links.rules(event.brand, community), data.language)
    about: dict[str, Any] = {
        "id": event_id("moderation.rules", event.id),
        "source": event.source,
        "time": event.time,
        "brand": event.brand,
        "recordedtime": event.recordedtime,
        "community": community,
        "subject": data.message or member,
    }
    told: dict[str, Any] = {"cause": event.id, "text": text, "deadline": event.recordedtime + LATE}
    act: ActionReply | ActionMessage = (
        ActionMessage(**about, data=Act(member=member, **told))
        if data.message is None
        else ActionReply(**about, data=Act(content_id=data.message, channel=data.channel, **told))
    )
    return Output(ACTIONS.name, f"{event.brand}/{community}", act)
