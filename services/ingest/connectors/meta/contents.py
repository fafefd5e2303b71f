"""Posts and comments of a page: written, edited, hidden, shown again, removed; and where else the page was mentioned.

Hiding is done by the page's people or by Facebook for them: it is a deletion with the reason `hidden`, and showing again a
restoring. Whoever is named beside either is the author, not who did it. A removal is a fact of its own, and happens once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from services.ingest.connectors.found import addresses, plain_format, some, tags
from services.ingest.connectors.meta.accounts import Account, Told, told
from services.ingest.connectors.meta.wire import Id, Value
from services.ingest.connectors.payload import Decoded, Reason, refused
from services.ingest.facts import version_at
from shared.errors import Unprocessable
from shared.events import Actor, Envelope
from shared.events.community import (
    Content,
    ContentCreated,
    ContentDeleted,
    ContentEdited,
    ContentRestored,
    Format,
    Media,
    Removal,
)

Reader = Callable[[Account, Value], Decoded]
"""From a change of one account. Raises Unprocessable where it names nothing."""

MEDIA_MAX = 50
"""The contract's limit for media."""

POSTS: Mapping[str, Format | None] = {
    "album": "photo",
    "coupon": None,
    "link": "link",
    "milestone": None,
    "note": None,
    "offer": None,
    "photo": "photo",
    "post": None,
    "question": None,
    "share": "link",
    "status": None,
    "video": "video",
}
"""Items that are a post on the page, and their format where it is not that of what they hold."""

LEADS = frozenset({"link", "note", "post", "share", "status"})
"""Items whose `link` leads to something else, not to themselves."""

HIDDEN = "hidden"
"""The reason of a deletion that can be taken back."""


def post(account: Account, value: Value) -> Decoded:
    """Return what happened to a post. A draft, or one that waits for its hour, is not published yet."""
    if value.published is not None and not value.published:
        return refused(Reason.NOT_A_FACT, value.item)
    content = replace(written(value), actor=author(account, value), content_id=post_id(account, value), kind="post")
    return changed(account, value, content)


def comment(account: Account, value: Value) -> Decoded:
    """Return what happened to a comment on a post."""
    thread = post_id(account, value)
    return changed(account, value, commented(account, value, thread))


def commented(account: Account, value: Value, thread: str) -> Content:
    """Return a comment: it answers a comment, or the post."""
    answers_post = value.parent_id is None or value.parent_id == value.post_id
    return replace(
        written(value),
        actor=author(account, value),
        content_id=account.thing(named(value.comment_id, "comment_id")),
        kind="comment",
        parent=thread if answers_post or value.parent_id is None else account.thing(value.parent_id),
        thread=thread,
    )


def mentioned(account: Account, value: Value) -> Decoded:
    """Return a post or comment elsewhere in which the page is mentioned; the feed tells those on the page itself."""
    if str(value.post_id).partition("_")[0] == account.id or value.verb != "add":
        return refused(Reason.NOT_A_FACT, "mention")
    thread = post_id(account, value)
    if value.item == "comment":
        content = commented(account, value, thread)
    else:
        content = replace(written(value), actor=author(account, value), content_id=thread, kind="post")
    return changed(account, value, replace(content, mentions=(account.community,)))


def changed(account: Account, value: Value, content: Content) -> Decoded:
    """Return what the verb says."""
    subject = f"{content.content_id}"
    match value.verb:
        case "add":
            return _one(account, ContentCreated, Told(subject, subject, value.created_time), content)
        case "edit" | "edited" | "update":
            what = Told(f"edited/{subject}", subject, version=version_at(account.second or 0, *said(value)))
            return _one(account, ContentEdited, what, replace(content, edition=account.second))
        case "remove" | "delete":
            return _one(account, ContentDeleted, Told(f"deleted/{subject}", subject), removal(content))
        case "hide":
            what = Told(f"hidden/{subject}", subject, version=account.second or 0)
            return _one(account, ContentDeleted, what, removal(content, HIDDEN))
        case "unhide":
            what = Told(f"unhidden/{subject}", subject, version=account.second or 0)
            return _one(account, ContentRestored, what, removal(content, HIDDEN))
        case _:
            return other_verb(value)


def _one(account: Account, make: Callable[..., Envelope], what: Told, data: Content | Removal) -> Decoded:
    return Decoded(events=(told(account, make, what, data),))


VERBS = frozenset({"block", "follow", "mute", "unblock"})
"""Known ones that are no facts: those of videos do not name the post."""


def other_verb(value: Value) -> Decoded:
    """Return why a change that is neither written nor gone becomes no event; the item is a known one."""
    return refused(Reason.NOT_A_FACT, value.item) if value.verb in VERBS else refused(Reason.UNKNOWN_KIND, "unknown")


def removal(content: Content, why: str | None = None) -> Removal:
    """Return that a content is gone, or back."""
    return Removal(content_id=content.content_id, kind=content.kind, reason=why)


def said(value: Value) -> tuple[str, ...]:
    """Return by what an edit is known, beside its time: what was sent of it. Addresses of media change by themselves.

    Ids are kept for good, so this form never changes (docs/decisions/ids-are-made-of-what-was-sent.md).
    """
    return (value.message or "", value.link or "", str(value.photo_id), str(value.video_id))


def written(value: Value) -> Content:
    """Return what was written and attached, without who and where."""
    text = (value.message or "").strip() or None
    links = some((*addresses(text or ""), *((value.link,) if value.link and value.item in LEADS else ())))
    media = attached(value)
    format_ = POSTS.get(value.item) or (FORMATS[media[0].type] if media else plain_format(text, links))
    return Content(text=text, format=format_, links=links, tags=tags(text or ""), media=media or None)


FORMATS: Mapping[str, Format] = {"photo": "photo", "video": "video"}
"""By the type of what is attached."""


def attached(value: Value) -> tuple[Media, ...]:
    """Return the photos or the video of a post or comment."""
    count = len(value.photo_ids) or len(value.photos) or int(value.photo is not None or value.item in {"photo", "album"})
    video = (Media(type="video"),) if value.video is not None or value.item == "video" else ()
    return video or (Media(type="photo"),) * min(count, MEDIA_MAX)


def author(account: Account, value: Value) -> Actor | None:
    """Return who wrote or did it, in whichever shape it is told; Meta leaves out who has not agreed to be named."""
    person = value.from_
    if person is not None:
        return account.actor(person.id, person.name)
    id_ = value.sender_id if value.sender_id is not None else value.user_id
    return None if id_ is None else account.actor(id_, value.sender_name)


def post_id(account: Account, value: Value) -> str:
    """Return the id of the post that a change is about."""
    found = (value.post_id, value.photo_id, value.video_id, value.album_id, value.share_id)
    return account.thing(named(next((id_ for id_ in found if id_ is not None), None), "post_id"))


def named(id_: Id | None, what: str) -> Id:
    """Return an id that must be there."""
    if id_ is None:
        raise Unprocessable(f"not a change of Meta: it names no {what}")
    return id_
