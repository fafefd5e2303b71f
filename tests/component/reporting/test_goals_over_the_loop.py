"""A goal at risk is told once, whoever looks how often, and again only after it had recovered or became another one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from services.reporting.rules.crises.commands import Assess
from shared.events.reporting import GoalAtRisk
from tests.unit.reporting.crises import World

BEGAN = datetime(2026, 2, 1, tzinfo=UTC)
DUE = datetime(2026, 4, 1, tzinfo=UTC)


def look(probability: float, hour: int, **change: Any) -> Assess:  # noqa: ANN401 - any field
    fields: dict[str, Any] = {"brand": "acme", "community": "", "goal": "more", "version": 1, "figure": "content"}
    fields |= {"target": 100.0, "forecast": 60.0, "due": DUE, "at": BEGAN + timedelta(hours=hour)}
    return Assess(probability=probability, **(fields | change))


async def told(*looks: Assess) -> list[Any]:
    world = World()
    for one in looks:
        world.ask(one)
        await world.fold()
    assert world.letters() == 0
    return list(world.alerts())


async def test_it_is_told_once_by_how_many_processes_ever() -> None:
    alerts = await told(look(0.8, 0), look(0.2, 1), look(0.2, 1), look(0.1, 2), look(0.3, 3))

    (alert,) = alerts
    assert isinstance(alert, GoalAtRisk)
    assert (alert.data.goal, alert.data.figure, alert.data.target, alert.data.due) == ("more", "content", 100.0, DUE)
    assert (alert.community, alert.subject) == (None, "more")


async def test_it_is_told_again_after_it_recovered_and_not_when_it_wavers() -> None:
    wavers = await told(look(0.3, 0), look(0.45, 1), look(0.35, 2))
    recovers = await told(look(0.3, 0), look(0.6, 1), look(0.35, 2))

    assert len(wavers) == 1
    assert len(recovers) == 2
    assert len({one.id for one in recovers}) == 2


async def test_another_version_of_a_goal_is_another_goal() -> None:
    assert len(await told(look(0.3, 0), look(0.3, 1, version=2))) == 2
    assert len(await told(look(0.3, 0, version=2), look(0.3, 1))) == 1


async def test_a_look_that_comes_late_changes_nothing() -> None:
    assert len(await told(look(0.3, 5), look(0.9, 3), look(0.3, 6))) == 1


async def test_goals_and_communities_are_told_apart() -> None:
    alerts = await told(look(0.3, 0), look(0.3, 0, goal="other"), look(0.3, 0, community="telegram:-1"))

    assert len({one.id for one in alerts}) == 3
    assert alerts[2].community == "telegram:-1"
