"""A forum's ids: a topic and a post's number in it, or a chat channel and a message."""

from __future__ import annotations

import re
from typing import NamedTuple

from services.delivery.platforms.errands import inside, unsupported
from services.delivery.platforms.platform import Errand

POST = re.compile(r"([1-9][0-9]{0,14})/([1-9][0-9]{0,14})")
CHAT = re.compile(r"chat([1-9][0-9]{0,14})/([1-9][0-9]{0,14})")
CATEGORY = re.compile(r"category([1-9][0-9]{0,14})")
USER = re.compile(r"-?[1-9][0-9]{0,14}")

FIRST = 1
"""The number of a topic's first post."""


class Post(NamedTuple):
    """A post's place."""

    topic: str
    number: int


class Message(NamedTuple):
    """The place of a message of a chat channel."""

    channel: str
    id: str


def target(errand: Errand) -> Post | Message:
    """Return the content. Raises Impossible where there is none."""
    id_ = inside(errand, errand.act.content_id) or ""
    post, message = POST.fullmatch(id_), CHAT.fullmatch(id_)
    if post is not None:
        return Post(post[1], int(post[2]))
    if message is not None:
        return Message(message[1], message[2])
    raise unsupported("the content is none of this forum: its id looks like discourse:forum.example:12/3")


def post(errand: Errand) -> Post:
    """Return the post. Raises Impossible where it is none."""
    found = target(errand)
    if isinstance(found, Message):
        raise unsupported(f"Discourse's API has no {errand.kind} for messages of chat channels: do it by hand")
    return found


def member(errand: Errand) -> str:
    """Return the account. Raises Impossible where there is none."""
    id_ = inside(errand, errand.act.member) or ""
    if USER.fullmatch(id_) is None:
        raise unsupported("the member is no account of this forum: its id looks like discourse:forum.example:12")
    return id_


def category(errand: Errand) -> int | None:
    """Return the category to publish in; None for the forum's own choice. Raises Impossible for another channel."""
    if errand.act.channel is None:
        return None
    match = CATEGORY.fullmatch(inside(errand, errand.act.channel) or "")
    if match is None:
        raise unsupported("a forum's posts are published in categories: its id looks like discourse:forum.example:category5")
    return int(match[1])


def id_of(errand: Errand, topic: int | str, number: int) -> str:
    """Return the id of a post in events."""
    return f"{errand.community}:{topic}/{number}"
