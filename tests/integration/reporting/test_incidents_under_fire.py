"""Promise 2 for incidents: the service is killed in mid-stream, and opens and asks as if it had not been."""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from demo.processes import environment
from services.reporting.cli.backtest import run
from services.reporting.listening.tone import is_negative
from services.reporting.rules.crises.crisis import crisis_of
from shared.bus import admin
from shared.cli.moments import EARLIEST
from shared.clock import SystemClock
from shared.documents.playbook import Play, Playbook, SlowMode
from shared.events.actions import ActionSlowMode
from shared.events.reporting import IncidentOpened
from shared.fold.mongo import Client, new_client
from shared.fold.retelling import Span
from shared.settings import Settings
from shared.topics import ACTIONS, ALERTS, declared
from tests.integration.reporting.live import started
from tests.integration.reporting.test_incidents import shifted, stored_in, story, told
from tests.integration.services import eventually, publish
from tests.journey.fleet import Fleet
from tests.parts import StackFactory
from tests.unit.reporting.crises import HERE, NOON, THERE, in_time, weeks, wrote
from tests.unit.reporting.watching import crowd

KILLS = 5
PIECES = 12
BOOK = Playbook(plays=(Play(id="every", slow_mode=SlowMode(pause_s=30, lasts="1m")),))


@pytest.mark.timeout(300)
async def test_a_service_that_is_killed_again_and_again_opens_each_incident_once(
    own_stack: StackFactory, tmp_path: Path
) -> None:
    stack = own_stack()
    parts = started(stack)
    prefix = f"f{secrets.token_hex(4)}"
    settings = Settings(mongo=parts.mongo, kafka=parts.kafka, database_prefix=prefix)
    await admin.apply(parts.kafka, declared())
    client = new_client(parts.mongo)
    await stored_in(client, settings, BOOK)
    ships = Fleet(environment(stack.settings(), {"VECHE_DATABASE_PREFIX": prefix}), tmp_path, {})
    here = shifted(in_time(weeks(), wrote(crowd(NOON, 40))))
    there = shifted(in_time(weeks(THERE, seed=8), wrote(crowd(NOON + 30, 40, name="t"), THERE)))
    try:
        ships.start("reporting")
        for number in range(PIECES):
            for events in (here, there):
                size = -(-len(events) // PIECES)
                await publish(parts.kafka, *events[number * size : (number + 1) * size])
            if number % 2 and number // 2 < KILLS:
                await asyncio.sleep(2.0 if number > 2 else 6.0)  # it has begun, and is in the middle of something
                ships.kill("reporting")
                ships.start("reporting")
        span = Span(EARLIEST, EARLIEST, SystemClock().now() + timedelta(minutes=1))
        expected = story(one.crisis for one in (await run(settings, "acme", {}, span, is_negative)).found)
        found = await eventually(lambda: live(client, settings), lambda now: now.keys() == expected.keys())
        acts = await eventually(lambda: told(parts, ACTIONS.name), lambda now: len(now) >= 2 * len(expected))
    finally:
        for name in ships.running:
            ships.kill(name)
        await client.close()

    opened = [one for one in await told(parts, ALERTS.name) if isinstance(one, IncidentOpened)]
    assert {one[0] for one in expected.values()} == {HERE, THERE}
    assert found == expected
    assert len({one.id for one in opened}) == len({one.data.incident for one in opened})
    paces = {(one.id, one.data.delay_s) for one in acts if isinstance(one, ActionSlowMode) and one.data.cause in expected}
    assert sorted(delay for _, delay in paces if delay is not None) == [0] * len(expected) + [30] * len(expected)


async def live(client: Client, settings: Settings) -> dict[str, Any]:
    states = client.get_database(settings.database("reporting"))["incidents.states"]
    return story([crisis_of(one) async for one in states.find({"t": "incident"})])
