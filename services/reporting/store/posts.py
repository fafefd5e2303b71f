"""What is stored of the brand's own posts, what platforms tell of them as totals, and the plan by which they are sorted."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from pymongo.asynchronous.collection import AsyncCollection

from services.reporting.figures import engagement, reactions
from services.reporting.figures.buckets import total
from services.reporting.figures.buckets.hours import HOUR_S, start_of
from services.reporting.figures.buckets.post import WINDOW_HOURS
from services.reporting.figures.buckets.total import Total
from services.reporting.figures.content import POSTS_COUNT, category_count
from services.reporting.figures.material import Row
from services.reporting.figures.plans import KIND, Plan, built, in_force
from services.reporting.figures.posts import Posts, posts_of
from services.reporting.figures.posts import Row as Post
from shared.errors import Unprocessable

log = logging.getLogger(__name__)

READ = ("community", "content", "second", "format", "tags", "reactions", "replies", "shares")

Documents = Iterable[Mapping[str, Any]]


class Told(NamedTuple):
    """A total that a platform told of a content, again and again."""

    key: str
    state: Total


def posts_from(brand: str, documents: Documents, totals: Sequence[Told]) -> Posts:
    """Return posts as they are stored, with the totals that were told of them until the end of their window."""
    found = {(one["community"], one["content"]): one for one in documents}
    views, liked = dict[tuple[str, str], int](), dict[tuple[str, str], int]()
    for key, state in totals:
        content = _content_of(key, brand, state.community)
        post = found.get((state.community, content))
        if post is None or (last := _last(state, post["second"])) is None:
            continue
        if state.name == engagement.VIEWS_GROWN:
            views[state.community, content] = last
        elif state.name == reactions.GROWN:
            liked[state.community, content] = liked.get((state.community, content), 0) + last
    return posts_of(
        Post(
            one["community"],
            one["second"],
            one["format"],
            one["tags"],
            int(one["reactions"]) + liked.get(key, 0),
            int(one["replies"]),
            int(one["shares"]),
            views.get(key, math.nan),
        )
        for key, one in found.items()
    )


def _content_of(key: str, brand: str, community: str) -> str:
    """Return the content that a total's key ends with, behind the name of what is counted."""
    return key.removeprefix(f"total {brand}/{community}/").partition("/")[2]


def _last(state: Total, written: float) -> int | None:
    """Return the last total that was told within the window of a post; None where none was."""
    first = int(written // HOUR_S)
    hours = [hour for hour in state.hours if first <= hour <= first + WINDOW_HOURS]
    return state.hours[max(hours)][1] if hours else None


def growth_of(totals: Iterable[Told]) -> Iterator[Row]:
    """Yield by how much totals grew, by hour."""
    for _, state in totals:
        yield from (Row(state.community, start_of(at), {state.name: grown}) for at, grown in total.growth(state))


def rows_of(posts: Posts, plan: Plan, since: datetime) -> Iterator[Row]:
    """Yield the posts as counts of the hours in which they were written: all of them, and those of each category."""
    for place, second, tags in zip(posts.place.tolist(), posts.second.tolist(), posts.tags, strict=True):
        at, number = start_of(int(second // HOUR_S)), plan.sorts(tags)
        if at >= since:
            named = {} if number < 0 else {category_count(plan.categories[number].id): 1}
            yield Row(posts.places[place], at, {POSTS_COUNT: 1} | named)


async def plan_of(policies: AsyncCollection[dict[str, Any]], brand: str, communities: Iterable[str]) -> Plan:
    """Return the newest plan of a brand, or that of its one community."""
    found = await policies.find({"kind": KIND, "brand": brand}).sort("version", 1).to_list()
    return in_force(plans_of(found), list(communities))


def plans_of(documents: Documents) -> Mapping[str, Plan]:
    """Return the newest plan of each name, of versions in their order; one that cannot be read is left out, and logged."""
    newest = {one["name"]: one for one in documents}
    return {name: plan for name, one in newest.items() if (plan := _readable(one)) is not None}


def _readable(document: Mapping[str, Any]) -> Plan | None:
    try:
        return built(document["spec"])
    except (msgspec.ValidationError, Unprocessable, KeyError) as error:
        log.warning("version %s of the plan %s is left out: %s", document.get("version"), document["name"], error)
        return None
