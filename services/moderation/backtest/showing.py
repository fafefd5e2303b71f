"""A report for a person: tables, and sentences about how far they can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.moderation.backtest.measuring import days_between
from services.moderation.backtest.report import Measure, Points, Report, RuleReport, Sample, Sanctioned

RULES = ("rule", "live", "candidate", "new", "gone", "right", "false alarms", "precision", "recall")
VERDICTS = ("was", "would be", "events")
DAYS = ("day", "queue: live", "candidate", "taken away: live", "candidate")
SAMPLES = ("rule", "only", "community", "content", "verdict", "spans", "people")

JUDGED = {True: "removed it", False: "let it stand", None: "-"}


def rules(report: Report) -> Sequence[Sequence[object]]:
    """Return a row a rule; what people decided is told of the candidate, and of the live one where it differs."""
    return [
        (
            _name(rule),
            rule.live.hits,
            rule.candidate.hits,
            rule.new,
            rule.gone,
            _change(rule, "right"),
            _change(rule, "wrong"),
            _change(rule, "precision"),
            _change(rule, "recall"),
        )
        for rule in report.rules
    ]


def _name(rule: RuleReport) -> str:
    return f"{rule.rule} (shadow)" if rule.shadow else rule.rule


def _change(rule: RuleReport, what: str) -> str:
    live, candidate = (_cell(side, what) for side in (rule.live, rule.candidate))
    return live if live == candidate else f"{live} → {candidate}"


def _cell(side: Measure, what: str) -> str:
    value = getattr(side, what)
    if value is None:
        return "-"
    return f"{value:.1%}" if isinstance(value, float) else str(value)


def verdicts(report: Report) -> Sequence[Sequence[object]]:
    """Return a row for each change of a verdict."""
    return [(one.was, one.would_be, one.events) for one in report.verdicts]


def days(report: Report) -> Sequence[Sequence[object]]:
    """Return a row a day."""
    return [(day.day, day.live.queue, day.candidate.queue, day.live.removed, day.candidate.removed) for day in report.days]


def samples(report: Report) -> Iterator[tuple[Sequence[object], str | None]]:
    """Yield a row a sample, with its text where it may be read."""
    for rule in report.rules:
        for only, found in (("candidate", rule.new_samples), ("live", rule.gone_samples)):
            for sample in found:
                yield _sample(rule, only, sample), sample.text


def _sample(rule: RuleReport, only: str, sample: Sample) -> Sequence[object]:
    spans = ", ".join(f"{start}-{end}" for start, end in sample.spans) or "-"
    place = sample.community, sample.content or sample.event
    return _name(rule), only, *place, sample.verdict, spans, JUDGED[sample.broke]


def summary(report: Report) -> Iterator[str]:
    """Yield the sentences under the tables."""
    queue, removed = days_between(report.days)
    length = max((report.until - report.since).total_seconds() / 86_400, 1 / 24)
    yield f"{report.events:,} events judged from {report.since:%Y-%m-%d %H:%M} to {report.until:%Y-%m-%d %H:%M} UTC"
    yield f"queue: {queue / length:+.1f} a day; taken away at once: {removed / length:+.1f} a day"
    yield f"sanctioned members: {_members(report.sanctioned_live)}; would be {_members(report.sanctioned_candidate)}"
    yield _points(report.points)
    yield f"people decided of {report.decided_by_people:,} of these contents, and removed {report.broke:,}"
    yield from _doubts(report)


def _members(found: Sanctioned) -> str:
    return f"{found.members} (warned {found.warned}, muted {found.muted}, banned {found.banned})"


def _points(points: Points) -> str:
    return f"points that would be clawed back: {points.clawed_back:,}; that would not be: {points.given_back:,}"


def _doubts(report: Report) -> Iterator[str]:
    """Yield what makes the comparison less than certain."""
    recorded = report.recorded
    other = recorded.differently + recorded.not_recorded + recorded.not_found
    all_ = recorded.same + other
    if other:
        yield (
            f"the live policies read again agree with {recorded.same:,} of {all_:,} decisions of that time: "
            f"{recorded.differently} differ, {recorded.not_recorded} are new or not yet there, "
            f"{recorded.not_found} are not found again"
        )
    if report.first_record is None:
        yield "the topic holds nothing of that time"
    elif report.first_record > report.warm:
        yield (
            f"the first record there is from {report.first_record:%Y-%m-%d %H:%M} UTC: of the time before, nothing is "
            "remembered, so newcomers, repeats and labels may be judged otherwise"
        )
    if report.unreadable:
        yield f"{report.unreadable:,} records are, or would be, dead letters"
