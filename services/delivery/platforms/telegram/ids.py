"""Telegram's ids: a chat and a message's number in it."""

from __future__ import annotations

import re
from typing import NamedTuple

from services.delivery.platforms.errands import unsupported
from services.delivery.platforms.platform import Errand

CONTENT = re.compile(r"telegram:(-?[1-9][0-9]{0,18}):([1-9][0-9]{0,15})")
ACCOUNT = re.compile(r"telegram:(-?[1-9][0-9]{0,18})")
"""A person, or, below zero, a channel in whose name somebody writes."""

DENSE = "-100"
"""What the id of a supergroup or channel begins with: these number their messages each for itself, without gaps.

Private chats and small groups share one numbering of the bot's own. Source: https://core.telegram.org/api/bots/ids.
"""


class Message(NamedTuple):
    """A message's place."""

    chat: str
    number: int


def message_of(content: str | None) -> Message | None:
    """Return where a content stands; None for what is no message of Telegram."""
    match = CONTENT.fullmatch(content or "")
    return None if match is None else Message(match[1], int(match[2]))


def account_of(id_: str | None) -> str | None:
    """Return an account or chat by its id in events; None for what is none of Telegram."""
    match = ACCOUNT.fullmatch(id_ or "")
    return None if match is None else match[1]


def target(errand: Errand) -> Message:
    """Return the message that the act is about. Raises Impossible where there is none."""
    found = message_of(errand.act.content_id)
    if found is None:
        raise unsupported("the content is no message of Telegram: its id looks like telegram:-100123:45")
    return found


def member(errand: Errand) -> str:
    """Return the account that the act is about. Raises Impossible where there is none."""
    found = account_of(errand.act.member)
    if found is None:
        raise unsupported("the member is no account of Telegram: its id looks like telegram:12345")
    return found


def chat(errand: Errand) -> str:
    """Return the chat in which the act is carried out."""
    if errand.kind == "message":
        return member(errand)
    if errand.act.content_id is not None:
        return target(errand).chat
    found = account_of(errand.community)
    if found is None:
        raise unsupported("the community is no chat of Telegram: its id looks like telegram:-100123")
    return found


def topic(errand: Errand) -> int | None:
    """Return the topic of a forum that something is to be published in."""
    found = message_of(errand.act.channel)
    return None if found is None else found.number


def id_of(chat: str | int, number: int) -> str:
    """Return the id of a message in events."""
    return f"telegram:{chat}:{number}"
