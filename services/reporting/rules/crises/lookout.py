"""The lookout of one place: a watch for each signal, and the incident that their alarms belong to.

A place is a community, or a whole brand. Signals of one place are one incident where the alarms of one come within `QUIET_S`
of those of another. Everything goes by the time of the signs: that a timer, or a person, closed an incident changes nothing
of what belongs to it. So the same signs in the same order give the same incidents, live and from history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, get_args

from msgspec import Struct
from msgspec.structs import replace

from services.reporting.rules.crises.signs import Sign
from services.reporting.rules.incidents import QUIET_S, Evidence, Severity, severity
from services.reporting.rules.recent import FORGOTTEN_S, HOUR_S
from services.reporting.rules.surge import NONE, Surge
from services.reporting.rules.watch import Watch, alarm_of, begun, passed, told
from shared.documents.playbook import Signal

SIGNALS: tuple[Signal, ...] = get_args(Signal)
GRADES: tuple[Severity, ...] = get_args(Severity)
"""From the least on."""

REFS_MAX = 50
"""Contents, decisions or communities of one surge that are counted: what comes later is about these mostly."""

PART_MIN, PART_PEOPLE_MIN = 0.1, 5
"""Of the people of a surge, and of people: fewer are no part of it."""

TOP_MAX = 10
"""Of them that evidence names."""


class Seen(Struct, frozen=True, gc=False, array_like=True):
    """What is known of one signal."""

    watch: Watch
    past: Surge = NONE
    """What imported signs add up to. It teaches the bar, and is nothing that happens now."""
    refs: Mapping[str, int] = {}
    """How many people of the surge each was about."""


class Part(Struct, frozen=True, gc=False, omit_defaults=True):
    """What one signal has to do with an incident."""

    first: Evidence
    """Why it was opened, or joined."""
    worst: Evidence
    last: float
    alarms: int
    refs: tuple[str, ...] = ()
    """Around which most of it happened when it began, the most first."""

    @property
    def severity(self) -> Severity:
        """How grave it was at its worst."""
        return severity(self.worst.ratio)


class Open(Struct, frozen=True, gc=False):
    """The incident that alarms belong to for now."""

    id: str
    parts: Mapping[Signal, Part]
    is_told_over: bool = False
    """Whether its timer found it quiet: an alarm that was read later, and belongs to it, is told again."""

    @property
    def last(self) -> float:
        """The second of the last alarm."""
        return max(part.last for part in self.parts.values())

    @property
    def severity(self) -> Severity:
        """How grave it was at its worst."""
        return worst_of(part.severity for part in self.parts.values())


class Lookout(Struct, frozen=True, gc=False):
    """The watches of a place, all begun with it: silence is history, too."""

    brand: str
    community: str
    """Empty: the whole brand."""
    seen: Mapping[Signal, Seen]
    open: Open | None = None


class Terms(NamedTuple):
    """What a brand calls an incident of one signal."""

    people: int
    severity: Severity


class Alarm(NamedTuple):
    """Something that is alarming now."""

    signal: Signal
    evidence: Evidence
    refs: tuple[str, ...]


class Heard(NamedTuple):
    """What became of a lookout, and what it makes of the sign."""

    lookout: Lookout
    is_new: bool
    """Whether it is of somebody who was not heard of lately: the whole brand hears of them."""
    alarm: Alarm | None


def begin(brand: str, community: str, second: float) -> Lookout:
    """Return the lookout of a place that was heard of for the first time."""
    return Lookout(brand, community, {signal: Seen(begun(second)) for signal in SIGNALS})


def hear(lookout: Lookout, sign: Sign) -> Heard:
    """Take in a sign."""
    seen = lookout.seen[sign.signal]
    before = seen.watch
    if sign.second <= before.now - FORGOTTEN_S:
        return Heard(lookout, is_new=False, alarm=None)
    after = _taught(seen, sign) if sign.imported else _told(seen, sign)
    surge = after.past if sign.imported else after.watch.surge
    is_new = _is_new(before, after.watch)
    if is_new and sign.ref is not None and surge.people:
        after = replace(after, refs=_counted(seen.refs if surge.people > 1 else {}, sign.ref))
    alarm = None
    if not sign.imported and after.watch.incident is not None and after.watch.incident is not before.incident:
        evidence = alarm_of(after.watch)
        assert evidence is not None, "an incident changes by an alarm alone"
        alarm = Alarm(sign.signal, evidence, top(after.refs, TOP_MAX) if lookout.community else taking_part(after.refs))
    return Heard(replace(lookout, seen={**lookout.seen, sign.signal: after}), is_new, alarm)


def _told(seen: Seen, sign: Sign) -> Seen:
    watch, _ = told(seen.watch, sign.second, sign.member)
    return Seen(watch, NONE, seen.refs)


def _taught(seen: Seen, sign: Sign) -> Seen:
    """Take in history: the rhythm and the days' maxima learn of it, what goes on now does not."""
    history, _ = told(replace(seen.watch, surge=seen.past, incident=None), sign.second, sign.member)
    now, _ = passed(seen.watch, sign.second)
    return Seen(replace(history, surge=now.surge, incident=now.incident), history.surge, seen.refs)


def _is_new(before: Watch, after: Watch) -> bool:
    is_same_hour = before.now // HOUR_S == after.now // HOUR_S
    return after.people != before.people if is_same_hour else after.people > 0


def _counted(refs: Mapping[str, int], ref: str) -> Mapping[str, int]:
    if ref not in refs and len(refs) >= REFS_MAX:
        return refs
    return {**refs, ref: refs.get(ref, 0) + 1}


def taking_part(refs: Mapping[str, int]) -> tuple[str, ...]:
    """Return the communities that have a real part in what is unusual of a brand, the most first.

    One in which a few people write meanwhile, as ever, has none.
    """
    least = max(PART_PEOPLE_MIN, PART_MIN * sum(refs.values()))
    return tuple(ref for ref in top(refs, REFS_MAX) if refs[ref] >= least)


def top(refs: Mapping[str, int], count: int) -> tuple[str, ...]:
    """Return so many about which most people were, the most first."""
    return tuple(sorted(refs, key=lambda ref: (-refs[ref], ref))[:count])


def is_enough(alarm: Alarm, terms: Terms) -> bool:
    """Say whether it is as much as a brand calls an incident."""
    evidence = alarm.evidence
    return evidence.observed >= terms.people and at_least(severity(evidence.ratio), terms.severity)


def raised(open_: Open | None, alarm: Alarm, id_: str, *, is_enough: bool, spreads: bool = False) -> Open | None:
    """Return the incident with an alarm in it; the one before where it is not enough for a new one, or to join.

    `id_` names a new one; where it `spreads`, what it is about grows with it.
    """
    if open_ is not None and alarm.evidence.second - open_.last >= QUIET_S:
        open_ = None
    part = None if open_ is None else open_.parts.get(alarm.signal)
    if part is None:
        if not is_enough:
            return open_
        part = Part(alarm.evidence, alarm.evidence, alarm.evidence.second, 1, alarm.refs)
    else:
        worst = alarm.evidence if alarm.evidence.ratio > part.worst.ratio else part.worst
        refs = tuple(dict.fromkeys((*part.refs, *alarm.refs)))[:REFS_MAX] if spreads else part.refs
        last = max(part.last, alarm.evidence.second)
        part = replace(part, worst=worst, last=last, alarms=part.alarms + 1, refs=refs)
    return Open(id_, {alarm.signal: part}) if open_ is None else Open(open_.id, {**open_.parts, alarm.signal: part})


def at_least(one: Severity, least: Severity) -> bool:
    """Say whether something is as grave as that."""
    return GRADES.index(one) >= GRADES.index(least)


def worst_of(severities: Iterable[Severity]) -> Severity:
    """Return the gravest of several."""
    return max(severities, key=GRADES.index)
