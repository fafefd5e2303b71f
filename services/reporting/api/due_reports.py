"""Looking which scheduled reports are due, making them, and telling the fold of incidents, which tells everybody once.

Each of several processes looks. What is due is entered under the name of its period, so once; one at a time makes it, by
lease; what is to be told is noted before it is told, so whoever follows a dead process tells the same, and the fold skips
what it heard.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

from services.reporting.api.asked import Source
from services.reporting.api.making import Makes
from services.reporting.api.orders import Bus
from services.reporting.rules.crises.commands import decoded
from services.reporting.rules.schedules.declared import KIND, built, running_since
from services.reporting.rules.schedules.due import due_at, latest
from services.reporting.rules.schedules.runs import TRIES_MAX, Life, Run, again_s, timed
from services.reporting.store.runs import LEASE, Claimed, Pinned, Runs
from shared.bus.record import Outgoing
from shared.cancelling import check_cancelled
from shared.clock import Clock
from shared.documents.schedules import ReportSchedule
from shared.errors import Retryable, Unprocessable, VecheError
from shared.http.problems import Problem
from shared.policy import Version
from shared.shelf import MongoShelf
from shared.topics import REPORTING_COMMANDS

log = logging.getLogger(__name__)

LOOK_S = 60.0
"""How late a report is at most because nobody looked."""

MAKE_S = LEASE.total_seconds() - 60
"""After so long making one is given up: another process may begin soon."""

AWAY_S = 60.0
"""Until what could not be told, because the bus or the database was away, is told again."""

BEHIND_S = 20.0
"""Until it is looked again whether the figures have caught up."""

BEHIND_MAX = timedelta(hours=6)
"""So long a report waits for them: a partition that stands still is for the operator, and a report is for the day."""

Outcome = Literal["done", "again", "failed"]


class Live(NamedTuple):
    """A schedule that is there."""

    brand: str
    name: str
    spec: ReportSchedule
    version: Version
    since: datetime
    """What was due before is not made."""

    @property
    def life(self) -> Life:
        """Return what its runs are known by."""
        return Life(self.brand, self.name, self.since)


class Schedules:
    """Reads schedules."""

    def __init__(self, shelf: MongoShelf, source: Source, clock: Clock, grace_s: float) -> None:
        self.shelf, self.source, self.clock, self.grace = shelf, source, clock, timedelta(seconds=grace_s)

    async def live(self, brand: str | None = None, name: str | None = None) -> Sequence[Live]:
        """Return those that are there, by brand and name: of all brands, where none is named."""
        by_name: dict[tuple[str, str], list[Version]] = {}
        for one in await self.shelf.all(KIND, brand):
            if name in {None, one.name}:
                by_name.setdefault((one.brand, one.name), []).append(one)
        found = []
        for (of, called), versions in sorted(by_name.items()):
            since, newest = running_since(versions), max(versions, key=lambda version: version.version)
            if since is None:
                continue
            try:
                found.append(Live(of, called, built(newest.spec), newest, since))
            except msgspec.ValidationError as error:  # stored by another release
                log.warning("the schedule %s of %s cannot be used, apply it again: %s", called, of, error)
        return found

    async def due(self, live: Live) -> Run | None:
        """Return the latest report that is due; None where none has been since it is there. Raises Problem."""
        zone = await self.source.zone(live.brand)
        period = latest(live.spec, zone, self.clock.now(), self.grace)
        at = due_at(live.spec, period, zone, self.grace)
        return None if at < live.since else timed(live.life, period, live.spec.communities, at)


class DueReports:
    """Makes what is due, until cancelled."""

    def __init__(self, schedules: Schedules, runs: Runs, makes: Makes, bus: Bus, count: Callable[[Outcome], None]) -> None:
        self._schedules, self._runs, self._makes, self._bus = schedules, runs, makes, bus
        self._count, self._clock = count, schedules.clock
        self._entered = dict[tuple[str, str], str]()
        """By brand and schedule: the last one that was entered from here."""
        self._asked = asyncio.Event()

    def nudge(self) -> None:
        """Have it look at once."""
        self._asked.set()

    async def run(self) -> None:
        """Look now and then."""
        while True:
            try:
                await self.look()
            except Retryable as error:
                log.info("scheduled reports wait: %s", error)
            check_cancelled()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._asked.wait()
            self._asked.clear()

    async def look(self) -> int:
        """Enter what is due, and make all that waits; return how many were told. Raises Retryable."""
        for live in await self._schedules.live():
            await self._enter(live)
        told = 0
        while (claimed := await self._runs.claim(self._clock.now())) is not None:
            told += await self._work(claimed)
        return told

    async def _enter(self, live: Live) -> None:
        try:
            run = await self._schedules.due(live)
        except Problem as problem:
            log.warning("the schedule %s of %s cannot be looked at: %s", live.name, live.brand, problem.detail)
            return
        except Retryable:
            raise
        except Exception:  # one that cannot be looked at stops no other
            log.exception("looking at the schedule %s of %s failed", live.name, live.brand)
            return
        if run is not None and self._entered.get((live.brand, live.name)) != run.id:
            await self._runs.enter(run)
            self._entered[live.brand, live.name] = run.id

    async def _work(self, claimed: Claimed) -> bool:
        """Make one and tell it; say whether it was told. What goes wrong is noted, and stops no other."""
        run = claimed.run
        try:
            return await self._told(claimed)
        except Retryable as error:
            log.info("the report %s %s of %s waits: %s", run.schedule, run.period, run.brand, error)
            again = self._clock.now() + timedelta(seconds=AWAY_S)
            with contextlib.suppress(Retryable):  # its lease ends
                await self._runs.waits(claimed, str(error), again, is_try=False)
            check_cancelled()
        except Problem as problem:
            await self._failed(claimed, str(problem.detail))
        except VecheError as error:
            await self._failed(claimed, str(error))
        except Exception as error:
            log.exception("making the report %s %s of %s failed", run.schedule, run.period, run.brand)
            await self._failed(claimed, f"a bug of Veche's own: {type(error).__name__}")
        return False

    async def _told(self, claimed: Claimed) -> bool:
        pinned = claimed.pinned
        if pinned is None:
            found = await self._pinned(claimed)
            if found is None:
                return False
            claimed, pinned = found
        link = await self._makes.linked(claimed.run, pinned)
        command = decoded(pinned.command)
        key = f"{command.brand}/{command.community}".encode()
        await self._bus.send(REPORTING_COMMANDS.name, Outgoing(key, pinned.command, ()))
        if await self._runs.done(claimed, pinned, link, self._clock.now()):
            self._count("done")
        return True

    async def _pinned(self, claimed: Claimed) -> tuple[Claimed, Pinned] | None:
        """Make it, and note what is to be told; None where there is nothing to tell, or it is another's by now."""
        run, now = claimed.run, self._clock.now()
        found = await self._schedules.live(run.brand, run.schedule)
        if not found:
            await self._runs.ends(claimed, "dropped", "its schedule was deleted", now)
            return None
        if run.tries > TRIES_MAX:
            await self._ended(claimed, run.problem or "each process that made it ended over it")
            return None
        remark, waits = await self._lag(claimed, now)
        if waits:
            return None
        spec = found[0].spec
        claimed = claimed._replace(run=run._replace(communities=spec.communities, remark=remark))
        limit = asyncio.timeout(MAKE_S)
        try:
            async with limit:
                pinned = await self._makes.made(claimed.run, spec, now)
        except TimeoutError as error:
            if not limit.expired():
                raise
            told = f"it was not made within {MAKE_S / 60:.0f} minutes: fewer formats, or communities"
            raise Unprocessable(told) from error
        return (claimed, pinned) if await self._runs.pin(claimed, pinned) else None

    async def _lag(self, claimed: Claimed, now: datetime) -> tuple[str | None, bool]:
        """Return what to remark of figures that are behind, and whether it waits for them. Raises Retryable."""
        run = claimed.run
        late = await self._makes.caught_up.behind(run.due)
        if not late:
            return None, False
        since, told = run.behind or now, f"the figures have not caught up: {', '.join(late)}"
        if now - since < BEHIND_MAX:
            log.info("the report %s %s of %s waits: %s", run.schedule, run.period, run.brand, told)
            await self._runs.lags(claimed, told, since, now + timedelta(seconds=BEHIND_S))
            return None, True
        remark = f"made after {BEHIND_MAX // timedelta(hours=1)} hours without waiting longer: {told}"
        log.warning("the report %s %s of %s is %s", run.schedule, run.period, run.brand, remark)
        return remark, False

    async def _failed(self, claimed: Claimed, problem: str) -> None:
        """Have it tried again, or end it."""
        wait_s = again_s(claimed.run.tries)
        if wait_s is None:
            await self._ended(claimed, problem)
            return
        run = claimed.run
        log.warning("the report %s %s of %s is made again: %s", run.schedule, run.period, run.brand, problem)
        await self._runs.waits(claimed, problem, self._clock.now() + timedelta(seconds=wait_s))
        self._count("again")

    async def _ended(self, claimed: Claimed, problem: str) -> None:
        run = claimed.run
        log.error("the report %s %s of %s was not made: %s", run.schedule, run.period, run.brand, problem)
        if await self._runs.ends(claimed, "failed", problem, self._clock.now()):
            self._count("failed")
