"""The rewards policy of a brand, or of one of its communities: what earns points."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from shared.documents.discipline import Duration
from shared.documents.shape import Slug, Spec
from shared.events.community import Kind
from shared.events.envelope import Instant

RULES_MAX = 50
"""Each rule that a content earns by is a grant, so a record, of its own."""

CAMPAIGNS_MAX = 20

POINTS_MAX = 1_000_000

Done = Literal["content", "reaction", "downvote", "solution", "join", "share", "vote", "purchase", "subscription", "kpi"]
"""What members do: `reaction` without negative ones, which are `downvote`; `kpi` is what the brand's own systems tell."""

Reached = Literal["level", "task", "badge", "status"]
"""What follows from it by the brand's `Standing`."""

Played = Literal["poll", "quiz", "activity", "contest", "invite"]
"""What they take part in; `invite`: who was invited stayed."""

For = Literal[Done, Reached, Played]
"""What is rewarded."""

To = Literal["author", "reactor", "answerer", "asker", "member", "inviter", "sharer", "voter", "buyer", "subscriber"]
"""Who is rewarded."""

Points = Annotated[int, Meta(ge=-POINTS_MAX, le=POINTS_MAX)]
Cap = Annotated[int, Meta(ge=1, le=100_000_000)]


class RewardRule(Spec, frozen=True, kw_only=True, rename={"for_": "for"}):
    """Points for something that members do."""

    id: Slug
    for_: For
    kinds: Annotated[tuple[Kind, ...], Meta(min_length=1)] | None = None
    """Of the content that it is about; absent: all."""
    when: str | None = None
    """A condition in CEL (docs/rewards.md names the facts); absent: always."""
    to: To | None = None
    """Absent: the author of the content, the answerer of a solution, else whoever did it."""
    points: Points = 0
    """Negative ones are taken away."""
    karma: Points = 0
    """Standing, apart from points: it is never spent, and no cap concerns it."""
    each: Annotated[float, Meta(gt=0)] | None = None
    """The points are for each so much of the event's amount or value, rounded down: `each: 100` of a purchase in cents."""
    cap_per_day: Cap | None = None
    """What a member can earn by this rule in a community on one day, in the policy's time zone."""
    cooldown: Duration | None = None
    """The rule pays once in each such part of a day, counted from midnight: `10m`."""
    once: bool = False
    """Whether it pays once for good, for each member of the brand: who comes again earns nothing again."""
    capped: bool = True
    """Whether it counts towards the caps of the community and the brand."""
    anonymous: bool = False
    """Whether reactions count of which nobody knows whose they are: own ones cannot be left out then."""


class Caps(Spec, frozen=True, kw_only=True):
    """What a member can earn on one day by all rules together, but those that are not `capped`."""

    community_per_day: Cap | None = None
    brand_per_day: Cap | None = None
    """In all communities of the brand."""


class Transfers(Spec, frozen=True, kw_only=True):
    """Points that members give to each other."""

    per_day: Cap
    """What a member can give away on one day, in UTC."""
    least: Cap = 1
    """Of one transfer."""


class Campaign(Spec, frozen=True, kw_only=True, rename={"from_": "from"}):
    """Some time in which rules give more; of several at once the one that gives most."""

    id: Slug
    from_: Instant
    until: Instant
    """Not included."""
    times: Annotated[float, Meta(gt=0, le=100)]
    """Points are multiplied by it, and rounded to the nearest; karma is not."""
    rules: Annotated[tuple[Slug, ...], Meta(min_length=1, max_length=RULES_MAX)] | None = None
    """Absent: all that give points."""


class RewardsPolicy(Spec, frozen=True, kw_only=True):
    """What earns points. Own reactions, bots and staff never do; history where the import asks for it."""

    timezone: Annotated[str, Meta(max_length=64)] = "UTC"
    """IANA name, for example `Europe/Moscow`: where a day begins."""
    rules: Annotated[tuple[RewardRule, ...], Meta(max_length=RULES_MAX)] = (
        RewardRule(id="content", for_="content", points=5, cap_per_day=50),
        RewardRule(id="reaction", for_="reaction", points=1, cap_per_day=30),
    )
    caps: Caps = Caps()
    hold: Duration | None = None
    """So long after it was earned nothing can be spent of it: until moderation has had time to look."""
    expire_months: Annotated[int, Meta(ge=1, le=120)] | None = None
    """Points expire at the end of the month that is so many after the one in which they were earned; absent: never."""
    transfers: Transfers | None = None
    """Absent: members cannot give points to each other."""
    campaigns: Annotated[tuple[Campaign, ...], Meta(max_length=CAMPAIGNS_MAX)] = ()
    language: Literal["en", "ru"] = "en"
    """In which the bot answers members, where they do not show theirs by the word that they use (`/ранг`)."""
