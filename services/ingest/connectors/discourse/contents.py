"""Posts of topics and messages of chat channels.

A topic has no text of its own: its first post is what it says, told with the title before it, and whatever happens to the
topic happens to that post too. So deliveries about topics are refused, for that of the first post tells the same. A post is
named by its place, topic and number; one that is moved elsewhere goes on under another name.
"""

from __future__ import annotations

import msgspec

from services.ingest.connectors.discourse.forum import Forum, Told, instant, told
from services.ingest.connectors.discourse.text import images, links, mentions
from services.ingest.connectors.discourse.wire import Chat, Post
from services.ingest.connectors.found import plain_format
from services.ingest.connectors.payload import Decoded, Reason, refused
from shared.events import Envelope, event_id
from shared.events.community import (
    Content,
    ContentCreated,
    ContentDeleted,
    ContentEdited,
    ContentRestored,
    Kind,
    Removal,
)
from shared.events.envelope import TEXT_CHARS_MAX

PRIVATE = "private_message"
"""The archetype of a topic between a few."""

REGULAR, WHISPER = 1, 4
"""Types of posts; 2 and 3 are notices of the forum. A whisper is a talk of its staff."""

FIRST = 1
"""The number of a topic's first post."""

DIRECT = "DirectMessage"
"""What a chat channel belongs to that is a talk between a few."""

_post = msgspec.json.Decoder(Post)
_chat = msgspec.json.Decoder(Chat)


def is_private(archetype: object, post_type: object) -> bool:
    """Return whether a post is a talk between a few people, or of the staff."""
    return archetype == PRIVATE or post_type == WHISPER


def refusal(post: Post, kind: str) -> Decoded | None:
    """Return why a post is no content; None where it is."""
    if is_private(post.topic_archetype, post.post_type):
        return refused(Reason.PRIVATE_CHAT, kind)
    return refused(Reason.NO_CONTENT, kind) if post.post_type != REGULAR else None


def posted(forum: Forum, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return what happened to a post."""
    post = _post.decode(raw)
    return refusal(post, kind) or _changed(forum, post, kind)


def _changed(forum: Forum, post: Post, kind: str) -> Decoded:
    match kind:
        case "post_created":
            what = Told(f"post/{post.id}", place(forum, post), post.created_at)
            event = told(forum, ContentCreated, what, content(forum, post))
        case "post_edited":
            event = edited(forum, post)
        case "post_recovered":
            what = Told(f"restored/{post.id}", place(forum, post), None, f"{post.version}/{post.updated_at}")
            event = told(forum, ContentRestored, what, gone(forum, post))
        case _:
            if post.user_deleted and post.deleted_at is not None:
                return refused(Reason.NOTHING_CHANGED, kind)  # its author took it back before: that was told
            event = destroyed(forum, post)
    return Decoded(events=(event,))


def edited(forum: Forum, post: Post) -> Envelope:
    """Return a post's new version. An edit of the first minutes has no number of its own, one of the title no time."""
    version = event_id(str(post.version), post.updated_at or "", post.raw or "", post.topic_title or "")
    second = None if post.updated_at is None else int(instant(post.updated_at).timestamp())
    what = Told(f"edited/{post.id}", place(forum, post), post.updated_at, version)
    return told(forum, ContentEdited, what, msgspec.structs.replace(content(forum, post), edition=second))


def destroyed(forum: Forum, post: Post) -> Envelope:
    """Return that a post is gone: deleted, or taken back by its author."""
    version = post.deleted_at or f"{post.version}/{post.updated_at}"
    what = Told(f"deleted/{post.id}", place(forum, post), post.deleted_at, version)
    return told(forum, ContentDeleted, what, gone(forum, post))


def gone(forum: Forum, post: Post) -> Removal:
    """Return what is told of a content that is gone or back."""
    kind: Kind = "post" if post.post_number == FIRST else "comment"
    author = None if post.user_id is None else forum.member(post.user_id)
    return Removal(content_id=place(forum, post), content_author=author, kind=kind, channel=forum.category(post.category_id))


def place(forum: Forum, post: Post) -> str:
    """Return the id of a post."""
    return forum.post(post.topic_id, post.post_number)


def content(forum: Forum, post: Post) -> Content:
    """Return what was written: the first post of a topic begins with the title, all others answer it or one another."""
    is_first = post.post_number == FIRST
    said = (post.raw or "").strip()
    text = "\n\n".join(part for part in (post.topic_title, said) if part) if is_first else said
    found, shown = links(said), images(said)
    thread = None if is_first else forum.post(post.topic_id, FIRST)
    return Content(
        actor=None if post.user_id is None else forum.actor(post.user_id, post.username),
        content_id=place(forum, post),
        kind="post" if is_first else "comment",
        channel=forum.category(post.category_id),
        text=text[:TEXT_CHARS_MAX] or None,
        format="photo" if shown else plain_format(said, found),
        links=found,
        mentions=mentions(said),
        media=shown,
        parent=None if is_first else forum.post(post.topic_id, post.reply_to_post_number or FIRST),
        thread=thread,
    )


def chatted(forum: Forum, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return what happened to a message of a chat channel. When it was edited is not told: a version is what it says."""
    chat = _chat.decode(raw)
    if chat.channel.chatable_type == DIRECT:
        return refused(Reason.PRIVATE_CHAT, kind)
    found = message(forum, chat)
    subject, deleted = f"{found.content_id}", chat.message.deleted_at
    removal = Removal(content_id=subject, kind="message", channel=found.channel)
    match kind:
        case "chat_message_created":
            event = told(forum, ContentCreated, Told(subject, subject, chat.message.created_at), found)
        case "chat_message_edited":
            what = Told(f"edited/{subject}", subject, None, event_id(chat.message.message or ""))
            second = int(forum.payload.recordedtime.timestamp())
            event = told(forum, ContentEdited, what, msgspec.structs.replace(found, edition=second))
        case "chat_message_trashed":
            event = told(forum, ContentDeleted, Told(f"deleted/{subject}", subject, deleted, deleted or ""), removal)
        case _:
            event = told(forum, ContentRestored, Told(f"restored/{subject}", subject), removal)
    return Decoded(events=(event,))


def message(forum: Forum, chat: Chat) -> Content:
    """Return a chat message."""
    channel, answered = forum.chat(chat.channel.id), chat.message.in_reply_to
    said = (chat.message.message or "").strip()
    found, shown = links(said), images(said)
    return Content(
        actor=None if chat.message.user is None else forum.user(chat.message.user),
        content_id=f"{channel}/{chat.message.id}",
        kind="message",
        channel=channel,
        text=said or None,
        format="photo" if shown else plain_format(said, found),
        links=found,
        mentions=mentions(said),
        media=shown,
        parent=None if answered is None else f"{channel}/{answered.id}",
    )
