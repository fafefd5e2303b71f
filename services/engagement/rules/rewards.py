"""What the policy in force gives for what was done: the grants that are due while it counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from services.engagement.rules import contests
from services.engagement.rules.causes import BENEFICIARIES, Cause
from services.engagement.rules.coherence import wrong_rules
from services.engagement.rules.contents import Grant
from services.engagement.rules.contests import Running
from services.engagement.rules.facts import KIND_FACT, LANGUAGE, OF, Told
from services.engagement.rules.wallets import hour_of, month_of
from shared.conditions.conditions import Conditions
from shared.documents.discipline import seconds
from shared.documents.misshapen import WRONG_MAX
from shared.documents.rewards import Campaign, For, RewardRule, RewardsPolicy
from shared.errors import Misplaced, Unprocessable

EVER = 1
"""The day of what is paid once for good, as an ordinal number: no event is of the year 1."""

AMOUNT_MAX = 10**12
"""Points of one grant, whatever the amount is that it is for."""


class Rules(NamedTuple):
    """The rules that reward the same kind of doing."""

    rules: Sequence[RewardRule]
    conditions: Conditions
    places: Sequence[int]
    """Of which rule each condition is."""
    without: Sequence[int]
    """The rules that have none."""
    needs_kind: bool
    """Whether any of them hangs on the kind of the content."""


class Rewards(NamedTuple):
    """A version of a policy, ready to be used."""

    version: int
    spec: RewardsPolicy
    zone: ZoneInfo | None
    """None is UTC."""
    rules: Mapping[For, Rules]
    hold: timedelta | None = None
    failed: Callable[[int], None] = lambda _: None
    running: Sequence[Running] = ()
    """Contests that may be entered."""


def built(version: int, spec: Mapping[str, Any], failed: Callable[[int], None] = lambda _: None) -> Rewards:
    """Return the policy of a stored version; `failed` hears how many conditions could not be evaluated.

    Raises Misplaced where a rule is wrong, with all that is, and Unprocessable where the time zone is none.
    """
    told = msgspec.convert(spec, RewardsPolicy)
    wrong = list(islice(wrong_rules(told), WRONG_MAX))
    if wrong:
        raise Misplaced(str(wrong[0]), wrong[0].at, wrong[1:])
    try:
        zone = None if told.timezone == "UTC" else ZoneInfo(told.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Unprocessable(f"{told.timezone} is no time zone; use IANA names, for example Europe/Moscow") from error
    kinds = dict.fromkeys(rule.for_ for rule in told.rules)
    hold = None if told.hold is None else timedelta(seconds=seconds(told.hold))
    return Rewards(version, told, zone, {kind: _rules(told.rules, kind) for kind in kinds}, hold, failed)


def _rules(all_: Sequence[RewardRule], kind: For) -> Rules:
    rules = [rule for rule in all_ if rule.for_ == kind]
    places = [place for place, rule in enumerate(rules) if rule.when is not None]
    conditions = LANGUAGE.compiled([rules[place].when or "" for place in places])
    without = [place for place in range(len(rules)) if place not in places]
    needs_kind = KIND_FACT in conditions.asked or any(rule.kinds is not None for rule in rules)
    return Rules(rules, conditions, places, without, needs_kind)


def needs_kind(rewards: Rewards, for_: For) -> bool:
    """Say whether it has to be known what a content is before this can be rewarded: its kind, or whether it is an entry."""
    if for_ == "reaction" and contests.by_votes(rewards.running):
        return True
    known = rewards.rules.get(for_)
    return known is not None and known.needs_kind


def due(rewards: Rewards, cause: Cause) -> tuple[Grant, ...]:
    """Return the grants of all rules that reward this; none where nothing does."""
    if not cause.who:
        return ()
    entered = tuple(contests.entries(rewards.running, cause)) if rewards.running else ()
    known = rewards.rules.get(cause.for_)
    if known is None:
        return entered
    at = cause.at.astimezone(rewards.zone or UTC)
    found = []
    for rule in _applying(known, cause, rewards.failed):
        member = cause.who.get(rule.to or BENEFICIARIES[rule.for_][0])
        if member is None or not (cause.is_known or rule.anonymous) or not (rule.kinds is None or cause.kind in rule.kinds):
            continue
        found.append(_grant(rewards, rule, cause, member, at))
    return (*found, *entered)


def _applying(known: Rules, cause: Cause, failed: Callable[[int], None]) -> Sequence[RewardRule]:
    if not known.places:
        return known.rules
    held = known.conditions.held(OF, Told(cause.event, cause.kind))
    if held.failed:
        failed(len(held.failed))
    return [known.rules[place] for place in sorted([*known.without, *(known.places[one] for one in held.holds)])]


def _grant(rewards: Rewards, rule: RewardRule, cause: Cause, member: str, at: datetime) -> Grant:
    caps = rewards.spec.caps
    exempt = rule.once or not rule.capped
    points = _points(rewards.spec.campaigns, rule, cause)
    return Grant(
        rule.id,
        rewards.version,
        points,
        points if rule.once else rule.cap_per_day,
        EVER if rule.once else at.toordinal(),
        cause.event.id,
        member,
        karma=rule.karma,
        slot=0 if rule.cooldown is None else 1 + _second(at) // seconds(rule.cooldown),
        community_cap=None if exempt else caps.community_per_day,
        brand_cap=None if exempt else caps.brand_per_day,
        exempt=exempt,
        lot=0 if rewards.spec.expire_months is None or rule.once else month_of(at.date()) + 1 + rewards.spec.expire_months,
        release=0 if rewards.hold is None else hour_of(_end_of_day(at) + rewards.hold),
    )


def _points(campaigns: Sequence[Campaign], rule: RewardRule, cause: Cause) -> int:
    points = rule.points
    if rule.each is None and not campaigns:
        return points
    if rule.each is not None:
        amount = cause.amount or 0
        points *= math.floor(max(0.0, min(amount / rule.each, AMOUNT_MAX))) if math.isfinite(amount) else 0
    at = cause.at
    times = [one.times for one in campaigns if one.from_ <= at < one.until and (one.rules is None or rule.id in one.rules)]
    if times:
        points = math.floor(points * max(times) + 0.5)
    return max(-AMOUNT_MAX, min(points, AMOUNT_MAX))


def _second(at: datetime) -> int:
    """Return the second of the day by the clock on the wall."""
    return at.hour * 3_600 + at.minute * 60 + at.second


def _end_of_day(at: datetime) -> datetime:
    """Return when the day of a moment ends by the clock on the wall: all points of a day are held as long."""
    return datetime.combine(at.date() + timedelta(days=1), time(), at.tzinfo)
