"""What a backtest found, as a program reads it and a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from services.reporting.rules.crises.crisis import Crisis, moment
from services.reporting.rules.incidents import QUIET_S

By = Literal["both", "live", "candidate"]
"""Under which playbooks it would have been opened; without a candidate all are of the live one."""


class Found(NamedTuple):
    """An incident that would have been opened."""

    by: By
    crisis: Crisis
    """As it would have been without anybody's doing."""


class Report(NamedTuple):
    """All of them."""

    brand: str
    since: datetime
    until: datetime
    first_record: datetime | None
    """How far back Kafka reaches; None: it holds nothing of the brand."""
    records: int
    unreadable: int
    compared: tuple[str, ...]
    """Places whose playbook the candidate holds; empty: there is no candidate."""
    found: tuple[Found, ...]

    def number(self, *by: By) -> int:
        """Return how many there are."""
        return sum(one.by in by for one in self.found)


COLUMNS = ("opened (UTC)", "by", "severity", "signals", "people", "usual", "times", "over (UTC)", "where", "about")
ABOUT_MAX = 3
MINUTE = "%Y-%m-%d %H:%M"


def rows(report: Report) -> Iterator[Sequence[str]]:
    """Yield a row for each incident, the oldest first."""
    for by, crisis in report.found:
        worst = crisis.parts[crisis.main].worst
        refs = dict.fromkeys(ref for part in crisis.parts.values() for ref in part.refs)
        yield (
            f"{_moment(crisis.opened_ms / 1_000):{MINUTE}}",
            by,
            crisis.severity,
            ", ".join(sorted(crisis.parts)),
            str(worst.observed),
            f"{worst.expected:.1f}",
            f"{worst.ratio:.1f}",
            f"{_moment(crisis.last + QUIET_S):{MINUTE}}",
            crisis.community or "the whole brand",
            ", ".join(list(refs)[:ABOUT_MAX]),
        )


def _moment(second: float) -> datetime:
    return moment(second * 1_000)


def compare(live: Mapping[str, Crisis], candidate: Mapping[str, Crisis] | None) -> Iterator[Found]:
    """Yield the incidents of both sides; two of one place whose times touch are one."""
    others = dict(candidate or {})
    for crisis in live.values():
        twin = next((id_ for id_, other in others.items() if _touch(crisis, other)), None)
        if twin is not None:
            del others[twin]
        yield Found("both" if twin is not None else "live", crisis)
    yield from (Found("candidate", crisis) for crisis in others.values())


def _touch(one: Crisis, other: Crisis) -> bool:
    first, second = sorted((one, other), key=lambda crisis: crisis.opened_ms)
    return one.community == other.community and second.opened_ms / 1_000 <= first.last + QUIET_S


def plain(report: Report, told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the report without its incidents, which are `told`."""
    fields = report._asdict() | {"since": report.since.isoformat(), "until": report.until.isoformat()}
    first = report.first_record
    return fields | {"first_record": None if first is None else first.isoformat(), **told}
