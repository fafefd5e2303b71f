"""VK's ids: a community, and in it a type, an owner and a number, as in VK's own `photo-1_2`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from services.delivery.platforms.errands import unsupported
from services.delivery.platforms.platform import Errand

COMMUNITY = re.compile(r"vk:([1-9][0-9]{0,18})")
MEMBER = re.compile(r"vk:(-?[1-9][0-9]{0,18})")
CONTENT = re.compile(r"vk:[1-9][0-9]{0,18}:([a-z_]{4,20})(-?[1-9][0-9]{0,18})_([1-9][0-9]{0,18})")
CHAT = re.compile(r"vk:[1-9][0-9]{0,18}:([1-9][0-9]{0,18})")

PRESS = re.compile(r"([1-9][0-9]{0,18})/([1-9][0-9]{0,18})/([A-Za-z0-9_-]{1,200})")
"""A talk, a user, and VK's own id of the press: as ingest tells it."""

CHATS_FROM = 2_000_000_000
"""Source: https://dev.vk.com/reference/objects/message, `peer_id`."""


class Methods(NamedTuple):
    """How a type of content is deleted and restored, and what its number is called there."""

    delete: str
    restore: str
    number: str


METHODS: Mapping[str, Methods] = {
    "post": Methods("wall.delete", "wall.restore", "post_id"),
    "comment": Methods("wall.deleteComment", "wall.restoreComment", "comment_id"),
    "photo": Methods("photos.delete", "photos.restore", "photo_id"),
    "photo_comment": Methods("photos.deleteComment", "photos.restoreComment", "comment_id"),
    "video": Methods("video.delete", "video.restore", "video_id"),
    "video_comment": Methods("video.deleteComment", "video.restoreComment", "comment_id"),
    "market_comment": Methods("market.deleteComment", "market.restoreComment", "comment_id"),
}


class Content(NamedTuple):
    """A content's place; of a message of a chat the owner is the chat."""

    type: str
    owner: int
    number: int


class Press(NamedTuple):
    """What an answer to a press needs."""

    peer: int
    user: int
    id: str


def press(errand: Errand) -> Press:
    """Return the press. Raises Impossible where there is none."""
    match = PRESS.fullmatch(errand.act.press or "")
    if match is None:
        raise unsupported("the press is none of VK: send it as it stood in the command's event")
    return Press(int(match[1]), int(match[2]), match[3])


def group(errand: Errand) -> int:
    """Return the community. Raises Impossible where there is none."""
    match = COMMUNITY.fullmatch(errand.community)
    if match is None:
        raise unsupported("the community is none of VK: its id looks like vk:123")
    return int(match[1])


def member(errand: Errand) -> int:
    """Return the account. Raises Impossible where there is none."""
    match = MEMBER.fullmatch(errand.act.member or "")
    if match is None:
        raise unsupported("the member is no account of VK: its id looks like vk:456")
    return int(match[1])


def target(errand: Errand) -> Content:
    """Return the content. Raises Impossible where there is none."""
    match = CONTENT.fullmatch(errand.act.content_id or "")
    if match is None:
        raise unsupported("the content is none of VK: its id looks like vk:123:comment-123_45")
    return Content(match[1], int(match[2]), int(match[3]))


def chat(errand: Errand) -> int | None:
    """Return the chat that the act is about: its content's, else the one that is named; None where it is about none."""
    match = CONTENT.fullmatch(errand.act.content_id or "")
    if match is not None:
        return int(match[2]) if match[1] == "message" else None
    named = CHAT.fullmatch(errand.act.channel or "")
    peer = 0 if named is None else int(named[1])
    return peer if peer > CHATS_FROM else None


def id_of(errand: Errand, type_: str, owner: int, number: int) -> str:
    """Return the id of a content in events."""
    return f"{errand.community}:{type_}{owner}_{number}"
