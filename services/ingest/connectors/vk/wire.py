"""The parts of VK's callbacks that are read, as VK spells them. Unknown fields are skipped.

Everything has a limit, so that what decodes also fits the contract. Source: VK's own JSON Schema, version 5.199
(https://github.com/VKCOM/vk-api-schema, `callback_*`, `messages_message`, `wall_wallpost`, `wall_wall_comment`).
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from services.ingest.connectors.found import URL_CHARS_MAX
from shared.events.envelope import TEXT_CHARS_MAX

ID_MAX = 2**53
"""VK's ids have 32 bits, those of photos and videos up to 40."""

INSTANT_MAX = 253_402_300_799
"""The last second of the year 9999: a later one is no date."""

NAME_CHARS_MAX = 200
"""A kind, a type, a short code: VK's longest has 32."""

AMOUNT_MAX = 10**12
"""Roubles; in kopecks it still is an integer that BSON holds."""

ATTACHMENTS_MAX = 50
"""The contract's limit for media; VK allows 10."""

LIST_MAX = 200
"""Answers of a poll (10 at most), reposts in a chain."""

Id = Annotated[int, Meta(ge=-ID_MAX, le=ID_MAX)]
Positive = Annotated[int, Meta(ge=1, le=ID_MAX)]
Second = Annotated[int, Meta(ge=0, le=INSTANT_MAX)]
Name = Annotated[str, Meta(max_length=NAME_CHARS_MAX)]
Url = Annotated[str, Meta(max_length=URL_CHARS_MAX)]
Body = Annotated[str, Meta(max_length=TEXT_CHARS_MAX)]
Amount = Annotated[int, Meta(ge=0, le=AMOUNT_MAX)] | Annotated[float, Meta(ge=0, le=AMOUNT_MAX)]
Flag = bool | Annotated[int, Meta(ge=0, le=1)]
"""VK's `base_bool_int`."""


class Wire(Struct, frozen=True, gc=False):
    """A part of a callback."""


class Callback(Wire, frozen=True):
    """The outer object."""

    type: Name
    event_id: Name = ""
    """The same when VK repeats what was not answered."""
    group_id: Positive | None = None
    object: msgspec.Raw = msgspec.Raw(b"{}")


class Answer(Wire, frozen=True):
    """One answer of a poll."""

    text: Body = ""


class Piece(Wire, frozen=True):
    """What is attached: a photo, a video, a file, a link, a poll. Each kind has some of these."""

    id: Id | Name | None = None
    owner_id: Id | None = None
    url: Url | None = None
    size: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    question: Body = ""
    answers: Annotated[tuple[Answer, ...], Meta(max_length=LIST_MAX)] = ()


Attachments = Annotated[tuple[dict[str, msgspec.Raw], ...], Meta(max_length=ATTACHMENTS_MAX)]
"""Each has a `type`, and the attached thing under a field that is named so."""


class Action(Wire, frozen=True):
    """A service message: somebody came, went, pinned, renamed."""

    type: Name
    member_id: Id | None = None
    email: Name | None = None
    """Who was invited has no account."""


class Replied(Wire, frozen=True):
    """The message that is answered."""

    conversation_message_id: Positive | None = None


class Place(Wire, frozen=True):
    """Where a message stands; before 5.103 the object is the message, since then it holds it."""

    peer_id: Id | None = None
    message: msgspec.Raw = msgspec.Raw()


class Message(Wire, frozen=True):
    """A message, incoming or outgoing."""

    from_id: Id
    date: Second
    conversation_message_id: Positive
    text: Body = ""
    update_time: Second | None = None
    action: Action | None = None
    reply_message: Replied | None = None
    attachments: Attachments = ()


class Press(Wire, frozen=True):
    """A button that calls back was pressed; `payload` is what it was made with."""

    user_id: Id
    peer_id: Id
    event_id: Name
    payload: msgspec.Raw = msgspec.Raw(b"{}")
    conversation_message_id: Positive | None = None


class Reacted(Wire, frozen=True):
    """A reaction to a message; without `reaction_id` it was taken back."""

    reacted_id: Id
    peer_id: Id
    cmid: Positive
    reaction_id: Id | None = None


class Origin(Wire, frozen=True):
    """A post inside a repost."""

    id: Id
    owner_id: Id


class Post(Wire, frozen=True):
    """A post of a wall."""

    id: Positive
    owner_id: Id
    from_id: Id
    date: Second
    text: Body = ""
    post_type: Name = "post"
    attachments: Attachments = ()
    copy_history: Annotated[tuple[Origin, ...], Meta(max_length=LIST_MAX)] = ()


class Comment(Wire, frozen=True):
    """A comment on a post, photo, video or goods, or in a topic. Who owns what is commented has a field for each."""

    id: Positive
    from_id: Id
    date: Second
    text: Body = ""
    reply_to_comment: Positive | None = None
    attachments: Attachments = ()
    post_owner_id: Id | None = None
    owner_id: Id | None = None
    photo_owner_id: Id | None = None
    video_owner_id: Id | None = None
    market_owner_id: Id | None = None
    topic_owner_id: Id | None = None
    post_id: Positive | None = None
    photo_id: Positive | None = None
    video_id: Positive | None = None
    item_id: Positive | None = None
    topic_id: Positive | None = None


class Deleted(Wire, frozen=True):
    """A comment that is gone. VK tells who deleted it, except in topics and of goods."""

    id: Positive
    owner_id: Id | None = None
    topic_owner_id: Id | None = None
    deleter_id: Id | None = None


class Photo(Wire, frozen=True):
    """A photo that was put into an album."""

    id: Positive
    owner_id: Id
    album_id: Id
    date: Second
    text: Body = ""
    user_id: Id | None = None


class Video(Wire, frozen=True):
    """A video that was added."""

    id: Positive
    owner_id: Id
    date: Second
    title: Body = ""
    description: Body = ""
    user_id: Id | None = None


class Liked(Wire, frozen=True):
    """A like put or taken back: no time is told."""

    liker_id: Id
    object_type: Name
    object_owner_id: Id
    object_id: Positive


class Joined(Wire, frozen=True):
    """Somebody came in, or asks to."""

    user_id: Id
    join_type: Name = "join"


class Left(Wire, frozen=True):
    """Somebody went, or was put out."""

    user_id: Id
    self: Flag = True


class Blocked(Wire, frozen=True):
    """Somebody was banned; until 0 is for good."""

    user_id: Id
    admin_id: Id | None = None
    unblock_date: Second = 0
    reason: Id = 0
    comment: Body = ""


class Unblocked(Wire, frozen=True):
    """A ban ended: by somebody, or by itself."""

    user_id: Id
    admin_id: Id | None = None
    by_end_date: Flag = False


class Voted(Wire, frozen=True):
    """A vote in a poll that is not anonymous."""

    user_id: Id
    owner_id: Id
    poll_id: Positive
    option_id: Positive


class Donated(Wire, frozen=True):
    """A subscription of VK Donut; roubles."""

    user_id: Id
    amount: Amount | None = None
