"""The parts of Meta's webhooks that are read, as Meta spells them. Unknown fields are skipped.

Everything has a limit, so that what decodes also fits the contract. Ids and sizes come as numbers or as strings.
Source: https://developers.facebook.com/docs/graph-api/webhooks/reference/page and `…/instagram`.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct, field

from services.ingest.connectors.found import URL_CHARS_MAX
from shared.events.envelope import TEXT_CHARS_MAX

INSTANT_MAX = 253_402_300_799
"""The last second of the year 9999: a later one is no date."""

CHANGES_MAX = 1_000
"""Meta sends no more updates in one request."""

NAME_CHARS_MAX = 200
"""A kind, a name; Facebook's own limit is 50 a part."""

PHOTOS_MAX = 1_000
"""Photos of an album; the contract takes 50 of them."""

Id = Annotated[int, Meta(ge=0, le=2**63 - 1)] | Annotated[str, Meta(pattern=r"^[0-9A-Za-z_.:-]{1,100}\Z")]
"""Of anything; those of posts and comments name what they belong to first, `page_post`, `post_comment`."""

Second = Annotated[int, Meta(ge=0, le=INSTANT_MAX)]
Total = Annotated[int, Meta(ge=0, le=2**53)]
Name = Annotated[str, Meta(max_length=NAME_CHARS_MAX)]
Url = Annotated[str, Meta(max_length=URL_CHARS_MAX)]
Body = Annotated[str, Meta(max_length=TEXT_CHARS_MAX)]
Flag = bool | Annotated[int, Meta(ge=0, le=1)]


class Wire(Struct, frozen=True, gc=False):
    """A part of a request."""


class Mark(Wire, frozen=True):
    """Something of which only the presence counts."""


class Change(Wire, frozen=True):
    """One change of a field that the app has subscribed to."""

    field: Name = ""
    value: msgspec.Raw = msgspec.Raw(b"{}")


class Entry(Wire, frozen=True):
    """What happened to one account."""

    id: Id
    time: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    """When Meta told it: seconds; milliseconds with messages."""
    changes: Annotated[tuple[Change, ...], Meta(max_length=CHANGES_MAX)] = ()
    messaging: tuple[msgspec.Raw, ...] | None = None
    """Talks with one person; so is `standby`."""
    standby: tuple[msgspec.Raw, ...] | None = None


class Request(Wire, frozen=True):
    """One part of a request: see requests.py."""

    object: Name
    entry: Annotated[tuple[Entry, ...], Meta(min_length=1, max_length=1)]


class Where(Wire, frozen=True):
    """The account of an entry."""

    id: Id


class Placed(Wire, frozen=True):
    """As much of a part as says where it happened."""

    object: Name
    entry: Annotated[tuple[Where, ...], Meta(min_length=1, max_length=1)]


class Person(Wire, frozen=True):
    """Whoever did or wrote something: of a page the name is told, on Instagram the username."""

    id: Id
    name: Name | None = None
    username: Name | None = None


class Value(Wire, frozen=True):
    """A change of a page's `feed`, `ratings` or `mention`."""

    item: Name = ""
    verb: Name = ""
    from_: Person | None = field(name="from", default=None)
    sender_id: Id | None = None
    sender_name: Name | None = None
    user_id: Id | None = None
    reviewer_id: Id | None = None
    reviewer_name: Name | None = None
    created_time: Second | None = None
    """When it was written, put, taken back: of an edit and of hiding mostly when the content was written."""
    published: Flag | None = None
    post_id: Id | None = None
    comment_id: Id | None = None
    parent_id: Id | None = None
    """What a comment answers: a comment, or the post itself."""
    photo_id: Id | None = None
    video_id: Id | None = None
    album_id: Id | None = None
    share_id: Id | None = None
    open_graph_story_id: Id | None = None
    message: Body | None = None
    link: Url | None = None
    photo: Url | None = None
    photos: Annotated[tuple[Url, ...], Meta(max_length=PHOTOS_MAX)] = ()
    photo_ids: Annotated[tuple[Id, ...], Meta(max_length=PHOTOS_MAX)] = ()
    video: Url | None = None
    reaction_type: Name | None = None
    rating: Annotated[int, Meta(ge=1, le=5)] | None = None
    recommendation_type: Name | None = None
    review_text: Body | None = None


class Media(Wire, frozen=True):
    """A post of Instagram."""

    id: Id


class Comment(Wire, frozen=True):
    """A comment on Instagram."""

    id: Id
    text: Body | None = None
    from_: Person | None = field(name="from", default=None)
    parent_id: Id | None = None
    media: Media | None = None


class Mentioned(Wire, frozen=True):
    """Where an account of Instagram was mentioned; its words are not told."""

    media_id: Id
    comment_id: Id | None = None


class Insights(Wire, frozen=True):
    """Totals of a story, told once when its day is over. Views were called impressions."""

    media_id: Id
    reach: Total | None = None
    views: Total | None = None
    impressions: Total | None = None
    saved: Total | None = None
