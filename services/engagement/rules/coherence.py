"""What is wrong with a rewards policy that its shape cannot tell. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from services.engagement.rules.causes import BENEFICIARIES
from services.engagement.rules.facts import LANGUAGE
from shared.conditions.misread import Misread
from shared.documents.discipline import SECONDS, seconds
from shared.documents.rewards import Reached, RewardRule, RewardsPolicy
from shared.errors import Misplaced

AMOUNTS = frozenset({"share", "purchase", "subscription", "kpi", "quiz"})
"""What has an amount."""

KINDS = frozenset({"content", "reaction", "downvote", "solution", "share"})
"""What is about a content."""


def wrong_rules(policy: RewardsPolicy) -> Iterator[Misplaced]:
    """Yield what is wrong, each with its place."""
    ids = [rule.id for rule in policy.rules]
    for place, rule in enumerate(policy.rules):
        at = f"$.spec.rules[{place}]"
        if rule.id in ids[:place]:
            yield Misplaced("two rules have the same id: entries name their rule by it", f"{at}.id")
        yield from _wrong(rule, at)
        yield from _misread(rule, at)
        if rule.for_ in get_args(Reached) and (rule.points < 0 or rule.karma < 0):
            yield Misplaced("what is achieved takes nothing away: it would undo itself", f"{at}.points")
    for place, campaign in enumerate(policy.campaigns):
        if campaign.until <= campaign.from_:
            yield Misplaced("the campaign ends before it begins", f"$.spec.campaigns[{place}].until")
        for one in campaign.rules or ():
            if one not in ids:
                yield Misplaced(f"there is no rule `{one}`", f"$.spec.campaigns[{place}].rules")


def _wrong(rule: RewardRule, at: str) -> Iterator[Misplaced]:
    possible = BENEFICIARIES[rule.for_]
    if rule.to is not None and rule.to not in possible:
        yield Misplaced(f"`{rule.for_}` rewards {' or '.join(possible)}", f"{at}.to")
    if rule.kinds is not None and rule.for_ not in KINDS:
        yield Misplaced(f"`{rule.for_}` is about no content, so it has no kinds", f"{at}.kinds")
    if rule.each is not None and rule.for_ not in AMOUNTS:
        yield Misplaced(f"`{rule.for_}` has no amount", f"{at}.each")
    if rule.anonymous and rule.for_ not in {"reaction", "downvote", "share"}:
        yield Misplaced(f"of `{rule.for_}` it is known who did it", f"{at}.anonymous")
    if rule.cooldown is not None and seconds(rule.cooldown) > SECONDS["d"]:
        yield Misplaced("a cool-down is a part of a day; `once` is for longer", f"{at}.cooldown")
    if rule.cooldown is not None and rule.each is not None:
        yield Misplaced("points for an amount have no cool-down: each amount would be a limit of its own", f"{at}.cooldown")
    limits = {"cap_per_day": rule.cap_per_day, "cooldown": rule.cooldown, "once": rule.once or None}
    for name in (name for name, limit in limits.items() if limit is not None and rule.points < 0):
        yield Misplaced("what is taken away has no limit", f"{at}.{name}")
    if rule.karma and (rule.once or rule.cooldown is not None):
        yield Misplaced("karma has no limit, so a rule that pays once, or has a cool-down, gives none", f"{at}.karma")
    if rule.once and (rule.cap_per_day is not None or rule.cooldown is not None or rule.each is not None):
        yield Misplaced("a rule that pays once has no other limit, and no amount", f"{at}.once")


def _misread(rule: RewardRule, at: str) -> Iterator[Misplaced]:
    if rule.when is None:
        return
    try:
        LANGUAGE.check(rule.when)
    except Misread as error:
        told = f"{error}; line {error.line}, column {error.column} of the condition"
        yield Misplaced(told, f"{at}.when")
