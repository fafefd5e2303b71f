"""What all that members can take part in has in common: title, window, who may."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from shared.documents.shape import Slug, Spec
from shared.documents.standing import Words
from shared.events.envelope import Instant, Name


class Eligibility(Spec, frozen=True, kw_only=True):
    """Who may take part. Each that is said has to hold."""

    level: Slug | None = None
    """At least this level of the brand's `Standing`."""
    since_days: Annotated[int, Meta(ge=1, le=36_500)] | None = None
    """Known for at least so many days: since their first entry in the ledger."""
    vip: bool = False
    """Only with VIP status."""
    sanctioned: bool = False
    """Whether those may, too, who are muted or banned somewhere in the brand."""


class Thing(Spec, frozen=True, kw_only=True, rename={"from_": "from"}):
    """The part of a document that is the same for every kind."""

    title: Words
    about: Words | None = None
    community: Name | None = None
    """Where it is announced; absent: nowhere."""
    from_: Instant | None = None
    """Absent: at once."""
    until: Instant | None = None
    """Not included; absent: without an end."""
    eligible: Eligibility = Eligibility()


class Poll(Thing, frozen=True, kw_only=True):
    """One question of a poll or survey."""

    ask: Literal["single", "multiple", "rating", "text", "nps"] = "single"
    """`rating` is from 1 to 5, `nps` from 0 to 10 (how likely one is to recommend), `text` whatever members write."""
    options: Annotated[tuple[Words, ...], Meta(max_length=20)] = ()
    """Of `single` and `multiple`: what can be chosen."""
    changeable: bool = True
    """Whether members may change their answer."""
    shows: Annotated[tuple[Name, ...], Meta(max_length=20)] = ()
    """Polls of platforms, by the id that events tell, whose votes count here, option by option."""
    secret: bool = False
    """Whether results are told only when it is over."""
