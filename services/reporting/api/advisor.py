"""Recommendations as they are made when somebody asks, what was decided about them, and what became of that."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from services.reporting.api.asked import Named, Source
from services.reporting.figures.periods import Frame
from services.reporting.rules.advice import BY_ID
from services.reporting.rules.advice.advice import (
    QUIET,
    Advice,
    Decided,
    Decision,
    Followed,
    advised,
    measured_over,
    still_open,
    value_of,
    week_of,
)
from services.reporting.rules.advice.scene import SPAN, monday_of, weeks_until
from services.reporting.store.advice import Decisions
from shared.clock import Clock
from shared.directory import Principal, Scope
from shared.http.problems import Problem


class Wish(NamedTuple):
    """What somebody wants to be decided."""

    decision: Decision
    note: str
    version: int
    """Which one they saw; 0: nothing was decided."""


class Advisor:
    """Makes recommendations from what is stored, and keeps what is decided."""

    def __init__(self, source: Source, decisions: Decisions, clock: Clock, renders: asyncio.Semaphore) -> None:
        """`renders` bounds how many are made at once."""
        self.source, self.decisions, self.clock, self._renders = source, decisions, clock, renders

    async def frame(self, of: Named, until: date | None = None) -> Frame | None:
        """Return the four whole weeks before a day, or the last ones in which anything was counted; None before the first.

        Raises Problem where there are no such days.
        """
        if until is not None:
            monday = monday_of(until)
            return await self.source.frame(of, monday - SPAN, monday)
        latest = await self.source.latest(of, 1)
        return None if latest is None else weeks_until(latest)

    async def found(self, of: Named, frame: Frame) -> Sequence[Advice]:
        """Return what the rules find in the frame. What concerns the whole brand is told to who may see all of it."""
        async with self._renders:
            material = await self.source.read(of, frame, frame.before.first)
            return await asyncio.to_thread(advised, of.brand, material, frame, whole=of.communities is None)

    async def decided(self, of: Named) -> Sequence[Decided]:
        """Return what was decided, the newest first."""
        return await self.decisions.listed(of.brand, of.communities)

    async def still_open(self, of: Named, found: Sequence[Advice]) -> Sequence[Advice]:
        """Return those about which nothing was decided, nor lately about the same rule in the same community."""
        now = self.clock.now()
        return still_open(found, await self.decisions.since(of.brand, now - QUIET), now)

    async def followed(self, one: Decided) -> Followed | None:
        """Return what became of the figure; None where it was not accepted, or the days are not over."""
        rule = BY_ID.get(one.rule)
        if rule is None or one.decision != "accepted":
            return None
        of = Named(one.brand, [one.community] if one.community else None)
        week = await self.source.frame(of, one.until - SPAN, one.until)
        then, now = measured_over(one, rule.days, week.zone)
        if self.clock.now() < now.end:
            return None
        async with self._renders:
            material = await self.source.read(of, Frame(then.since, now.until, now.zone))
            figure = rule.measure(one.numbers)
            values = [await asyncio.to_thread(value_of, figure, material, frame) for frame in (then, now)]
        return Followed(figure, rule.days, *values)

    async def decide(self, principal: Principal, brand: str, id_: str, wish: Wish) -> Decided:
        """Store what somebody decides.

        Raises Problem 404 where there is no such recommendation for them, 409 where somebody else decided meanwhile.
        """
        known = await self.decisions.one(brand, id_)
        found = known or await self._made(principal, brand, id_)
        if found is None or not principal.may(Scope.DECISIONS_WRITE, brand, found.community or None):
            raise Problem(404, "there is no such recommendation; GET /v1/recommendations names them")
        version = 0 if known is None else known.version
        decided = Decided(
            id=id_,
            brand=brand,
            rule=found.rule if isinstance(found, Decided) else found.rule.id,
            community=found.community,
            until=found.until,
            decision=wish.decision,
            note=wish.note,
            by=principal.name,
            at=self.clock.now(),
            version=version + 1,
            numbers=found.numbers,
        )
        if wish.version != version or not await self.decisions.decide(decided):
            raise Problem(409, f"it was decided meanwhile (version {version}, you saw {wish.version}): look again")
        return decided

    async def _made(self, principal: Principal, brand: str, id_: str) -> Advice | None:
        """Return a recommendation that is made for the weeks which its id names."""
        monday = week_of(id_)
        if monday is None:
            return None
        of = Named(brand, principal.communities)
        frame = await self.frame(of, monday)
        found = [] if frame is None else await self.found(of, frame)
        return next((one for one in found if one.id == id_), None)
