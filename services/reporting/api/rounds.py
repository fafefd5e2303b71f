"""Looking at all goals every hour, and telling the fold of incidents, which tells staff once of each that is at risk."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, time

import msgspec

from services.reporting.api.goals import Goals, Seen
from services.reporting.api.orders import Bus
from services.reporting.rules.crises.commands import Assess
from shared.bus.record import Outgoing
from shared.cancelling import check_cancelled
from shared.errors import Retryable
from shared.http.problems import Problem
from shared.policy import Version
from shared.runtime import Work
from shared.topics import REPORTING_COMMANDS

log = logging.getLogger(__name__)

EVERY_S = 3_600.0
AGAIN_S = 60.0
"""After a round that could not be finished."""


def rounds(goals: Goals, bus: Bus) -> Work:
    """Return the worker. Of several processes each goes round: what is told twice changes nothing."""

    async def run() -> None:
        while True:
            pause_s = EVERY_S
            try:
                await look_round(goals, bus)
            except Retryable as error:
                log.info("goals are looked at again in %.0f s: %s", AGAIN_S, error)
                pause_s = AGAIN_S
            check_cancelled()
            await asyncio.sleep(pause_s)

    return run


async def look_round(goals: Goals, bus: Bus) -> int:
    """Look at every goal that is under way; return of how many it is known how probably they are reached.

    Raises Retryable where the goals cannot be listed, or the bus is away.
    """
    told = 0
    for version in await goals.everywhere():
        try:
            command = _assessed(version, await goals.seen(version), goals.clock.now())
        except Problem as problem:
            log.warning("the goal %s of %s cannot be looked at: %s", version.name, version.brand, problem.detail)
            continue
        except Retryable as error:
            log.warning("the goal %s of %s is looked at an hour later: %s", version.name, version.brand, error)
            continue
        except Exception:  # one goal that cannot be looked at stops nobody
            log.exception("looking at the goal %s of %s failed", version.name, version.brand)
            continue
        if command is not None:
            key = f"{command.brand}/{command.community}".encode()
            await bus.send(REPORTING_COMMANDS.name, Outgoing(key, msgspec.json.encode(command), ()))
            told += 1
    return told


def _assessed(version: Version, seen: Seen, now: datetime) -> Assess | None:
    known = seen.progress
    if known.forecast is None or known.probability is None or known.target is None:
        return None
    places = seen.spec.communities
    return Assess(
        brand=version.brand,
        community=places[0] if len(places) == 1 else "",
        at=now,
        goal=version.name,
        version=version.version,
        figure=seen.figure.id,
        target=known.target,
        forecast=known.forecast.expected,
        due=datetime.combine(seen.spec.due, time(), now.tzinfo),
        probability=known.probability,
    )
