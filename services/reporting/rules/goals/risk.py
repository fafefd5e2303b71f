"""Whether staff were told that a goal is at risk: once, and again after it had recovered or become another goal. Pure."""

from __future__ import annotations

from msgspec import Struct

from services.reporting.rules.crises.commands import Assess
from services.reporting.rules.goals.progress import AT_RISK, RECOVERED
from shared.events.codec import event_id
from shared.events.reporting import GoalAtRisk, GoalRisk


class Risk(Struct, frozen=True):
    """What was told of a goal."""

    brand: str
    goal: str
    version: int
    """Of the goal's document."""
    at_ms: int
    """When it was last looked at."""
    is_told: bool = False
    times: int = 0
    """How often it was told."""


def assessed(risk: Risk | None, seen: Assess) -> tuple[Risk, GoalAtRisk | None]:
    """Return what is known after a goal was looked at, and what to tell staff; looks that come late change nothing."""
    at_ms = round(seen.at.timestamp() * 1_000)
    before = risk or Risk(seen.brand, seen.goal, seen.version, at_ms)
    if at_ms < before.at_ms or seen.version < before.version:
        return before, None
    was_told = before.is_told and seen.version == before.version and seen.probability < RECOVERED
    is_news = seen.probability < AT_RISK and not was_told
    times = before.times + is_news
    after = Risk(seen.brand, seen.goal, seen.version, at_ms, was_told or is_news, times)
    return after, _told(seen, times) if is_news else None


def _told(seen: Assess, times: int) -> GoalAtRisk:
    data = GoalRisk(goal=seen.goal, figure=seen.figure, target=seen.target, forecast=seen.forecast, due=seen.due)
    return GoalAtRisk(
        id=event_id("reporting.goal.at_risk", seen.brand, seen.community, seen.goal, times),
        source=f"reporting/goals/{seen.brand}",
        time=seen.at,
        brand=seen.brand,
        recordedtime=seen.at,
        community=seen.community or None,
        subject=seen.goal,
        data=data,
    )
