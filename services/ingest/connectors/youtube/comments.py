"""Comments as the Data API lists them: a `commentThread` with its newest replies, or a `comment` alone.

A list tells what there is now, again and again: who lists it gets each comment once, each edit once, and its likes whenever
their number is one that was not told before. Ask for `textFormat=plainText`.
Source: https://developers.google.com/youtube/v3/docs/commentThreads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from services.ingest.connectors.found import addresses, plain_format, some, tags
from services.ingest.connectors.payload import Decoded, Payload, Reason, refused
from services.ingest.connectors.youtube.places import Place, Told, instant, told
from services.ingest.connectors.youtube.wire import Comment, Thread
from shared.events import Envelope
from shared.events.community import Content, ContentCreated, ContentEdited, ContentMeasured, Measures

PAGES = frozenset({"youtube#commentThreadListResponse", "youtube#commentListResponse"})
"""Kinds of resources; pages are taken apart before they are read."""

PUBLISHED = "published"
"""The state of a comment that everybody sees."""


class _Kind(msgspec.Struct):
    kind: str = ""


class Standing(NamedTuple):
    """Where a comment stands: the channel, the video if it is one's, and the comment that it answers."""

    channel: str | None
    video: str | None
    parent: str | None = None


_kind = msgspec.json.Decoder(_Kind)
_thread = msgspec.json.Decoder(Thread)
_comment = msgspec.json.Decoder(Comment)
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_list = msgspec.json.Decoder(list[msgspec.Raw])


def parts(body: bytes) -> Sequence[bytes]:
    """Return the resources of a page, or what is no page as it came."""
    try:
        if _kind.decode(body).kind not in PAGES:
            return (body,)
        return [bytes(item) for item in _list.decode(_fields.decode(body)["items"])] or (body,)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError):
        return (body,)


def channel_of(body: bytes) -> str | None:
    """Return the channel that a resource belongs to. Raises msgspec's errors."""
    match _kind.decode(body).kind:
        case "youtube#commentThread":
            opened = _thread.decode(body).snippet
            return opened.channel_id or opened.top_level_comment.snippet.channel_id
        case "youtube#comment":
            return _comment.decode(body).snippet.channel_id
        case _:
            return None


def decoded(payload: Payload) -> Decoded:
    """Return what a resource tells. Raises msgspec's errors where it is not of its kind."""
    body = payload.body
    match _kind.decode(body).kind:
        case "youtube#commentThread":
            return _all(payload, _in_thread(_thread.decode(body)), "comment_thread")
        case "youtube#comment":
            found = _comment.decode(body)
            said = found.snippet
            return _all(payload, [(found, Standing(said.channel_id, said.video_id, said.parent_id))], "comment")
        case kind if kind in PAGES:
            return refused(Reason.NO_CONTENT, "page")
        case _:
            return refused(Reason.UNKNOWN_KIND, "unknown")


def _in_thread(thread: Thread) -> list[tuple[Comment, Standing]]:
    """Return a thread's comments; the thread knows where they stand, replies do not always."""
    first = thread.snippet.top_level_comment
    channel = thread.snippet.channel_id or first.snippet.channel_id
    video = thread.snippet.video_id or first.snippet.video_id
    below = Standing(channel, video, first.id)
    return [(first, Standing(channel, video)), *((reply, below) for reply in thread.replies.comments)]


def _all(payload: Payload, found: Sequence[tuple[Comment, Standing]], kind: str) -> Decoded:
    channel = found[0][1].channel
    if channel is None:
        return refused(Reason.NO_COMMUNITY, kind)
    place = Place(channel, payload)
    public = [(one, where) for one, where in found if one.snippet.moderation_status == PUBLISHED]
    if not public:
        return refused(Reason.NOT_A_FACT, kind)
    return Decoded(events=tuple(event for one, where in public for event in written(place, one, where)))


def written(place: Place, comment: Comment, where: Standing) -> Iterator[Envelope]:
    """Yield that a comment was written, its last edit, and how many like it where anybody does."""
    content = content_of(place, comment, where)
    said, subject = comment.snippet, f"{content.content_id}"
    at = instant(said.published_at)
    changed = at if said.updated_at is None else instant(said.updated_at)
    yield told(place, ContentCreated, Told(subject, subject, at), content)
    if changed > at:
        what = Told(f"edited/{subject}", subject, changed, f"{said.updated_at}")
        yield told(place, ContentEdited, what, replace(content, edition=int(changed.timestamp())))
    if said.like_count:
        data = Measures(content_id=subject, content_author=_author(content), reactions=said.like_count)
        yield told(place, ContentMeasured, Told(f"measured/{subject}", subject, None, said.like_count), data)


def _author(content: Content) -> str | None:
    return None if content.actor is None else content.actor.id


def content_of(place: Place, comment: Comment, where: Standing) -> Content:
    """Return a comment: it answers a comment or the video; a discussion of a channel has no video."""
    said = comment.snippet
    text = (said.text_original or said.text_display or "").strip() or None
    links = some(addresses(text or ""))
    author = said.author_channel_id
    thread = None if where.video is None else place.thing(where.video)
    return Content(
        actor=None if author is None else place.actor(author.value, said.author_display_name),
        content_id=place.thing(comment.id),
        kind="comment",
        text=text,
        format=plain_format(text, links),
        links=links,
        tags=tags(text or ""),
        parent=thread if where.parent is None else place.thing(where.parent),
        thread=thread,
    )
