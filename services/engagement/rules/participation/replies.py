"""How a member is answered who said something in a chat: for their eyes alone where they pressed a button. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from services.engagement.rules.participation.commands import ReplyTo
from shared.events import Envelope, event_id
from shared.events.actions import BUTTON_TEXT_CHARS_MAX, ROWS_MAX, Act, ActionAnswer, ActionMessage, ActionReply, Button
from shared.said import Language, Said

LATE = timedelta(minutes=10)
"""An answer that comes later answers nobody."""


class Key(NamedTuple):
    """A button: what stands on it, and the command that it gives."""

    text: Said
    command: str
    asks: Said | None = None
    """What the member is to write beside it: pages ask for it, in chats it follows the command."""


class Asked(NamedTuple):
    """Who asked, when, by which command."""

    id: str
    brand: str
    member: str
    at: datetime


def replied(asked: Asked, to: ReplyTo, said: Said, keys: Sequence[Key] = (), *, private: bool = False) -> Envelope:
    """Return the act by which a member is answered; what is private is never said where others read it."""
    language = Language(to.language)
    about: dict[str, Any] = {
        "id": event_id("engagement.reply", asked.brand, asked.id),
        "source": to.source,
        "time": asked.at,
        "brand": asked.brand,
        "recordedtime": asked.at,
        "community": to.community,
    }
    told: dict[str, Any] = {"cause": asked.id, "text": said.by(language), "deadline": asked.at + LATE}
    keys = [key for key in keys if key.asks is None]
    if to.press is not None and not keys:
        return ActionAnswer(**about, subject=asked.member, data=Act(press=to.press, member=asked.member, **told))
    told |= {"buttons": rows(keys, language)} if keys else {}
    if to.message is not None and to.press is None and not private:
        return ActionReply(**about, subject=to.message, data=Act(content_id=to.message, channel=to.channel, **told))
    return ActionMessage(**about, subject=asked.member, data=Act(member=asked.member, **told))


def rows(keys: Sequence[Key], language: Language) -> tuple[tuple[Button, ...], ...]:
    """Return buttons, one below the other; two in a row where they are too many for that."""
    wide = 1 if len(keys) <= ROWS_MAX else 2
    made = [Button(text=key.text.by(language)[:BUTTON_TEXT_CHARS_MAX], command=key.command) for key in keys]
    return tuple(tuple(made[place : place + wide]) for place in range(0, len(made), wide))
