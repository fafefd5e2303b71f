"""Who acted, in the words of the contract."""

from __future__ import annotations

from datetime import UTC, datetime

from services.ingest.connectors.telegram.wire import Chat, User
from shared.events import Actor

ANONYMOUS_ADMIN = 1_087_968_824
"""GroupAnonymousBot: the account that Telegram shows for an admin who stays anonymous, in every chat the same."""


def instant(second: int) -> datetime:
    """Return the instant of a Unix time."""
    return datetime.fromtimestamp(second, UTC)


def community_id(chat: Chat) -> str:
    """Return the community that the chat is."""
    return f"telegram:{chat.id}"


def member_id(user: User) -> str:
    """Return the member that the user is."""
    return f"telegram:{user.id}"


def name_of(user: User) -> str | None:
    """Return the name as people see it, or None where there is none."""
    return (f"{user.first_name} {user.last_name}" if user.last_name else user.first_name) or None


def person(user: User, chat: Chat) -> Actor:
    """Return the user as an actor in the chat; an anonymous admin is the community itself."""
    if user.id == ANONYMOUS_ADMIN:
        return voice_of(chat)
    return Actor(id=f"telegram:{user.id}", name=name_of(user), bot=user.is_bot)


def voice_of(chat: Chat) -> Actor:
    """Return the community as its own actor."""
    return Actor(id=f"telegram:{chat.id}", name=chat.title or None, role="community")


def sender(chat: Chat, sender_chat: Chat | None, user: User | None, *, linked: bool = False) -> Actor | None:
    """Return who speaks or acts in the chat.

    A channel speaks itself, whoever holds the pen; so does a group whose admin is anonymous, and the channel that a group
    is linked to. Any other chat is a member who writes in the name of a channel.
    """
    if sender_chat is not None:
        own = linked or sender_chat.id == chat.id
        return voice_of(sender_chat) if own else Actor(id=f"telegram:{sender_chat.id}", name=sender_chat.title or None)
    if chat.type == "channel":
        return voice_of(chat)
    return person(user, chat) if user is not None else None
