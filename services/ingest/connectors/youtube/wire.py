"""The parts of YouTube's feeds and of its Data API that are read. Unknown fields are skipped.

Everything has a limit, so that what decodes also fits the contract. Source:
https://developers.google.com/youtube/v3/guides/push_notifications and `…/v3/docs/commentThreads`, `…/v3/docs/comments`.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from shared.events.envelope import TEXT_CHARS_MAX

NAME_CHARS_MAX = 200
"""A channel's name: YouTube's own limit is 100."""

REPLIES_MAX = 1_000
"""Replies inside a thread: YouTube sends 5 at most, all others page by page."""

Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}\Z")]
"""Of a video or a channel."""

CommentId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]{1,128}\Z")]
"""That of a reply begins with what it answers, and a dot."""

Name = Annotated[str, Meta(max_length=NAME_CHARS_MAX)]
Body = Annotated[str, Meta(max_length=TEXT_CHARS_MAX)]
Total = Annotated[int, Meta(ge=0, le=2**53)]
Stamp = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,20}(Z|[+-][0-9]{2}:[0-9]{2})\Z")]
"""An instant as it was sent, for ids are made of that; up to nanoseconds."""


class Wire(Struct, frozen=True, gc=False, rename="camel"):
    """A part of a resource."""


class Video(Wire, frozen=True):
    """An entry of a channel's feed: a video that is new, or has another title or description."""

    id: Id
    channel: Id
    published: Stamp
    updated: Stamp
    title: Body | None = None
    author: Name | None = None


class Tombstone(Wire, frozen=True):
    """A video that is gone, or no longer public."""

    id: Id
    when: Stamp
    channel: Id | None = None


class Channel(Wire, frozen=True):
    """Who wrote a comment."""

    value: Id


class Said(Wire, frozen=True):
    """What a comment says."""

    published_at: Stamp
    updated_at: Stamp | None = None
    channel_id: Id | None = None
    """Whose videos are commented; inside a thread the thread tells it."""
    video_id: Id | None = None
    parent_id: CommentId | None = None
    text_original: Body | None = None
    text_display: Body | None = None
    author_display_name: Name | None = None
    author_channel_id: Channel | None = None
    like_count: Total = 0
    moderation_status: Name = "published"


class Comment(Wire, frozen=True):
    """A `comment` resource."""

    id: CommentId
    snippet: Said


class Opened(Wire, frozen=True):
    """Where a thread stands, and what began it."""

    top_level_comment: Comment
    channel_id: Id | None = None
    video_id: Id | None = None


class Replies(Wire, frozen=True):
    """The newest of a thread's replies."""

    comments: Annotated[tuple[Comment, ...], Meta(max_length=REPLIES_MAX)] = ()


class Thread(Wire, frozen=True):
    """A `commentThread` resource."""

    snippet: Opened
    replies: Replies = field(default_factory=Replies)
