"""Reports by schedule after a standstill: not made of figures that lack what was recorded, and not put off for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.reporting.api.due_reports import BEHIND_MAX, BEHIND_S
from services.reporting.handlers import FIGURES_GROUP, POINTS_GROUP, listening
from shared.clock import SystemClock
from shared.runtime import Service
from tests import builders
from tests.integration.reporting.live import started
from tests.integration.reporting.test_scheduled_reports import Desk, desk, told
from tests.integration.services import eventually, publish
from tests.parts import Addresses, StackFactory

SENT = 40
PLACE = "telegram:-2"
FOLDS = {FIGURES_GROUP, POINTS_GROUP, listening.GROUP}


async def due_tomorrow(acme: Desk, parts: Addresses) -> None:
    """Publish a day of messages, and have its report be due."""
    now = acme.clock.now()
    messages = [
        builders.content_created(id=f"m{n}", content_id=f"{PLACE}:{n}", community=PLACE, time=now, recordedtime=now)
        for n in range(SENT)
    ]
    await publish(parts.kafka, *messages)
    assert (await acme.declare()).status_code == 200
    acme.clock.forward(timedelta(days=1, hours=10))


@asynccontextmanager
async def folding(service: Service) -> AsyncIterator[None]:
    runners = [runner for runner in service.runners if runner.plan.fold.group in FOLDS]
    tasks = [asyncio.ensure_future(runner.run()) for runner in runners]
    try:
        yield
    finally:
        for runner in runners:
            runner.stop()
        await asyncio.gather(*tasks)


@pytest.mark.timeout(240)
async def test_a_report_waits_until_all_is_counted_that_was_recorded_before_it_was_due(
    own_stack: StackFactory, tmp_path: Path
) -> None:
    parts = started(own_stack())
    async with desk(parts, tmp_path / "reports", SystemClock().now()) as acme:
        await due_tomorrow(acme, parts)
        assert await acme.process().look() == 0
        (waiting,) = await acme.listed()

        async def look() -> int:
            acme.clock.forward(timedelta(seconds=BEHIND_S))
            return await acme.process().look()

        async with folding(acme.service):
            await eventually(look, lambda made: made == 1)
        (made,) = await acme.listed()

    assert (waiting["status"], waiting["tries"]) == ("waiting", 0)
    assert "have not caught up: figures/" in waiting["problem"]
    assert "listening/" in waiting["problem"]
    assert (made["status"], made["remark"], made["problem"]) == ("done", None, None)
    assert content_of(acme) == SENT


async def test_after_some_hours_it_is_made_all_the_same_and_says_so(
    parts: Addresses, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with desk(parts, tmp_path / "reports", SystemClock().now()) as acme:
        await due_tomorrow(acme, parts)
        assert await acme.process().look() == 0
        acme.clock.forward(BEHIND_MAX - timedelta(seconds=1))
        assert await acme.process().look() == 0, "it waits since it was first looked at, not since it was due"
        acme.clock.forward(timedelta(seconds=BEHIND_S))
        assert await acme.process().look() == 1
        (made,) = await acme.listed()

    assert made["status"] == "done"
    assert "after 6 hours" in made["remark"]
    assert "figures/" in made["remark"]
    assert "made after 6 hours" in caplog.text


def content_of(acme: Desk) -> Any:  # noqa: ANN401 - a number
    (raw,) = acme.bus.sent
    return next(figure["value"] for figure in told(raw)["report"]["figures"] if figure["figure"] == "content")
