"""What follows from a decision: acts on the platform, the message to the author, the strike. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.moderation.rules.case import Policy
from services.moderation.rules.notices import Links, said
from services.moderation.rules.strikes import Strike
from shared.documents.discipline import seconds
from shared.events import Envelope, event_id
from shared.events.actions import Act, ActionDelete, ActionHide, ActionMessage
from shared.events.moderation import DecisionMade, DecisionReversed, Verdict

PlatformAct = ActionDelete | ActionHide | ActionMessage

CONTENT_ACTS: Mapping[Verdict, type[ActionDelete | ActionHide]] = {
    "hold": ActionHide,
    "hide": ActionHide,
    "remove": ActionDelete,
    "mute": ActionDelete,
    "ban": ActionDelete,
}
"""What is done to a content, by verdict."""

TOLD_AT_ONCE = frozenset({"hold", "hide", "remove"})
"""Verdicts of which the author hears by the decision; of sanctions they hear by the sanction."""

STRUCK = frozenset({"hide", "remove", "warn", "mute", "ban"})
"""Verdicts that are strikes; what is held is one only when a person says so."""


def acts_of(made: DecisionMade, policy: Policy, links: Links) -> Sequence[PlatformAct]:
    """Return what is done on the platform: to the content, and the message to its author."""
    decision, acts = made.data, list[PlatformAct]()
    make = CONTENT_ACTS.get(decision.verdict)
    if make is not None and decision.content_id is not None:
        data = Act(
            content_id=decision.content_id,
            content_author=decision.content_author,
            cause=made.id,
            channel=decision.channel,
            reason=decision.reason,
        )
        acts.append(make(**following(made, event_id("moderation.act", made.id)), data=data))
    if policy.spec.notices.author and decision.verdict in TOLD_AT_ONCE:
        acts += notice(made, said(decision.verdict, decision.language), links)
    return acts


def notice(made: DecisionMade, text: str, links: Links) -> Sequence[ActionMessage]:
    """Return the message to the author of what was decided on: what, why, and where to ask for another look."""
    decision, link = made.data, links.appeal(made.data.decision)
    if decision.content_author is None:
        return ()
    asked = None if link is None else said("appeal", decision.language, link=link)
    words = " ".join(part for part in (text, decision.reason, asked) if part)
    return (noticed(made, decision.content_author, words),)


def noticed(event: DecisionMade | DecisionReversed, member: str, text: str) -> ActionMessage:
    """Return the one message to a member that follows from an event."""
    return message(following(event, event_id("moderation.notice", event.id)), member, text, event.id, event.data.content_id)


def message(attributes: Mapping[str, Any], member: str, text: str, cause: str, content: str | None = None) -> ActionMessage:
    """Return what a member is written: all messages of moderation are made here."""
    return ActionMessage(**attributes, data=Act(content_id=content, member=member, cause=cause, text=text))


def strike(made: DecisionMade, points: int, replaces: tuple[str, ...] = ()) -> Strike | None:
    """Return the strike that a decision is; None where it is none, or its author is not known."""
    decision = made.data
    if decision.content_author is None or decision.verdict not in STRUCK:
        return None
    verdict = decision.verdict
    return Strike(
        id=decision.decision,
        brand=made.brand,
        community=made.community or "",
        member=decision.content_author,
        source=made.source,
        at=made.time,
        recorded=made.recordedtime,
        points=points,
        sanction=verdict if verdict in {"warn", "mute", "ban"} else None,
        until=decision.until,
        content=decision.content_id,
        replaces=replaces or None,
        language="ru" if decision.language == "ru" else "en",
        reason=decision.reason,
    )


def ends(at: datetime, lasts: str | None) -> datetime | None:
    """Return when what begins then is over; None where it has no end."""
    return None if lasts is None else at + timedelta(seconds=seconds(lasts))


def following(event: Envelope, id_: str) -> dict[str, Any]:
    """Return the attributes of an event that follows from another."""
    return {
        "id": id_,
        "source": event.source,
        "time": event.time,
        "brand": event.brand,
        "recordedtime": event.recordedtime,
        "community": event.community,
        "subject": event.subject,
        "imported": event.imported,
    }
