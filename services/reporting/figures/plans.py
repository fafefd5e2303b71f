"""What a brand means to publish, ready to sort posts by. Pure; built for each report, of the newest document."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from shared.documents.content import ContentPlan
from shared.errors import Unprocessable
from shared.policy import DEFAULT
from shared.said import Said

KIND = "ContentPlan"
SHARES_MAX = 1.0 + 1e-6
"""What wanted parts may add up to; written with few digits they may be a little more than all."""


class Category(NamedTuple):
    """One category of the plan."""

    id: str
    title: Said
    share: float | None
    """Which part of all posts it is to be."""


class Plan(NamedTuple):
    """The categories in their order, and to which of them a hashtag leads."""

    categories: Sequence[Category] = ()
    by_tag: Mapping[str, int] = {}

    def sorts(self, tags: Iterable[str]) -> int:
        """Return the number of the first category that one of a post's hashtags leads to; -1 where none does."""
        return min((self.by_tag[tag] for tag in tags if tag in self.by_tag), default=-1)


NO_PLAN = Plan()


def built(spec: Mapping[str, Any]) -> Plan:
    """Return the plan of a document.

    Raises Unprocessable where two categories have one id or one hashtag, or where more than all is wanted.
    """
    told = msgspec.convert(spec, ContentPlan)
    ids = [one.id for one in told.categories]
    tags = [tag.casefold() for one in told.categories for tag in one.tags]
    for what, found in (("categories are called", ids), ("categories have the hashtag", tags)):
        twice = next((one for one in found if found.count(one) > 1), None)
        if twice is not None:
            raise Unprocessable(f"two {what} {twice}")
    wanted = sum(one.share or 0 for one in told.categories)
    if wanted > SHARES_MAX:
        raise Unprocessable(f"the shares add up to {wanted:.0%} of all posts")
    by_tag = {tag.casefold(): number for number, one in enumerate(told.categories) for tag in one.tags}
    categories = [Category(one.id, Said(one.title.en, one.title.ru), one.share) for one in told.categories]
    return Plan(categories, by_tag)


def in_force(plans: Mapping[str, Plan], communities: Collection[str]) -> Plan:
    """Return the plan of communities: their own where there is but one and it has one, else the brand's."""
    own = plans.get(next(iter(communities))) if len(communities) == 1 else None
    return own or plans.get(DEFAULT, NO_PLAN)
