"""Where a member stands with a brand: levels, badges, streaks, VIP status, tasks. One document a brand."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from shared.documents.shape import Slug, Spec
from shared.events.envelope import Instant

LEVELS_MAX = 50
BADGES_MAX = 100
TASKS_MAX = 100
NEEDS_MAX = 10

Count = Annotated[int, Meta(ge=1, le=10**9)]
Text = Annotated[str, Meta(min_length=1, max_length=500)]
Rules = Annotated[tuple[Slug, ...], Meta(min_length=1, max_length=50)]


class Words(Spec, frozen=True, kw_only=True):
    """What members read, in their language."""

    en: Text
    ru: Text


class Level(Spec, frozen=True, kw_only=True):
    """A rank. A member has the last one of the list of which they have all."""

    id: Slug
    name: Words
    points: Annotated[int, Meta(ge=0, le=10**12)] = 0
    """Earned by rules and not taken back; spending them takes no rank away."""
    karma: Annotated[int, Meta(ge=0, le=10**12)] = 0


class Need(Spec, frozen=True, kw_only=True):
    """What a member is to have: one of these, `rule` together with `times`."""

    rule: Slug | None = None
    """Of the rewards policy; one that gives 0 points only counts."""
    times: Count | None = None
    """How often what the rule rewards was done, and counts now."""
    points: Count | None = None
    karma: Count | None = None
    streak: Count | None = None
    """So many days without a gap."""
    level: Slug | None = None
    """At least this level."""
    task: Slug | None = None
    badge: Slug | None = None
    name: Words | None = None
    """What members read; absent: what it is, of a rule its id."""


Needs = Annotated[tuple[Need, ...], Meta(min_length=1, max_length=NEEDS_MAX)]


class Badge(Spec, frozen=True, kw_only=True):
    """A badge: whoever has all that it needs has it, and has it no more when that goes."""

    id: Slug
    name: Words
    about: Words | None = None
    needs: Needs


class Task(Spec, frozen=True, kw_only=True, rename={"from_": "from"}):
    """Something to do, in one step or several."""

    id: Slug
    name: Words
    about: Words | None = None
    steps: Needs
    from_: Instant | None = None
    """What a rule counts is counted from this day on; absent: from ever."""
    until: Instant | None = None
    """The deadline: what a rule counts is counted up to this moment's day."""
    after: Annotated[tuple[Slug, ...], Meta(max_length=NEEDS_MAX)] = ()
    """Tasks of the list above it that have to be completed as well."""


class Streak(Spec, frozen=True, kw_only=True):
    """Days without a gap on which a member did something that one of these rules rewards."""

    rules: Rules


class Vip(Spec, frozen=True, kw_only=True):
    """Who has it: whoever earned `enter` points within so many calendar months; they keep it while it is `keep`."""

    months: Annotated[int, Meta(ge=1, le=12)] = 3
    """The present one and those before it."""
    enter: Count
    keep: Count
    """At most `enter`: who is a little below does not lose it at once. Judged when a month is over."""
    subscriptions: Rules | None = None
    """Rules whose doing gives it, too: those of paid subscriptions."""
    subscription_days: Annotated[int, Meta(ge=1, le=366)] = 31
    privileges: Annotated[tuple[Words, ...], Meta(max_length=20)] = ()


InviteLink = Annotated[
    str,
    Meta(
        max_length=500,
        pattern=r"^https://[^\s{}]*\{code\}[^\s{}]*\Z",
        description="a link begins with https:// and has {code} in it",
    ),
]


class Invites(Spec, frozen=True, kw_only=True):
    """Members who bring friends. What an invitation is worth stands in the rewards policy: `for: invite`."""

    link: InviteLink | None = None
    """What a member passes on, such as `https://t.me/acme_bot?start={code}`; absent: the code alone."""
    rules: Rules
    """A day on which one of these rules rewards the friend is a day on which they are active."""
    active: Annotated[int, Meta(ge=1, le=100)] = 3
    """The friend has to be active on so many days,"""
    days: Annotated[int, Meta(ge=1, le=365)] = 7
    """and once more so many days after they came or later."""
    most: Annotated[int, Meta(ge=1, le=1_000)] = 50
    """Friends of one member that count."""


def _level(id_: str, en: str, ru: str, points: int) -> Level:
    return Level(id=id_, name=Words(en=en, ru=ru), points=points)


class Standing(Spec, frozen=True, kw_only=True):
    """Levels, badges, streaks, VIP status, tasks and invitations of a brand."""

    levels: Annotated[tuple[Level, ...], Meta(min_length=1, max_length=LEVELS_MAX)] = (
        _level("newcomer", "Newcomer", "Новичок", 0),
        _level("member", "Member", "Участник", 100),
        _level("regular", "Regular", "Завсегдатай", 500),
        _level("expert", "Expert", "Знаток", 2_000),
        _level("legend", "Legend", "Легенда", 10_000),
    )
    badges: Annotated[tuple[Badge, ...], Meta(max_length=BADGES_MAX)] = ()
    streak: Streak | None = None
    vip: Vip | None = None
    invites: Invites | None = None
    tasks: Annotated[tuple[Task, ...], Meta(max_length=TASKS_MAX)] = ()
