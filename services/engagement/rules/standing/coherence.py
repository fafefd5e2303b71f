"""What is wrong with a Standing document that its shape cannot tell. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from shared.documents.standing import Badge, Level, Need, Standing, Task
from shared.errors import Misplaced

EACH = ("rule", "points", "karma", "streak", "level", "task", "badge")
"""What a need may be; `times` belongs to `rule`."""


def wrong_standing(spec: Standing) -> Iterator[Misplaced]:
    """Yield what is wrong, each with its place."""
    for name in ("levels", "badges", "tasks"):
        yield from _twice([one.id for one in getattr(spec, name)], f"$.spec.{name}")
    if spec.levels[0].points or spec.levels[0].karma:
        yield Misplaced("everybody begins at the first level: it asks for nothing", "$.spec.levels[0]")
    yield from _unordered(spec.levels)
    tasks, badges = [task.id for task in spec.tasks], [badge.id for badge in spec.badges]
    for place, task in enumerate(spec.tasks):
        yield from _wrong_task(spec, task, tasks[:place], f"$.spec.tasks[{place}]")
    for place, badge in enumerate(spec.badges):
        yield from _wrong_badge(spec, badge, tasks, badges[:place], f"$.spec.badges[{place}]")
    if spec.vip is not None and spec.vip.keep > spec.vip.enter:
        yield Misplaced("to keep the status takes no more than to enter", "$.spec.vip.keep")


def _twice(ids: Sequence[str], at: str) -> Iterator[Misplaced]:
    for place, id_ in enumerate(ids):
        if id_ in ids[:place]:
            yield Misplaced("two have the same id", f"{at}[{place}].id")


def _unordered(levels: Sequence[Level]) -> Iterator[Misplaced]:
    for place, (lower, upper) in enumerate(pairwise(levels), 1):
        if upper.points < lower.points or upper.karma < lower.karma:
            yield Misplaced(f"{upper.id} asks for less than {lower.id} before it", f"$.spec.levels[{place}]")


def _wrong_task(spec: Standing, task: Task, before: Collection[str], at: str) -> Iterator[Misplaced]:
    for place, one in enumerate(task.after):
        if one not in before:
            yield Misplaced(f"there is no task `{one}` before this one", f"{at}.after[{place}]")
    if task.from_ is not None and task.until is not None and task.until <= task.from_:
        yield Misplaced("the deadline is before the beginning", f"{at}.until")
    for place, need in enumerate(task.steps):
        yield from _wrong_need(spec, need, f"{at}.steps[{place}]")
        if need.task is not None:
            yield Misplaced("tasks that have to be completed stand in `after`", f"{at}.steps[{place}].task")
        if need.badge is not None:
            yield Misplaced("tasks come before badges: let the badge need the task", f"{at}.steps[{place}].badge")


def _wrong_badge(
    spec: Standing, badge: Badge, tasks: Collection[str], before: Collection[str], at: str
) -> Iterator[Misplaced]:
    for place, need in enumerate(badge.needs):
        yield from _wrong_need(spec, need, f"{at}.needs[{place}]")
        if need.task is not None and need.task not in tasks:
            yield Misplaced(f"there is no task `{need.task}`", f"{at}.needs[{place}].task")
        if need.badge is not None and need.badge not in before:
            yield Misplaced(f"there is no badge `{need.badge}` before this one", f"{at}.needs[{place}].badge")


def _wrong_need(spec: Standing, need: Need, at: str) -> Iterator[Misplaced]:
    named = [name for name in EACH if getattr(need, name) is not None]
    if len(named) != 1:
        yield Misplaced(f"a need is one of {', '.join(EACH)}", at)
    if (need.rule is None) != (need.times is None):
        yield Misplaced("`rule` and `times` belong together", at)
    if need.streak is not None and spec.streak is None:
        yield Misplaced("say in `streak` which rules make a day count", f"{at}.streak")
    if need.level is not None and need.level not in [level.id for level in spec.levels]:
        yield Misplaced(f"there is no level `{need.level}`", f"{at}.level")
