"""What members are answered, in English and Russian. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.engagement.rules.commands import Ask, Language
from shared.events import event_id
from shared.events.actions import Act, ActionMessage, ActionReply
from shared.said import plural

AGAIN_S = 30
"""A member who asks again sooner is not answered again: nobody fills a chat with answers of ours."""

POINTS = ("балл", "балла", "баллов")
"""Beside 1, 2 and 5."""

LATE = timedelta(minutes=10)
"""An answer that comes later answers nobody."""


def answer(ask: Ask, balance: int, *, is_reached: bool) -> ActionReply | ActionMessage | None:
    """Return the answer: to the message where there is one, else directly; None where that never arrives."""
    about: dict[str, Any] = {
        "id": event_id("engagement.answer", ask.id),
        "source": ask.source,
        "time": ask.at,
        "brand": ask.brand,
        "recordedtime": ask.recorded,
        "community": ask.community,
    }
    told: dict[str, Any] = {"cause": ask.id, "text": points(balance, ask.language), "deadline": ask.recorded + LATE}
    if ask.message is not None:
        return ActionReply(**about, subject=ask.message, data=Act(content_id=ask.message, channel=ask.channel, **told))
    if not is_reached:
        return None
    return ActionMessage(**about, subject=ask.member, data=Act(member=ask.member, **told))


def points(balance: int, language: Language) -> str:
    """Return how many points a member has, as a sentence."""
    if language == "ru":
        return f"У вас {balance} {POINTS[plural(abs(balance))]}." if balance else "У вас пока нет баллов."
    if not balance:
        return "You have no points yet."
    return f"You have {balance} {'point' if abs(balance) == 1 else 'points'}."
