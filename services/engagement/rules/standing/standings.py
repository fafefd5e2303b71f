"""What follows from a member's record under a version of the brand's document: level, tasks, badges, VIP status. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import msgspec

from services.engagement.rules.standing.coherence import wrong_standing
from services.engagement.rules.standing.record import Day, Record, runs, within
from services.engagement.rules.wallets import Month, month_of
from shared.documents.standing import Level, Need, Needs, Standing, Task, Vip
from shared.errors import Misplaced


class Rules(NamedTuple):
    """A version of the document, ready to be used."""

    version: int
    spec: Standing


class Progress(NamedTuple):
    """How much of a need there is."""

    need: Need
    has: int
    of: int

    @property
    def is_met(self) -> bool:
        """Whether it is all there."""
        return self.has >= self.of


class Stands(NamedTuple):
    """Where a member stands."""

    level: int
    """Its place in the list."""
    tasks: Mapping[str, tuple[Progress, ...]]
    """By task: how far each step is."""
    completed: frozenset[str]
    badges: Mapping[str, tuple[Progress, ...]]
    earned: frozenset[str]
    """The badges that the member has."""
    streak: int
    """The run that goes on, in days: it has today or yesterday."""
    longest: int
    is_vip: bool
    vip_until: Day
    """The day on which VIP status is looked at again; 0 where there is none."""


class _Seen(NamedTuple):
    """What needs are looked up in."""

    record: Record
    levels: tuple[Level, ...]
    level: int
    longest: int
    completed: frozenset[str]
    badges: frozenset[str]


def built(version: int, spec: Mapping[str, Any]) -> Rules:
    """Return the rules of a stored version. Raises Misplaced where something is wrong, with all that is."""
    told = msgspec.convert(spec, Standing)
    wrong = list(wrong_standing(told))
    if wrong:
        raise Misplaced(str(wrong[0]), wrong[0].at, wrong[1:])
    return Rules(version, told)


def stands(rules: Rules, record: Record, today: date) -> Stands:
    """Return where a member stands on a day."""
    spec, now = rules.spec, today.toordinal()
    level = level_of(spec.levels, record)
    found = runs(record, frozenset(spec.streak.rules)) if spec.streak else []
    longest = max((length for _, length in found), default=0)
    seen = _Seen(record, spec.levels, level, longest, frozenset(), frozenset())
    tasks = dict[str, tuple[Progress, ...]]()
    for task in spec.tasks:
        tasks[task.id] = tuple(_progress(seen, task.steps, task))
        if all(one.is_met for one in tasks[task.id]) and seen.completed.issuperset(task.after):
            seen = seen._replace(completed=seen.completed | {task.id})
    badges = dict[str, tuple[Progress, ...]]()
    for badge in spec.badges:
        badges[badge.id] = tuple(_progress(seen, badge.needs))
        if all(one.is_met for one in badges[badge.id]):
            seen = seen._replace(badges=seen.badges | {badge.id})
    is_vip, until = (False, 0) if spec.vip is None else vip(spec.vip, record, now)
    streak = found[-1][1] if found and sum(found[-1]) >= now else 0
    return Stands(level, tasks, seen.completed, badges, seen.badges, streak, longest, is_vip, until)


def level_of(levels: tuple[Level, ...], record: Record) -> int:
    """Return the place of the last level of which the member has all; that of the first, where they have nothing."""
    reached = (place for place, level in enumerate(levels) if _has(record, level))
    return max(reached, default=0)


def _has(record: Record, level: Level) -> bool:
    return record.earned >= level.points and record.karma >= level.karma


def _progress(seen: _Seen, needs: Needs, task: Task | None = None) -> Iterator[Progress]:
    first = task.from_.date().toordinal() if task is not None and task.from_ is not None else None
    last = task.until.date().toordinal() if task is not None and task.until is not None else None
    for need in needs:
        match need:
            case Need(rule=str(rule), times=int(times)):
                yield Progress(need, within(seen.record, rule, first, last), times)
            case Need(points=int(points)):
                yield Progress(need, seen.record.earned, points)
            case Need(karma=int(karma)):
                yield Progress(need, seen.record.karma, karma)
            case Need(streak=int(streak)):
                yield Progress(need, seen.longest, streak)
            case Need(level=str(level)):
                place = next(place for place, one in enumerate(seen.levels) if one.id == level)
                yield Progress(need, int(seen.level >= place), 1)
            case Need(task=str(id_)):
                yield Progress(need, int(id_ in seen.completed), 1)
            case _:
                yield Progress(need, int(need.badge in seen.badges), 1)


def vip(terms: Vip, record: Record, today: Day) -> tuple[bool, Day]:
    """Say whether a member has VIP status on a day, and on which day that is looked at again (0: when something happens)."""
    paid = max((day for day in record.days if _is_paid(terms, record, day)), default=0)
    paid_until = paid + terms.subscription_days if paid else 0
    month = month_of(date.fromordinal(today))
    is_member = _is_member(terms, record, month)
    if not is_member and paid_until <= today:
        return False, 0
    return True, max(_begin(month + 1) if is_member else 0, paid_until if paid_until > today else 0)


def _is_paid(terms: Vip, record: Record, day: Day) -> bool:
    return terms.subscriptions is not None and not record.days[day].keys().isdisjoint(terms.subscriptions)


def _is_member(terms: Vip, record: Record, now: Month) -> bool:
    """Go through the months: who had enough enters, who has less than is needed to keep it when one is over leaves."""
    is_member = False
    for month in range(min(record.months, default=now), now + 1):
        earned = sum(record.months.get(month - back, 0) for back in range(terms.months))
        before = sum(record.months.get(month - 1 - back, 0) for back in range(terms.months))
        is_member = earned >= terms.enter or (is_member and before >= terms.keep)
    return is_member


def _begin(month: Month) -> Day:
    return date(month // 12, month % 12 + 1, 1).toordinal()
