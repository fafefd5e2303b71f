"""How Telegram is asked: one method a path, and how often it may be.

Source: https://core.telegram.org/bots/api#making-requests, https://core.telegram.org/bots/faq#my-bot-is-hitting-limits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.delivery.platforms.platform import Bucket, Call
from services.delivery.platforms.rates import within
from shared.limits.bucket import Rate

BOT = Bucket("bot", Rate(24, 3))
"""All of a bot together: some 30 a second. What is late by a tenth of a second, as a turn may be, still is no more:
24 * 1.1 + 3."""

CHAT = Rate(0.9, 1)
"""Messages to one chat: one a second."""

GROUP = within(19, 60, 4)
"""Messages to one group or channel: 20 a minute, and one to spare for what is late."""

ACTS = within(20, 1, 5)
"""Anything else in one chat: no number is documented, and a chat that is refused must not hold up the others."""


ANSWERS = Bucket("answers", within(20, 1, 5))
"""Answers to presses: no number is documented, and one that is refused must not hold up messages."""


def sending(chat: str) -> Sequence[Bucket]:
    """Return the limits of a message to a chat, the narrowest last."""
    group = (Bucket(f"group/{chat}", GROUP),) if chat.startswith("-") else ()
    return (BOT, *group, Bucket(f"chat/{chat}", CHAT))


def acting(chat: str) -> Sequence[Bucket]:
    """Return the limits of anything else in a chat, the narrowest last."""
    return (BOT, Bucket(f"acts/{chat}", ACTS))


def send(method: str, chat: str, body: Mapping[str, Any]) -> Call:
    """Return the call that members see."""
    fields = {"chat_id": int(chat), **body}
    return Call("POST", f"/{method}", f"/{method}", body=fields, buckets=sending(chat), is_visible=True)


def act(method: str, chat: str, **body: object) -> Call:
    """Return a call whose repetition changes nothing."""
    return Call("POST", f"/{method}", f"/{method}", body={"chat_id": int(chat), **body}, buckets=acting(chat))


def press(method: str, **body: object) -> Call:
    """Return a call about a press, which belongs to no chat."""
    return Call("POST", f"/{method}", f"/{method}", body=body, buckets=(BOT, ANSWERS))
