"""One act from when it is taken up to when its end is told: which connection, whether at all, and what came of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, Tracer

from services.delivery.carrying.errands import Carriage
from services.delivery.carrying.figures import Figures
from services.delivery.carrying.gate import Closed
from services.delivery.carrying.line import Line
from services.delivery.carrying.lines import Lines
from services.delivery.carrying.means import Halted, Means, Over, Permits
from services.delivery.platforms.platform import Ending, Errand, Repeat
from services.delivery.rules.commands import ANSWER_CHARS_MAX, Finished, LineChanged, to_record
from services.delivery.rules.works import Drop, Past, Target, Work, target_of, verdict, was_spared
from services.delivery.store.connections import Unreached
from services.delivery.store.holds import Holds
from services.delivery.store.open_acts import OpenActs
from services.delivery.store.switches import Switches
from shared.bus.publisher import Publisher
from shared.bus.record import Outgoing
from shared.errors import Retryable
from shared.telemetry.traces import TRACEPARENT, parse, traceparent
from shared.topics import DELIVERY_COMMANDS

log = logging.getLogger(__name__)

DROPPED: frozenset[Ending] = frozenset({"late", "reversed", "replaced", "dry_run"})
"""Ends that say that nothing was done, of acts that were not to be begun any more."""

AGAIN_S = 0.5
"""Between two looks at what keeps an act from going out, and between two tries to tell its end."""


class PutAside(Exception):
    """A crisis holds what was planned: what is asked for after it comes first."""


@dataclass(frozen=True)
class Parts:
    """What carrying acts out takes."""

    lines: Lines
    means: Means
    open_acts: OpenActs
    switches: Switches
    holds: Holds
    publisher: Publisher
    figures: Figures
    tracer: Tracer


class Carried:
    """One act."""

    def __init__(self, parts: Parts, work: Work, target: Callable[[], Target], is_fresh: Callable[[], bool]) -> None:
        """`target` returns what is known now of the act's target, `is_fresh` whether requests may go out from here."""
        self._parts, self._work, self._target, self._is_fresh = parts, work, target, is_fresh
        self._first = target()
        self._errand = Errand(work.id, work.kind, self._first.community, work.act)
        self._platform = self._first.community.partition(":")[0]
        self._line: Line | None = None
        self._tries = 0
        self._is_unsure = False
        """Whether a request went out of which nobody knows how it ended, and that was to be repeated."""

    async def over(self, past: Sequence[Past]) -> Over:
        """Return how the act ended; `past` is what was told lately of the same target. Raises PutAside."""
        if self._work.kind == "restore" and await self._was_spared(past):
            return Over(answer="it was never taken away")
        context = parse(self._work.trace)
        around = None if context is None else trace.set_span_in_context(NonRecordingSpan(context))
        name = f"deliver {self._work.kind}"
        with self._parts.tracer.start_as_current_span(
            name, context=around, record_exception=False, set_status_on_exception=False
        ) as span:  # the text of a bug's exception may quote a member
            span.set_attribute("veche.platform", self._platform)
            over = await self._ended()
            span.set_attribute("veche.outcome", over.code or "done")
            return over

    async def _was_spared(self, past: Sequence[Past]) -> bool:
        while True:
            try:
                before = await self._parts.open_acts.past(self._first, target_of(self._work.kind, self._work.act))
            except Retryable as error:
                log.warning("an act waits: %s", error)
                await asyncio.sleep(AGAIN_S)
            else:
                return was_spared((*before, *past))

    async def _ended(self) -> Over:
        number = 0
        while True:
            try:
                over = await self._once()
            except (Closed, Halted):
                await asyncio.sleep(AGAIN_S)
            except Retryable as error:
                number += 1
                log.warning("an act waits: %s", error)
                await asyncio.sleep(self._parts.means.pause_s(number))
            else:
                if over is not None:
                    return over

    async def _once(self) -> Over | None:
        """Return how the act ended, or None where it waited for something and is to be looked at again."""
        try:
            line = self._through()
        except Unreached as error:
            return await self._unreached(error)
        self._line = line
        is_visible = line.platform.repeat(self._errand) is Repeat.VISIBLE
        tried = await self._begun() if is_visible else None
        if tried is None:
            over = self._needless(line)
            if over is not None:
                return over
            if self._work.is_planned and not self._is_unsure and self._is_held_back():
                raise PutAside
        if self._parts.switches.is_stopped(self._first.brand):
            await self._parts.switches.change()
            return None
        why = self._held()
        if why is not None:
            raise Halted(why)  # before it has cost anybody a turn
        permits = Permits(lambda: self._unwanted(line), self._held)
        carriage = Carriage(self._parts.means, line, self._errand, self._work, permits, tried)
        try:
            over = await carriage.over()
        finally:
            self._tries += carriage.tries
            self._is_unsure = self._is_unsure or carriage.is_unsure
        if over.code is not None and over.code in DROPPED:
            return self._dropped(Drop(over.code, over.reason or ""))
        return over

    def _is_held_back(self) -> bool:
        return self._parts.holds.is_held(self._first.brand, self._first.community)

    async def _begun(self) -> datetime | None:
        return (await self._parts.means.attempts.begun([self._work.id])).get(self._work.id)

    async def _unreached(self, error: Unreached) -> Over:
        """Return the end of an act that nothing is asked for any more."""
        if await self._begun() is not None:
            return Over(code="uncertain", reason=f"it may have been done: {error}")
        return self._dropped(self._drop() or Drop("unconnected", str(error)))

    def _dropped(self, drop: Drop) -> Over:
        """Return the end of an act that is not carried out any more: of one that was tried, it may have been done."""
        if self._is_unsure:
            return Over(code="uncertain", reason=f"a try before may have done it: {drop.reason}")
        return Over(code=drop.code, reason=drop.reason)

    def _through(self) -> Line:
        work, target = self._work, self._first
        return self._parts.lines.through(target.brand, target.community, work.source, work.kind, self._changed)

    def _needless(self, line: Line) -> Over | None:
        """Return the end of an act that needs no request."""
        drop = self._drop()
        if drop is not None:
            return self._dropped(drop)
        refusal = line.platform.refusal(self._errand)
        if refusal is not None:
            return Over(code=refusal.code, reason=str(refusal))
        drop = self._unwanted(line)
        return None if drop is None else self._dropped(drop)

    def _unwanted(self, line: Line) -> Drop | None:
        """Say why the act is not to be begun through this connection; None where it is."""
        drop = self._drop()
        if drop is None and line.reached.spec.acts == "dry_run":
            return Drop("dry_run", f"the connection {line.reached.name} only shows what would be done")
        return drop

    def _drop(self) -> Drop | None:
        target = self._now_known()
        if target is None or all(work.id != self._work.id for work in target.works):
            return Drop("replaced", "it is over already, as somebody else has told")  # the fold hears it no more
        return verdict(target, self._work, self._parts.means.clock.now())

    def _now_known(self) -> Target | None:
        """Return the act's target, None where it has no open acts any more."""
        try:
            return self._target()
        except KeyError:
            return None

    def _held(self) -> str | None:
        if self._parts.switches.is_stopped(self._first.brand):
            return "acts of the brand are stopped"
        return None if self._is_fresh() else "the lease of this process is not fresh"

    async def tell(self, over: Over) -> None:
        """Tell the fold, however long Kafka is away."""
        work, now = self._work, self._parts.means.clock.now()
        finished = Finished(
            action=work.id,
            brand=self._first.brand,
            community=self._first.community,
            target=target_of(work.kind, work.act),
            at=now,
            attempts=self._tries,
            connection=None if self._line is None else self._line.reached.name,
            answer=None if over.answer is None else over.answer[:ANSWER_CHARS_MAX],
            content=over.content,
            code=over.code,
            reason=None if over.reason is None else over.reason[:ANSWER_CHARS_MAX],
        )
        record = to_record(finished, f"{self._first.brand}/{self._first.community}")
        context = parse(work.trace)
        headers = () if context is None else ((TRACEPARENT, traceparent(context)),)
        await self._sent(record._replace(headers=headers))
        self._parts.figures.over(self._platform, over.code, work.priority, (now - work.asked).total_seconds())

    async def _sent(self, record: Outgoing) -> None:
        while True:
            try:
                await self._parts.publisher.send(DELIVERY_COMMANDS.name, record)
            except Retryable as error:
                log.warning("what became of an act waits: %s", error)
                await asyncio.sleep(AGAIN_S)
            else:
                return

    async def _changed(self, line: Line, lost: bool) -> None:  # noqa: FBT001 - as `Changed` has it
        """Have staff told that a connection is lost, or works again."""
        reached = line.reached
        why = line.breaker.why if lost else None
        changed = LineChanged(reached.brand, reached.name, reached.spec.platform, self._parts.means.clock.now(), lost, why)
        await self._sent(to_record(changed, f"{reached.brand}/{reached.name}"))
