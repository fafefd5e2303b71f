"""One making of a scheduled report: what it is known by, and when it is tried again. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from services.reporting.rules.schedules.due import Period, named
from shared.documents.schedules import Every
from shared.events.codec import event_id

Status = Literal["waiting", "done", "failed", "dropped"]
"""`dropped`: its schedule was deleted before it was made."""

PAUSES_S = (60.0, 300.0, 900.0, 1_800.0, 3_600.0)
"""After a failure: most of them pass within two hours, and a report is for the day."""

TRIES_MAX = len(PAUSES_S) + 1


class Run(NamedTuple):
    """A report that is to be made, or was."""

    id: str
    brand: str
    schedule: str
    every: Every
    period: str
    """Its name."""
    communities: tuple[str, ...]
    """Of the schedule when it was entered; none: all."""
    due: datetime
    by: str | None = None
    """Who asked for it; None: its time had come."""
    status: Status = "waiting"
    tries: int = 0
    """Of making it."""
    problem: str | None = None
    files: tuple[str, ...] = ()
    """Below the operator's folder."""
    link: str | None = None
    """The id of its link, by which it is taken back."""
    ended: datetime | None = None
    behind: datetime | None = None
    """Since when it waits for figures that have not caught up."""
    remark: str | None = None
    """What whoever reads it has to know."""

    @property
    def days(self) -> Period:
        """Return which days it is of."""
        return named(self.every, self.period)


class Life(NamedTuple):
    """A schedule from when it was applied until it is deleted, whatever its versions say meanwhile."""

    brand: str
    schedule: str
    since: datetime


def timed(life: Life, period: Period, communities: tuple[str, ...], due: datetime) -> Run:
    """Return the one of a period whose time has come: the same whoever enters it, and under whichever version."""
    brand, schedule, since = life
    id_ = event_id("reporting.run", brand, schedule, since.isoformat(), period.name)
    return Run(id_, brand, schedule, period.every, period.name, communities, due)


def asked(timed_one: Run, by: str, key: str, now: datetime) -> Run:
    """Return one that somebody asks for: another one for each key."""
    return timed_one._replace(id=event_id("reporting.run", timed_one.id, by, key), by=by, due=now)


def again_s(tries: int) -> float | None:
    """Return how long to wait after so many tries, in seconds; None: it is given up."""
    return PAUSES_S[tries - 1] if tries < TRIES_MAX else None
