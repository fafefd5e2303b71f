"""The parts of Reddit's things that are read, as the API and the archives of it spell them. Unknown fields are skipped.

Source: https://github.com/reddit-archive/reddit/wiki/JSON and listings of https://www.reddit.com/dev/api. Archives tell
numbers as strings in some years.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from shared.events.envelope import TEXT_CHARS_MAX

LIST_MAX = 1_000
"""Complaints about one thing, by reason."""

Name = Annotated[str, Meta(max_length=300)]
Key = Annotated[str, Meta(pattern=r"^[0-9a-z]{1,16}\Z")]
"""An id in base 36."""
Fullname = Annotated[str, Meta(pattern=r"^t[1-6]_[0-9a-z]{1,16}\Z")]
"""An id with its kind: t1 is a comment, t3 a submission."""
Subreddit = Annotated[str, Meta(min_length=1, max_length=100)]
Text = Annotated[str, Meta(max_length=TEXT_CHARS_MAX)]
Second = Annotated[float, Meta(ge=0, le=253_402_300_799)]
Count = Annotated[int, Meta(ge=-(2**53), le=2**53)]


class Wire(Struct, frozen=True, gc=False):
    """A part of a thing."""


class Thing(Wire, frozen=True):
    """A comment or a submission. Archives leave out the fullname, or what was not there yet in their year."""

    id: Key
    subreddit: Subreddit
    created_utc: Second
    name: Fullname | None = None
    author: Name | None = None
    distinguished: Name | None = None
    edited: Second | bool | None = None
    """When; `true` where nobody remembers, of the first years."""
    body: Text | None = None
    parent_id: Fullname | Count | None = None
    link_id: Fullname | None = None
    title: Text | None = None
    selftext: Text | None = None
    url: Text | None = None
    is_self: bool = False
    is_video: bool = False
    is_gallery: bool | None = None
    post_hint: Name | None = None
    poll_data: Any = None
    link_flair_text: Name | None = None
    score: Count | None = None
    score_hidden: bool | None = None
    removed: bool | None = None
    removed_by_category: Name | None = None
    banned_by: Name | bool | None = None
    banned_at_utc: Second | None = None
    mod_reports: Annotated[tuple[tuple[Any, ...], ...], Meta(max_length=LIST_MAX)] = ()
    user_reports: Annotated[tuple[tuple[Any, ...], ...], Meta(max_length=LIST_MAX)] = ()
    retrieved_on: Second | None = None
    retrieved_utc: Second | None = None
    updated_on: Second | None = None


class Action(Wire, frozen=True):
    """A line of the moderators' log."""

    id: Name
    subreddit: Subreddit
    created_utc: Second
    action: Name
    mod: Name | None = None
    details: Name | None = None
    description: Text | None = None
    target_author: Name | None = None
    target_fullname: Name | None = None


class Child(Wire, frozen=True):
    """A child of a listing."""

    kind: Name
    data: msgspec.Raw = msgspec.Raw(b"{}")


class Placed(Wire, frozen=True):
    """Just enough of a thing to see where it belongs."""

    subreddit: Subreddit | None = None
