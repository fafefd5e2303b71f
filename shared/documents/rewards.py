"""The rewards policy of a brand, or of one of its communities: what earns points."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from shared.documents.shape import Slug, Spec
from shared.events.community import Kind

RULES_MAX = 20
"""Each rule that a content earns by is a grant, so a record, of its own."""


class RewardRule(Spec, frozen=True, kw_only=True, rename={"for_": "for"}):
    """Points for something that members do."""

    id: Slug
    for_: Literal["content", "reaction"]
    """`content` rewards its author for writing it; `reaction` rewards the author for what others think of it."""
    kinds: Annotated[tuple[Kind, ...], Meta(min_length=1)] | None = None
    """Of the content; absent: all."""
    points: Annotated[int, Meta(ge=1, le=1_000_000)]
    cap_per_day: Annotated[int, Meta(ge=1, le=100_000_000)] | None = None
    """What a member can earn by this rule on one day, in the policy's time zone."""


class RewardsPolicy(Spec, frozen=True, kw_only=True):
    """What earns points. Own reactions, bots and staff never do; history where the import asks for it."""

    timezone: Annotated[str, Meta(max_length=64)] = "UTC"
    """IANA name, for example `Europe/Moscow`: where a day begins."""
    rules: Annotated[tuple[RewardRule, ...], Meta(max_length=RULES_MAX)] = (
        RewardRule(id="content", for_="content", points=5, cap_per_day=50),
        RewardRule(id="reaction", for_="reaction", points=1, cap_per_day=30),
    )
    language: Literal["en", "ru"] = "en"
    """In which the bot answers members, where they do not show theirs by the word that they use (`/ранг`)."""
