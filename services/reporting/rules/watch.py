"""Watching one signal of one community: contents, negative contents, complaints, removals or departures.

A signal is a stream of signs: a second, and the member whom it is about or None. What is kept of it is small and bounded
(the people of the last three hours, the most regular ones, the rhythm's sums, 28 daily maxima), each step makes a new state
of the old one, and nothing reads a clock: the same signs in the same order give the same incidents, live or from history.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from services.reporting.rules.incidents import Evidence, Incident, continued, is_over
from services.reporting.rules.recent import FORGOTTEN_S, HOUR_S, NOBODY, Recent, heard
from services.reporting.rules.record import Record, next_day, noted
from services.reporting.rules.regulars import Regulars, came_today, weight
from services.reporting.rules.rhythm import HOURS, Rhythm, counted, expected, is_learnt
from services.reporting.rules.surge import PERSON, Surge, came, waited

PEOPLE_MIN = 4
"""Fewer are no crisis, however unusual: in a quiet community two people are."""

CAUGHT_UP_HOURS_MAX = 56 * HOURS
"""After a longer silence only so many hours of it are lived through: by then the rhythm has faded to a sixteenth."""

Change = Literal["opened", "worsened", "closed"]


class Told(NamedTuple):
    """Something that is worth telling about an incident."""

    change: Change
    incident: Incident


class Watch(Struct, frozen=True, gc=False):
    """What is known of a signal."""

    now: float
    """The latest second that was heard of."""
    recent: Recent = NOBODY
    people: int = 0
    """Of the hour that runs."""
    rate: float = 0.0
    """People expected in the hour that runs."""
    rhythm: Rhythm = Rhythm()
    surge: Surge = Surge()
    record: Record = Record()
    incident: Incident | None = None
    """The open one."""
    nameless: int = 0
    """Signs about nobody; each counts as somebody else."""
    regulars: Regulars = {}


def begun(second: float) -> Watch:
    """Return a watch that has heard nothing yet. Silence is history too, so begin it with the community."""
    return Watch(second)


def told(watch: Watch, second: float, member: str | None) -> tuple[Watch, tuple[Told, ...]]:
    """Return the watch after one sign, and what became of incidents.

    A sign that comes late counts as if it were of now, and not at all if it is more than three hours late. Signs of the
    future must be kept out by the caller: all that follows them would be late.
    """
    if second <= watch.now - FORGOTTEN_S:
        return watch, ()
    watch, closed = passed(watch, second)
    person = f"member {member}" if member is not None else f"nameless {watch.nameless}"
    recent, is_new = heard(watch.recent, person, watch.now)
    watch = replace(watch, recent=recent, nameless=watch.nameless + (member is None), people=watch.people + is_new)
    if not is_new:
        return watch, closed
    speaks = PERSON if member is None else weight(watch.regulars, member, watch.now)
    if member is not None:
        watch = replace(watch, regulars=came_today(watch.regulars, member, watch.now))
    if not is_learnt(watch.rhythm):
        return watch, closed
    surge = came(watch.surge, watch.now, watch.record.strength_max, speaks)
    watch = replace(watch, surge=surge, record=noted(watch.record, surge.strength))
    alarm = alarm_of(watch)
    if alarm is None:
        return watch, closed
    before, after = watch.incident, continued(watch.incident, alarm)
    watch = replace(watch, incident=after)
    if before is None:
        return watch, (*closed, Told("opened", after))
    return watch, (*closed, Told("worsened", after)) if after.severity != before.severity else closed


def passed(watch: Watch, second: float) -> tuple[Watch, tuple[Told, ...]]:
    """Return the watch when it has become that second, and the incident that is over by then; the past changes nothing."""
    if second <= watch.now:
        return watch, ()
    hour, last = int(watch.now // HOUR_S), int(second // HOUR_S)
    for ending in range(max(hour, last - CAUGHT_UP_HOURS_MAX), last):
        watch = _hour_ended(watch, ending)
    watch = _waited(watch, second)
    if watch.incident is not None and is_over(watch.incident, second):
        return replace(watch, incident=None), (Told("closed", watch.incident),)
    return watch, ()


def _waited(watch: Watch, second: float) -> Watch:
    hours = (second - watch.now) / HOUR_S
    return replace(watch, now=second, surge=waited(watch.surge, watch.rate * hours))


def _hour_ended(watch: Watch, hour: int) -> Watch:
    following = (hour + 1) * HOUR_S
    watch = _waited(watch, following)
    rhythm = counted(watch.rhythm, hour, watch.people)
    is_midnight = (hour + 1) % HOURS == 0 and is_learnt(rhythm)
    record = noted(next_day(watch.record), watch.surge.strength) if is_midnight else watch.record
    return replace(watch, people=0, rate=expected(rhythm, hour + 1), rhythm=rhythm, record=record)


def alarm_of(watch: Watch) -> Evidence | None:
    """Return what is alarming as it stands; None where nothing is."""
    surge, bar = watch.surge, watch.record.bar
    if bar is None or surge.strength <= bar or surge.people < PEOPLE_MIN:
        return None
    ratio = surge.people / max(surge.expected, 1.0)
    days = len(watch.record.past)
    return Evidence(watch.now, surge.since, surge.people, surge.expected, ratio, surge.strength, bar, days)
