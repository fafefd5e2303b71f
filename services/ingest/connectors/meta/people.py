"""What people do on a page besides writing: react, like the page itself, rate it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from services.ingest.connectors.meta.accounts import Account, Told, told
from services.ingest.connectors.meta.contents import author, changed, commented, named, other_verb, post_id
from services.ingest.connectors.meta.wire import Value
from services.ingest.connectors.payload import Decoded, Reason, refused
from services.ingest.facts import type_name
from shared.events import Envelope
from shared.events.community import (
    Content,
    MemberJoined,
    MemberLeft,
    Membership,
    Reaction,
    ReactionAdded,
    ReactionRemoved,
)

ADDED = frozenset({"add", "edit", "edited"})
"""A reaction that replaces another is told as put alone."""

VALUES: Mapping[str, int] = {"like": 1}
"""Reactions that are a judgement; of others the contract's readers decide themselves."""

RECOMMENDED: Mapping[str, int] = {"POSITIVE": 1, "NEGATIVE": -1}


def reacted(account: Account, value: Value) -> Decoded:
    """Return a reaction to a post or comment, a like among them; a like of nothing is one of the page."""
    if value.item == "like" and value.post_id is None and value.comment_id is None:
        return liked_page(account, value)
    subject = post_id(account, value) if value.comment_id is None else account.thing(value.comment_id)
    return _reaction(account, value, subject)


def _reaction(account: Account, value: Value, subject: str) -> Decoded:
    make = ReactionAdded if value.verb in ADDED else ReactionRemoved if value.verb == "remove" else None
    if make is None:
        return other_verb(value)
    kind = value.reaction_type or "like"
    actor = author(account, value)
    data = Reaction(actor=actor, content_id=subject, kind=kind, value=VALUES.get(kind))
    second = value.created_time if value.created_time is not None else account.second
    about = f"{type_name(make)}/{subject}/{'' if actor is None else actor.id}/{kind}"
    return Decoded(events=(told(account, make, Told(about, subject, second, second or 0), data),))


def liked_page(account: Account, value: Value) -> Decoded:
    """Return that somebody came to the page or left it."""
    make: type[Envelope] | None = {"add": MemberJoined, "remove": MemberLeft}.get(value.verb)
    if make is None:
        return other_verb(value)
    actor = author(account, value)
    if actor is None:
        return refused(Reason.NO_CONTENT, value.item)
    data = Membership(actor=actor, member=actor.id, name=actor.name)
    second = value.created_time if value.created_time is not None else account.second
    what = Told(f"{type_name(make)}/{actor.id}", actor.id, second, second or 0)
    return Decoded(events=(told(account, make, what, data),))


def review_id(account: Account, value: Value) -> str:
    """Return the id of a review: its story's, which the ids of posts about it end in where it is not told by itself."""
    story = value.open_graph_story_id
    if story is None and value.post_id is not None:
        story = str(value.post_id).rpartition("_")[2]
    return account.thing(f"review_{named(story, 'open_graph_story_id')}")


def rated(account: Account, value: Value) -> Decoded:
    """Return what happened to a review, and what it says in stars, or by recommending the page or not."""
    actor = None if value.reviewer_id is None else account.actor(value.reviewer_id, value.reviewer_name)
    subject = review_id(account, value)
    text = (value.review_text or "").strip() or None
    content = Content(actor=actor, content_id=subject, kind="review", text=text, format="text")
    found = changed(account, replace(value, message=value.review_text), content)
    if value.verb not in ADDED:
        return found
    return replace(found, events=(*found.events, *_judged(account, value, content)))


def _judged(account: Account, value: Value, content: Content) -> tuple[Envelope, ...]:
    """Return the judgement; stars, where both are told."""
    stars = value.rating
    said = stars if stars is not None else RECOMMENDED.get(value.recommendation_type or "")
    if said is None:
        return ()
    kind = "recommendation" if stars is None else "rating"
    data = Reaction(
        actor=content.actor, content_id=content.content_id, content_author=_id_of(content), kind=kind, value=said
    )
    second = value.created_time if value.created_time is not None else account.second
    what = Told(f"{kind}/{content.content_id}", f"{content.content_id}", second, f"{second or 0}/{said}")
    return (told(account, ReactionAdded, what, data),)


def _id_of(content: Content) -> str | None:
    return None if content.actor is None else content.actor.id


def review_commented(account: Account, value: Value) -> Decoded:
    """Return what happened to a comment on a review."""
    return changed(account, value, commented(account, value, review_id(account, value)))


def review_reacted(account: Account, value: Value) -> Decoded:
    """Return a reaction to a review, or to a comment on one."""
    subject = review_id(account, value) if value.comment_id is None else account.thing(value.comment_id)
    return _reaction(account, value, subject)
