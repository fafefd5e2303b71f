"""What events tell of the brand's own posts: what they say, what is done with them, whether they are there. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.reporting.figures.buckets import post
from services.reporting.figures.buckets.hours import hour_of
from services.reporting.figures.buckets.post import Deed
from shared.events import Envelope
from shared.events.community import (
    OWN_ROLES,
    ContentCreated,
    ContentDeleted,
    ContentEdited,
    ContentRestored,
    ReactionAdded,
    ReactionRemoved,
)
from shared.events.moderation import DecisionMade, DecisionReversed
from shared.fold.definition import Item

Items = Sequence[Item[Any]]


def posted(event: ContentCreated | ContentEdited, *, is_new: bool) -> Items:
    """Return what a post of the brand's own says; what a partner's or a competitor's community publishes is none."""
    data = event.data
    if event.purpose is not None or data.content_id is None:
        return ()
    brand, community, second = event.brand, event.community or "", event.time.timestamp()
    tags = dict.fromkeys(tag.casefold()[: post.TAG_CHARS_MAX] for tag in data.tags or ())
    edition = max(0, data.edition or 0)
    told = post.Posted(
        brand, community, data.content_id, second, is_new, edition, data.format or "", tuple(tags)[: post.TAGS_MAX]
    )
    return (Item(post.key_of(brand, community, data.content_id), told),)


def touched(event: Envelope, content: str, deed: Deed, times: int = 1) -> Item[post.Touched]:
    """Return that something was done with a post, so many times."""
    brand, community = event.brand, event.community or ""
    told = post.Touched(brand, community, content, hour_of(event.time), deed, times)
    return Item(post.key_of(brand, community, content), told)


def edited(event: ContentEdited) -> Items:
    """Return what a post of the brand's own says now; nothing of other contents."""
    is_own = event.data.own_post is not None and event.data.own_post == event.data.content_id
    return posted(event, is_new=False) if is_own else ()


def gone(event: ContentDeleted | ContentRestored) -> Items:
    """Return that a post of the brand's own went or came back; nothing of other contents."""
    content = event.data.own_post
    if content is None:
        return ()
    brand, community = event.brand, event.community or ""
    seen = post.Seen(brand, community, content, event.time.timestamp(), isinstance(event, ContentDeleted))
    return (Item(post.key_of(brand, community, content), seen),)


def liked(event: ReactionAdded | ReactionRemoved, content: str) -> Items:
    """Return what a reaction adds to the brand's own post; its own people's do not count."""
    actor = event.data.actor
    if actor is not None and (actor.bot or actor.role in OWN_ROLES):
        return ()
    return (touched(event, content, Deed.REACTION, 1 if isinstance(event, ReactionAdded) else -1),)


def judged(event: DecisionMade | DecisionReversed, *, taken: bool) -> Items:
    """Return that a content is taken away or given back. Rules leave the brand's own posts alone, people need not."""
    data = event.data
    if data.content_id is None or event.imported or event.purpose is not None:
        return ()
    brand, community = event.brand, event.community or ""
    told = post.Judged(brand, community, data.content_id, data.decision, taken)
    return (Item(post.key_of(brand, community, data.content_id), told),)
