"""Posts, comments and what else is published on a community's pages.

VK tells no time of an edit, so its version is what it says; an edit that brings back what an earlier one said is lost.
Nor of a deletion and a restoring: each is told once (see actors.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from services.ingest.connectors.payload import Decoded, Reason, refused
from services.ingest.connectors.vk.actors import Group, Told, told
from services.ingest.connectors.vk.media import digest, written
from services.ingest.connectors.vk.wire import Comment, Deleted, Photo, Post, Video
from shared.events import Envelope
from shared.events.community import (
    Content,
    ContentCreated,
    ContentDeleted,
    ContentEdited,
    ContentRestored,
    ContentShared,
    Format,
    Media,
    Removal,
    Shares,
)

UNPUBLISHED = frozenset({"suggest", "postpone"})
"""Types of posts that only the community's people see; once published they are told again, as a post."""

ON_BEHALF = 100
"""Stands for the community where VK hides who put a photo there. Source: https://dev.vk.com/reference/objects/photo."""


class Place(NamedTuple):
    """Where a kind of comments stands: their type and that of what is commented as in VK's likes, and VK's fields for it."""

    type: str
    about: str
    owner: str
    number: str


PLACES: Mapping[str, Place] = {
    "wall_reply": Place("comment", "post", "post_owner_id", "post_id"),
    "photo_comment": Place("photo_comment", "photo", "photo_owner_id", "photo_id"),
    "video_comment": Place("video_comment", "video", "video_owner_id", "video_id"),
    "market_comment": Place("market_comment", "market", "market_owner_id", "item_id"),
    "board_post": Place("topic_comment", "topic", "topic_owner_id", "topic_id"),
}
"""By what stands before `_new`, `_edit`, `_delete`, `_restore` in a kind. Within its type and owner a number is unique."""

COMMENTS = frozenset(f"{place}_{change}" for place in PLACES for change in ("new", "edit", "delete", "restore"))

_comment = msgspec.json.Decoder(Comment)
_deleted = msgspec.json.Decoder(Deleted)
_post = msgspec.json.Decoder(Post)
_photo = msgspec.json.Decoder(Photo)
_video = msgspec.json.Decoder(Video)


def comment(group: Group, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return what happened to a comment."""
    name, _, change = kind.rpartition("_")
    place = PLACES[name]
    if change == "delete":
        return Decoded(events=(deletion(group, _deleted.decode(raw), place),))
    found = _comment.decode(raw)
    match change:
        case "new":
            event = creation(group, found, place)
        case "edit":
            event = edition(group, found, place)
        case _:
            event = restoring(group, found, place)
    return Decoded(events=(event,))


def creation(group: Group, found: Comment, place: Place) -> Envelope:
    """Return a new comment."""
    content = content_of(group, found, place)
    return published(group, content, found.date)


def edition(group: Group, found: Comment, place: Place) -> Envelope:
    """Return a comment's new version, at the time of its receipt."""
    content = content_of(group, found, place)
    second = int(group.payload.recordedtime.timestamp())
    what = Told(f"edited/{content.content_id}", f"{content.content_id}", version=digest(found.text, found.attachments))
    return told(group, ContentEdited, what, replace(content, edition=second, time_source="receipt"))


def restoring(group: Group, found: Comment, place: Place) -> Envelope:
    """Return that a comment is back; VK does not tell who restored it."""
    subject = group.thing(place.type, owner_of(group, found, place), found.id)
    author = group.actor(found.from_id).id
    data = Removal(content_id=subject, content_author=author, kind="comment", time_source="receipt")
    return told(group, ContentRestored, Told(f"restored/{subject}", subject), data)


def deletion(group: Group, found: Deleted, place: Place) -> Envelope:
    """Return that a comment is gone, and by whom where it is told."""
    owner = found.owner_id if found.owner_id is not None else found.topic_owner_id
    subject = group.thing(place.type, -group.id if owner is None else owner, found.id)
    actor = None if found.deleter_id is None else group.actor(found.deleter_id)
    data = Removal(actor=actor, content_id=subject, kind="comment", time_source="receipt")
    return told(group, ContentDeleted, Told(f"deleted/{subject}", subject), data)


def content_of(group: Group, found: Comment, place: Place) -> Content:
    """Return a comment: it answers a comment or what it stands below. A topic has no text, so there is nothing to answer."""
    owner = owner_of(group, found, place)
    number: int | None = getattr(found, place.number)
    thread = None if number is None else group.thing(place.about, owner, number)
    answered = None if found.reply_to_comment is None else group.thing(place.type, owner, found.reply_to_comment)
    return replace(
        written(group, found.text, found.attachments),
        actor=group.actor(found.from_id),
        content_id=group.thing(place.type, owner, found.id),
        kind="comment",
        parent=answered or (None if place.about == "topic" else thread),
        thread=thread,
    )


def owner_of(group: Group, found: Comment, place: Place) -> int:
    """Return whose the commented thing is; where it is not told, the community's."""
    owner: int | None = getattr(found, place.owner)
    return next((id_ for id_ in (owner, found.owner_id) if id_ is not None), -group.id)


def post(group: Group, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return a new post. One that waits for the community's people is not published yet."""
    found = _post.decode(raw)
    if found.post_type in UNPUBLISHED:
        return refused(Reason.NOT_A_FACT, kind)
    content = replace(
        written(group, found.text, found.attachments),
        actor=group.actor(found.from_id),
        content_id=group.thing("post", found.owner_id, found.id),
        kind="post",
    )
    return Decoded(events=(published(group, content, found.date),))


def repost(group: Group, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return that a post of the community was shared; each sharing is a post of its own on another wall."""
    found = _post.decode(raw)
    own = next((origin for origin in found.copy_history if origin.owner_id == -group.id), None)
    if own is None:
        return refused(Reason.NO_CONTENT, kind)
    subject = group.thing("post", own.owner_id, own.id)
    data = Shares(actor=group.actor(found.from_id), content_id=subject, time_source="platform")
    what = Told(f"shared/{subject}/{found.owner_id}_{found.id}", subject, found.date)
    return Decoded(events=(told(group, ContentShared, what, data),))


def photo(group: Group, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return a photo that was put into an album. Albums below 0 are VK's own: what is attached to posts, profile photos."""
    found = _photo.decode(raw)
    if found.album_id < 0:
        return refused(Reason.NO_CONTENT, kind)
    id_ = group.thing("photo", found.owner_id, found.id)
    by = -group.id if found.user_id == ON_BEHALF else found.user_id
    return Decoded(events=(shown(group, id_, by, found.text, found.date, "photo"),))


def video(group: Group, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return a video that was added, with its title and description."""
    del kind
    found = _video.decode(raw)
    id_ = group.thing("video", found.owner_id, found.id)
    text = "\n".join(line for line in (found.title, found.description) if line)
    return Decoded(events=(shown(group, id_, found.user_id, text, found.date, "video"),))


def shown(group: Group, id_: str, by: int | None, text: str, second: int, type_: Format) -> Envelope:
    """Return a photo or video as the post that it is."""
    actor = None if by is None else group.actor(by)
    content = replace(
        written(group, text, ()), actor=actor, content_id=id_, kind="post", format=type_, media=(Media(type=type_),)
    )
    return published(group, content, second)


def published(group: Group, content: Content, second: int) -> Envelope:
    """Return new content."""
    return told(group, ContentCreated, Told(f"{content.content_id}", f"{content.content_id}", second), content)
