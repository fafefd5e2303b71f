"""Looks for an answer in its topic: one of our own account's, made since the attempt, with the same words, to the same.

Topics tell by their `external_id` whether they are there. Source: https://docs.discourse.org/#tag/Topics/operation/getTopic.
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil

import msgspec

from services.delivery.platforms.asking import read
from services.delivery.platforms.discourse import ids
from services.delivery.platforms.discourse.calls import NAME, call, check, refusal
from services.delivery.platforms.discourse.sending import by_key, words
from services.delivery.platforms.platform import Ask, Attempt, Done, Errand, Impossible, Unknowable
from shared.events.envelope import Instant

PAGES_MAX = 10
"""200 posts of the topic since the attempt: more are not searched through."""

SKEW = timedelta(seconds=60)
"""So far our clock may be ahead of the forum's."""

TOPIC = "/t/{topic}.json"


class Post(msgspec.Struct, frozen=True):
    """A post as it is read in its topic."""

    post_number: int
    created_at: Instant
    yours: bool = False
    raw: str = ""
    reply_to_post_number: int | None = None


class _Stream(msgspec.Struct, frozen=True):
    posts: list[Post] = []
    stream: list[int] = []


class Page(msgspec.Struct, frozen=True):
    """One page of a topic."""

    post_stream: _Stream
    posts_count: int = 0
    chunk_size: int = 20


async def found(errand: Errand, attempt: Attempt, ask: Ask) -> Done | None:
    """Return the post, or None where there surely is none. Raises Unknowable."""
    return await (_in_topic(errand, attempt, ask) if errand.kind == "reply" else by_key(errand, ask))


async def _in_topic(errand: Errand, attempt: Attempt, ask: Ask) -> Done | None:
    """Walk through the topic's pages, the last one first, to the attempt's beginning."""
    since, first = attempt.began - SKEW, await _page(errand, 1, ask)
    last = max(1, ceil(max(len(first.post_stream.stream), first.posts_count) / max(1, first.chunk_size)))
    for number in range(last, max(0, last - PAGES_MAX), -1):
        page = first if number == 1 else await _page(errand, number, ask)
        for post in page.post_stream.posts:
            id_ = ids.id_of(errand, ids.post(errand).topic, post.post_number)
            if post.created_at >= since and is_same(errand, post) and id_ not in attempt.ours:
                return Done("was sent before", id_)
        if any(post.created_at < since for post in page.post_stream.posts):
            return None
    if last <= PAGES_MAX:
        return None
    raise Unknowable("so many posts came since that they are not searched through: look whether ours is among them")


async def _page(errand: Errand, number: int, ask: Ask) -> Page:
    query = {"include_raw": "1", "page": f"{number}"}
    one = call("GET", TOPIC, {"topic": ids.post(errand).topic}, query=query)
    answer = await ask(one)
    refused = refusal(one, answer)
    if isinstance(refused, Impossible):
        raise Unknowable(f"{refused}; so nobody can look: look there yourself")
    await check(one, answer, ask)
    return read(one, answer, Page, NAME)


def is_same(errand: Errand, post: Post) -> bool:
    """Return whether a post is our account's, says what the errand says, and answers the same."""
    place = ids.post(errand)
    answered = None if place.number == ids.FIRST else place.number
    return post.yours and post.reply_to_post_number == answered and post.raw.strip() == words(errand).strip()
