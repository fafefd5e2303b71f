"""Carrying one act out: as often as it takes, and never twice where members would see it.

What happens where it is not known how a request ended:

- an act that is harmless to repeat, or whose second telling the platform recognises by its key, is simply tried again;
- of any other an attempt is recorded before the request goes out. After one that ended nobody knows how, the platform is
  asked what it has (`Platform.find`), once nothing of that request can be on its way any more. Found: it is done. Surely not
  there: it is tried again. Where the platform can't tell, the act is closed as uncertain, for a person to look.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from services.delivery.carrying.gate import Closed
from services.delivery.carrying.line import CALL_S, Before
from services.delivery.carrying.means import Dropped, Halted, Means, Over, Permits, Through
from services.delivery.platforms.platform import (
    Answer,
    Ask,
    Away,
    Busy,
    Call,
    Done,
    Ending,
    Errand,
    Impossible,
    Lost,
    Platform,
    Repeat,
    Unknowable,
    Unsure,
)
from services.delivery.rules.works import Work
from shared.errors import Retryable

log = logging.getLogger(__name__)

BUSY_S_MAX = 600.0
"""A platform that asks for a longer pause is asked again after this: it may have changed its mind."""

SETTLE_S = 2.0
"""After a request ended without an answer, before it is looked for: the platform may still be at it."""

MARGIN_S = 2.0
"""Clocks of two machines differ by less: a successor looks for its predecessor's attempt this much later."""

LATE_S = 0.01
"""So much after its deadline an act is looked at again: it is over then."""

BUGS_MAX = 3
"""Tries of an act that brings a bug of ours to light, before it is given up."""


class Carriage:
    """One act on its way."""

    def __init__(
        self, means: Means, line: Through, errand: Errand, work: Work, permits: Permits, tried: datetime | None
    ) -> None:
        """`tried` is when an attempt began of which is not known how it ended; None where there is none."""
        self._means, self._line, self._errand, self._work, self._permits = means, line, errand, work, permits
        self._platform: Platform = line.platform
        self._tried = tried
        self._is_answered = False
        """Whether what members see was asked for and answered: what comes then can't have left nothing done."""
        self._visible: Call | None = None
        """The request that members see, once it is about to go out."""
        self._lock: asyncio.Lock | None = None
        self._is_visible = self._platform.repeat(errand) is Repeat.VISIBLE
        self.tries = 0
        self.is_unsure = False
        """Whether a request that may be repeated went out, and nobody knows how it ended."""
        self._bugs = 0

    async def over(self) -> Over:
        """Return how the act ended.

        Raises Closed where the connection changed, Halted where the act may not go out now, Retryable where the store is
        away: whoever comes back with a Carriage anew says in `tried` what the store knows.
        """
        try:
            while True:
                over = await self._once()
                if over is not None:
                    return over
        finally:
            self._unlock()

    async def _once(self) -> Over | None:
        """Try once; return how it ended, or None where it is to be tried again."""
        is_looking = self._tried is not None
        try:
            done = await (self._looked() if is_looking else self._carried())
        except Dropped as error:
            return Over(code=error.drop.code, reason=error.drop.reason)
        except (Closed, Halted):
            if not is_looking and not self._is_answered:
                await self._unmade()  # recorded perhaps, but not sent
            raise
        except (Impossible, Unknowable) as error:
            return await self._refused(error, is_looking=is_looking)
        except Exception as error:  # noqa: BLE001 - each kind has its own wait
            if not is_looking and not self._is_answered and isinstance(error, Busy | Away | Lost):
                await self._unmade()
            return await self._waited(error)
        if done is None:
            return None
        if self._is_visible:
            await self._made(done)
        await self._line.well()
        return Over(answer=done.answer, content=done.content_id)

    async def _carried(self) -> Done:
        self._is_answered, self._visible = False, None
        self.tries += 1
        return await self._platform.carry_out(self._errand, self._ask(self._before))

    async def _looked(self) -> Done | None:
        """Look for an attempt; None where there is nothing, so that it may be tried again."""
        assert self._tried is not None
        known = await self._means.attempts.known(self._errand.id)
        if known is not None:
            return known  # members may have deleted it since: it is not looked for
        await self._locked()
        over_at = self._tried + timedelta(seconds=CALL_S + MARGIN_S)
        await self._means.sleep(max(0.0, (over_at - self._means.clock.now()).total_seconds()))
        attempt = await self._means.attempts.attempt(self._errand.id, self._means.clock.now())
        done = None
        if attempt is not None:
            done = await self._platform.find(self._errand, attempt, self._ask(self._permitted))
        if done is None:
            await self._unmade()
        return done

    def _ask(self, before: Before) -> Ask:
        ask = self._line.ask(self._work.priority, self._errand.community, before, self._left_s)

        async def asked(call: Call) -> Answer:
            answer = await ask(call)
            self._is_answered = self._is_answered or call is self._visible
            return answer

        return asked

    def _left_s(self) -> float | None:
        """Return how long the act may still wait; for one that perhaps is done already there is no end."""
        if self._tried is not None:
            return None
        return max(0.0, (self._work.until - self._means.clock.now()).total_seconds())

    async def _rest(self, seconds: float) -> None:
        """Wait, but not beyond the act's deadline."""
        left_s = self._left_s()
        await self._means.sleep(seconds if left_s is None else min(seconds, left_s + LATE_S))

    async def _permitted(self, call: Call) -> None:
        """Let a request out only where anything may go out."""
        del call
        why = self._permits.held()
        if why is not None:
            raise Halted(why)

    async def _before(self, call: Call) -> None:
        """Look again whether the act is wanted, and record the attempt where members would see it twice."""
        if self._tried is not None and call is not self._visible:
            self._is_answered = True  # this is a request after the one that members see
            return
        is_recorded = call.is_visible and self._is_visible
        if is_recorded:
            await self._locked()
        drop = self._permits.drop()
        if drop is not None:
            await self._unmade()
            raise Dropped(drop)
        try:
            await self._permitted(call)
            if is_recorded and self._tried is None:
                await self._record(call)
                await self._permitted(call)
        except Halted:
            await self._unmade()  # nothing went out
            raise

    async def _record(self, call: Call) -> None:
        """Record that the request which members see goes out now."""
        now = self._means.clock.now()
        series = f"{self._line.name}/{self._platform.series(self._errand)}"
        await self._means.attempts.begin(self._errand.id, series, now)
        self._tried, self._visible = now, call

    async def _made(self, done: Done) -> None:
        """Record that it succeeded, however long that takes: nobody would know it as surely again."""
        number = 0
        while True:
            try:
                await self._means.attempts.made(self._errand.id, done)
            except Retryable as error:
                number += 1
                log.warning("what became of an act is recorded later: %s", error)
                await self._means.sleep(self._means.pause_s(number))
            else:
                return

    @property
    def _place(self) -> str:
        return f"{self._line.name}/{self._platform.place(self._errand)}"

    async def _locked(self) -> None:
        if self._lock is None:
            lock = self._means.places.lock(self._place)
            await lock.acquire()
            self._lock = lock

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    async def _unmade(self) -> None:
        """Nothing was done: whatever comes is a first attempt."""
        if self._tried is not None:
            await self._means.attempts.unmade(self._errand.id)
            self._tried = None
        self._unlock()

    async def _refused(self, error: Impossible | Unknowable, *, is_looking: bool) -> Over:
        """Return the end of an act that the platform won't do, or of which it won't tell what became of it."""
        await self._line.well()
        if is_looking or isinstance(error, Unknowable):
            return Over(code="uncertain", reason=f"it may have been done: {error}")
        await self._unmade()
        return Over(code=error.code, reason=str(error))

    async def _waited(self, error: Exception) -> Over | None:
        """Wait as long as an error asks for; return an end where there is no use in trying on."""
        match error:
            case Busy():
                await self._line.well()
                await self._rest(min(error.wait_s, BUSY_S_MAX))
            case Lost():
                await self._line.lost(error)
                await self._rest(self._means.pause_s(self.tries))
            case Unsure() if self._tried is not None:
                log.info("an act on %s ended nobody knows how; it is looked for", self._platform.id)
                await self._means.sleep(SETTLE_S)
            case Retryable():
                self.is_unsure = self.is_unsure or (isinstance(error, Unsure) and not self._is_visible)
                await self._rest(self._means.pause_s(self.tries))
            case _:
                return await self._puzzled(error)
        return None

    async def _puzzled(self, error: Exception) -> Over | None:
        """Try an act again that brings a bug to light, but not for ever. The error's text may hold what a member wrote."""
        self._bugs += 1
        log.error("an act on %s fails: a bug: %s", self._platform.id, type(error).__name__)
        if self._bugs >= BUGS_MAX:
            code: Ending = "given_up" if self._tried is None else "uncertain"
            return Over(
                code=code, reason=f"a bug of ours: {type(error).__name__}; the log of the delivery service says more"
            )
        await self._rest(self._means.pause_s(self._bugs))
        return None
