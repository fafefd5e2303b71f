"""What levels and tasks earn by a candidate is forecast, too, and who would have another level."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from services.engagement.rules.standing import standings
from services.engagement.simulating.run import Simulation
from shared.policy import PolicyBook
from tests.builders import content_created
from tests.unit.engagement.simulations import reader, rule, simulation, told, version
from tests.unit.engagement.world import FakeShelf

WORDS = {"en": "Twice", "ru": "Дважды"}
STANDING = {"tasks": [{"id": "twice", "name": WORDS, "steps": [{"rule": "content", "times": 2}]}]}
LIVE = {"rules": [{"id": "content", "for": "content", "points": 5}]}
CANDIDATE = {
    "rules": [
        {"id": "content", "for": "content", "points": 30},
        {"id": "tasks", "for": "task", "points": 40},
        {"id": "levels", "for": "level", "points": 7},
    ]
}


def test_what_a_task_and_a_level_earn_is_in_the_forecast() -> None:
    records = told(content_created(content_id=f"c{number}", actor="telegram:1") for number in range(2))
    task = simulation(records, [version(LIVE)], {"default": CANDIDATE}).task
    rules = PolicyBook(FakeShelf(), "Standing", standings.built, standings.built(0, STANDING), float("inf"))

    report = asyncio.run(Simulation(task._replace(standing=rules), reader(records)).run())

    assert (rule(report, "tasks").candidate.net, rule(report, "levels").candidate.net) == (40, 7)
    assert (report.total.live.net, report.total.candidate.net) == (10, 60 + 40 + 7)
    assert report.other_level == 1
    assert replace(report.owed.candidate, members=0).points == 107
