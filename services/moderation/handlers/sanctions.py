"""The fold of sanctions: strikes into what befalls members. States are kept by member of a brand.

What befalls them is decided in `rules/sanctions.py`; what is written of a change stands in sanction_steps.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from services.moderation.handlers.sanction_steps import applied, entry_of, lifted, timer_id, timers_of
from services.moderation.rules.case import Policy
from services.moderation.rules.notices import Links
from services.moderation.rules.sanctions import (
    Sanction,
    Standing,
    change,
    is_in_force,
    sanctions,
    standing_of,
    with_strike,
    without_strike,
)
from services.moderation.rules.strikes import End, Lift, Strike, Told, Withdrawal, decoded
from shared.bus.record import Record
from shared.documents.discipline import Strikes
from shared.fold.definition import Document, Item, Output, Step, Timer
from shared.policy import PolicyBook
from shared.telemetry.traces import trace_of
from shared.topics import ACTIONS, SANCTIONS, STRIKES, dead_letters, retries

GROUP = "sanctions"
INPUTS = (STRIKES.name, retries(GROUP).name)
OUTPUTS = (SANCTIONS.name, ACTIONS.name, STRIKES.name, dead_letters(GROUP).name)

REMEMBERED_MAX = 200
"""Sanctions that are remembered to be over or ended."""

NOBODY = Standing()


class Heard(NamedTuple):
    """What a record tells, and its trace."""

    told: Told
    trace: str | None


class Sanctions:
    """The fold of strikes into sanctions."""

    group = GROUP
    topics: Sequence[str] = INPUTS

    def __init__(self, policies: PolicyBook[Policy], links: Links | None = None) -> None:
        self._policies, self._links = policies, links or Links()

    async def prepare(self) -> None:
        """Have the policies up to date."""
        await self._policies.refresh()

    def read(self, record: Record) -> Sequence[Item[Heard]]:
        """Return what is told of a member."""
        told = decoded(record.value or b"")
        return (Item(f"{told.brand}/{told.member}", Heard(told, trace_of(record)), f"{told.brand}/{told.id}"),)

    def evolve(self, state: Standing | None, event: Heard) -> Step[Standing]:
        """Give a strike, take one back, or end a sanction; post the difference to what was in force before."""
        before, told = state or NOBODY, event.told
        match told:
            case Strike():
                return self._settled(before, with_strike(before, told, self._terms), told, event.trace)
            case Withdrawal():
                return self._settled(before, without_strike(before, told.decision), told, event.trace)
            case Lift():
                after = replace(before, lifted=tuple(dict.fromkeys((*before.lifted, told.sanction)))[-REMEMBERED_MAX:])
                return self._settled(before, after, told, event.trace)
            case End():
                return self._ended(before, told, event.trace)

    def _settled(self, before: Standing, after: Standing, told: Told, trace: str | None) -> Step[Standing]:
        """Post the difference. What is over by now, as far as strikes tell, was never felt, and is told to nobody."""
        old, now = sanctions(before, self._terms), sanctions(after, self._terms)
        changes = change(old, now, (*before.ended, *_forgotten(before, after, told)))
        late = [one for one in changes.applied if one.kind != "warn" and not is_in_force(one, _now(one, after, told), ())]
        after = _with_ended(after, late, changes.applied)
        entries, outputs, timers, done = list[Document](), list[Output](), list[Timer](), list[str]()
        felt = [one for one in old if one in changes.lifted or one.id in {late_.id for late_ in late}]
        for one in felt:
            entries.append(entry_of(one, "lifted", told, trace))
            outputs += lifted(one, told, now, after.ended, _now(one, after, told))
            done.append(timer_id(one))
        for one in changes.applied:
            done += [timer_id(earlier) for earlier in old if earlier.id == one.id and earlier.until is not None]
            if one not in late:
                entries.append(entry_of(one, "applied", told, trace))
                outputs += applied(one, told, self._links)
                timers += timers_of(one)
        return Step(after, entries, outputs, timers, [id_ for id_ in done if id_ not in {timer.id for timer in timers}])

    def _ended(self, before: Standing, told: End, trace: str | None) -> Step[Standing]:
        """Say that the time of a sanction is over; the platform itself ends a mute. Its time may be another one by now."""
        found = [one for one in sanctions(before, self._terms) if one.id == told.sanction and one.until == told.at]
        known = [one for one in found if one.id not in before.ended]
        if not known:
            return Step(before, done_timers=(told.id,))
        after = replace(before, ended=(*before.ended, told.sanction)[-REMEMBERED_MAX:])
        outputs = [output for one in known for output in lifted(one, told, (), after.ended, told.at)]
        entries = [entry_of(one, "ended", told, trace) for one in known]
        return Step(after, entries, outputs, done_timers=(told.id,))

    def _terms(self, strike: Strike) -> Strikes:
        return self._policies.at(strike.brand, strike.community, strike.recorded).spec.strikes

    def encode(self, state: Standing) -> Document:
        """Return a member's standing as a document: strikes as JSON would hold them, times as text."""
        told: dict[str, Any] = msgspec.to_builtins(state)
        return told | {"last": max((strike.at for strike in state.strikes), default=None)}

    def decode(self, document: Document) -> Standing:
        """Return the standing of a document."""
        return standing_of(document)


def _forgotten(before: Standing, after: Standing, told: Told) -> set[str]:
    """Return the strikes of which nothing is known any more, for they had to make room: what they brought is not lifted."""
    if not isinstance(told, Strike):
        return set()
    return _known(before) - _known(after) - set(told.replaces or ())


def _known(standing: Standing) -> set[str]:
    return {one.id for one in standing.strikes} | {one.strike.id for one in standing.running}


def _now(one: Sanction, standing: Standing, told: Told) -> datetime:
    """Return the latest moment of which is known where a sanction holds: nothing reads the clock."""
    near = [strike.at for strike in standing.strikes if one.community in {None, strike.community}]
    return max([one.since, *near, *([told.at] if one.community in {None, told.community} else [])])


def _with_ended(standing: Standing, late: Sequence[Sanction], begun: Sequence[Sanction]) -> Standing:
    """Remember what is over already, and forget that something was over which now lasts longer."""
    lasting = {one.id for one in begun} - {one.id for one in late}
    ended = [id_ for id_ in standing.ended if id_ not in lasting]
    fresh = [one.id for one in late if one.id not in ended]
    return replace(standing, ended=(*ended, *fresh)[-REMEMBERED_MAX:])
