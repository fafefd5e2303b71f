"""The example of docs/engagement-simulate.md: `python -m tests.unit.engagement.simulation_example` prints it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from services.engagement.cli.simulate import show
from services.engagement.simulating.report import Report
from shared.events import Envelope
from tests.builders import (
    PLACE,
    content_created,
    content_deleted,
    decision_made,
    decision_reversed,
    kpi_observed,
    member_joined,
    reaction_added,
    reaction_removed,
    solution_accepted,
)
from tests.unit.engagement.simulations import BEGIN, ledger, simulation, span, told, version
from tests.unit.engagement.world import World

LIVE: dict[str, Any] = {
    "rules": [
        {"id": "content", "for": "content", "points": 5, "cap_per_day": 50},
        {"id": "liked", "for": "reaction", "points": 1, "cap_per_day": 30},
    ],
}
CANDIDATE: dict[str, Any] = {
    "rules": [
        {"id": "content", "for": "content", "points": 2, "cap_per_day": 10},
        {"id": "liked", "for": "reaction", "points": 3},
        {"id": "accepted", "for": "solution", "points": 15, "karma": 1},
        {"id": "visit", "for": "kpi", "points": 1, "cooldown": "12h"},
        {"id": "welcome", "for": "join", "points": 20, "once": True},
    ],
    "caps": {"community_per_day": 60},
}
WHAT = {"write": 40, "like": 35, "unlike": 4, "delete": 3, "remove": 4, "reverse": 1, "accept": 4, "visit": 6, "join": 3}
"""Of 100."""


def day(seed: int, count: int = 300, members: int = 40) -> Sequence[Envelope]:
    """Return what members of two communities do within some days, and decisions; the same for the same seed."""
    chance, found, authors = random.Random(seed), list[Envelope](), dict[str, str]()
    weights = [1 / (rank + 1) for rank in range(members)]
    for number in range(count):
        at = BEGIN + timedelta(minutes=17 * number)
        who, other = (f"telegram:{7001 + one}" for one in chance.choices(range(members), weights, k=2))
        place = chance.choice((PLACE, f"{PLACE}0"))
        what = chance.choices(list(WHAT), list(WHAT.values()))[0] if authors else "write"
        content = f"{place}:{number}" if what == "write" else chance.choice(list(authors))
        if what == "write":
            authors[content] = who
        common = {"id": f"e{number}", "time": at, "recordedtime": at, "community": content.rpartition(":")[0]}
        about = common | {"content_id": content, "content_author": authors[content]}
        found.append(_event(what, common, about, who, other))
    return found


def _event(what: str, common: dict[str, Any], about: dict[str, Any], who: str, other: str) -> Envelope:
    ruling = {"decision": f"d-{about['content_id']}", "verdict": "remove"}
    make: Mapping[str, Callable[[], Envelope]] = {
        "write": lambda: content_created(**about, actor=who),
        "like": lambda: reaction_added(**about, actor=other),
        "unlike": lambda: reaction_removed(**about, actor=other),
        "delete": lambda: content_deleted(**about),
        "remove": lambda: decision_made(**about, **ruling),
        "reverse": lambda: decision_reversed(**about, **ruling),
        "accept": lambda: solution_accepted(**about, actor=other),
        "visit": lambda: kpi_observed(**common, actor=who, name="visit", value=1),
        "join": lambda: member_joined(**common, member=who, actor=who),
    }
    return make[what]()


async def example() -> Report:
    """Return the report of some made-up days."""
    events = day(4)
    posted = ledger(World(LIVE).tell(*events))
    over = span()._replace(since=BEGIN, until=BEGIN + timedelta(days=4))
    live = version(LIVE, since=BEGIN - timedelta(days=1))
    return await simulation(told([*events, *posted]), [live], {"default": CANDIDATE}, over, shown=3).run()


if __name__ == "__main__":
    show(asyncio.run(example()))
