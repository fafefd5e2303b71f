"""Who of those who joined the brand's own communities was known in a partner's."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from pymongo.asynchronous.collection import AsyncCollection

from services.reporting.figures.buckets import membership
from services.reporting.figures.buckets.membership import Membership
from shared.platforms import platform_of

PARTNERS_MAX = 50
"""Partners' communities that are looked at, the first by their ids: each is asked for everybody who joined."""

AT_ONCE = 10_000
"""Keys that are asked for at once."""


async def known_in(
    states: AsyncCollection[dict[str, Any]], brand: str, partners: Collection[str], memberships: Sequence[Membership]
) -> Mapping[str, Sequence[Membership]]:
    """Return, by partner's community, what is known there of those who joined one of the brand's own."""
    looked = sorted(partners)[:PARTNERS_MAX]
    joined = sorted({one.member for one in memberships if one.came and one.community not in partners})
    keys, found = _keys(brand, looked, joined), dict[str, list[Membership]]()
    while some := list(islice(keys, AT_ONCE)):
        for document in await states.find({"_id": {"$in": some}}).to_list():
            state = membership.decode(document)
            found.setdefault(state.community, []).append(state)
    return found


def _keys(brand: str, partners: Sequence[str], members: Sequence[str]) -> Iterator[str]:
    """Yield the keys under which they would be known: a member is on one platform."""
    for partner in partners:
        platform = platform_of(partner)
        yield from (membership.key_of(brand, partner, one) for one in members if platform_of(one) == platform)
