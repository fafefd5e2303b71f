"""Contests: how members enter, who wins, what they get."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from shared.documents.shape import Slug, Spec
from shared.documents.standing import Words
from shared.documents.things import Thing
from shared.events.envelope import Instant, Name

WINNERS_MAX = 1_000


class Entering(Spec, frozen=True, kw_only=True):
    """By what a member enters."""

    by: Literal["hashtag", "comment", "reaction", "purchase", "quiz", "form", "points"]
    """`points`: whoever earns some within the window is in."""
    tag: (
        Annotated[str, Meta(pattern=r"^[^\s#]{1,100}\Z", description="a hashtag without its # and without spaces")] | None
    ) = None
    content: Name | None = None
    """`comment`, `reaction`: the content that is answered or reacted to, `telegram:-100123:45`."""
    goods: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=100)] | None = None
    """`purchase`: what has to be among what was bought; absent: anything."""
    quiz: Slug | None = None
    score: Annotated[int, Meta(ge=1, le=10**6)] = 1
    """`quiz`: points that have to be reached in it."""


class Contest(Thing, frozen=True, kw_only=True):
    """A contest. It needs an end."""

    enter: Entering
    per_member: Annotated[int, Meta(ge=1, le=1_000)] = 1
    """So many entries of a member count; in a draw each is a chance."""
    win: Literal["draw", "votes", "points", "jury"] = "draw"
    """By chance; by others' reactions to the entries; by points earned within the window; by the mean of jurors' scores."""
    winners: Annotated[int, Meta(ge=1, le=WINNERS_MAX)] = 1
    alternates: Annotated[int, Meta(ge=0, le=WINNERS_MAX)] = 0
    """Who takes the place of a winner who may not win or cannot be found, in their order."""
    prizes: Annotated[tuple[Words, ...], Meta(max_length=WINNERS_MAX)] = ()
    """By place; the last one is that of all further places."""
    lead_s: Annotated[int, Meta(ge=60, le=7 * 86_400)] = 300
    """From the close to the round of drand that decides a draw (docs/draws.md)."""
    judged_until: Instant | None = None
    """`jury`: when scores are final; absent: with the end of the contest."""
