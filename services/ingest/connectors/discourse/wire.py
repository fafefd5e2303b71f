"""The parts of Discourse's webhooks that are read, as Discourse spells them. Unknown fields are skipped.

Everything has a limit, so that what decodes also fits the contract. Source: the serializers of
https://github.com/discourse/discourse (`app/serializers/web_hook_*.rb`, `plugins/chat`, `plugins/discourse-solved`).
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from shared.events.envelope import TEXT_CHARS_MAX

ID_MAX = 2**53
"""Discourse's ids have 32 bits, 64 in chat."""

NAME_CHARS_MAX = 200
"""A name, a kind, a title: Discourse's longest is a title of 255, so titles have a limit of their own."""

TITLE_CHARS_MAX = 1_000
"""Four times what Discourse allows as built in."""

URL_CHARS_MAX = 2_000
"""Of a post on the forum itself."""

Id = Annotated[int, Meta(ge=1, le=ID_MAX)]
UserId = Annotated[int, Meta(ge=-ID_MAX, le=ID_MAX)]
"""Below 0 are the forum's own accounts."""

Name = Annotated[str, Meta(max_length=NAME_CHARS_MAX)]
Title = Annotated[str, Meta(max_length=TITLE_CHARS_MAX)]
Url = Annotated[str, Meta(max_length=URL_CHARS_MAX)]
Body = Annotated[str, Meta(max_length=TEXT_CHARS_MAX)]
Stamp = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,20}(Z|[+-][0-9]{2}:[0-9]{2})\Z")]
"""An instant as it was sent, for ids are made of that."""


class Wire(Struct, frozen=True, gc=False):
    """A part of a delivery."""


class User(Wire, frozen=True):
    """An account."""

    id: UserId
    username: Name | None = None
    created_at: Stamp | None = None
    suspended_till: Stamp | None = None
    suspend_reason: Body | None = None


class Post(Wire, frozen=True):
    """A post of a topic; number 1 is what the topic is about."""

    id: Id
    topic_id: Id
    post_number: Id
    created_at: Stamp
    post_type: Annotated[int, Meta(ge=0, le=1000)] = 1
    user_id: UserId | None = None
    username: Name | None = None
    updated_at: Stamp | None = None
    deleted_at: Stamp | None = None
    user_deleted: bool = False
    """The author took it back; the forum deletes it a day later, and tells that as well."""
    version: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    raw: Body | None = None
    """Markdown, as it was written."""
    topic_title: Title | None = None
    topic_archetype: Name | None = None
    reply_to_post_number: Id | None = None
    category_id: Id | None = None


class Like(Wire, frozen=True):
    """Somebody likes a post; when is not told, nor that it was taken back."""

    post: Post
    user: User


class Reviewable(Wire, frozen=True):
    """Something that waits for the forum's people to look at it."""

    id: Id
    type: Name
    target_url: Url | None = None
    created_at: Stamp | None = None
    created_by_id: UserId | None = None


class Answered(Wire, frozen=True):
    """The chat message that is answered."""

    id: Id


class ChatMessage(Wire, frozen=True):
    """A message of a chat channel."""

    id: Id
    created_at: Stamp | None = None
    deleted_at: Stamp | None = None
    message: Body | None = None
    user: User | None = None
    in_reply_to: Answered | None = None


class Channel(Wire, frozen=True):
    """A chat channel: of a category, or a talk between a few."""

    id: Id
    chatable_type: Name = ""


class Chat(Wire, frozen=True):
    """What is told of a chat message."""

    channel: Channel
    message: ChatMessage
