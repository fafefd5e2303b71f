"""A report for a person: tables, and sentences about how far they can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.engagement.simulating.report import Best, Report, Sums

RULES = ("rule", "issued", "clawed back", "net", "change", "members who earn")
FIGURES = ("", "live", "candidate", "change")
MEMBERS = ("member", "live", "candidate", "change")
NAMES_MAX = 10
"""Of those who enter or leave the best; a program is told all."""

Row = Sequence[object]


def rules(report: Report) -> Sequence[Row]:
    """Return a row a rule, and one of all together."""
    rows = [_rule(rule.rule, rule.live, rule.candidate) for rule in report.rules]
    return [*rows, _rule("all", report.total.live, report.total.candidate)] if rows else []


def _rule(name: str, live: Sums, candidate: Sums) -> Row:
    both = [(getattr(live, what), getattr(candidate, what)) for what in ("issued", "clawed_back", "net", "members")]
    issued, clawed_back, net, who = (f"{was:,}" if was == would_be else f"{was:,} → {would_be:,}" for was, would_be in both)
    return name, issued, clawed_back, net, f"{candidate.net - live.net:+,}", who


def figures(report: Report) -> Sequence[Row]:
    """Return a row a figure of how points are spread, what is owed, and karma."""
    spread, owed, karma = report.spread, report.owed, report.karma
    return [
        _counted("members who earn", spread.live.earners, spread.candidate.earners),
        _counted("members below 0", spread.live.below, spread.candidate.below),
        _rated("Gini coefficient", spread.live.gini, spread.candidate.gini),
        _shared("share of the top 1 %", spread.live.top_1_percent, spread.candidate.top_1_percent),
        _shared("share of the top 10 %", spread.live.top_10_percent, spread.candidate.top_10_percent),
        _median(spread.live.median, spread.candidate.median),
        _counted("owed: points that members could spend", owed.live.points, owed.candidate.points),
        _counted("owed to so many members", owed.live.members, owed.candidate.members),
        _counted("karma", karma.live.net, karma.candidate.net),
        _counted("members with more karma", karma.live.members, karma.candidate.members),
        _rated("Gini coefficient of karma", karma.live.gini, karma.candidate.gini),
    ]


def _counted(name: str, live: int, candidate: int) -> Row:
    return name, f"{live:,}", f"{candidate:,}", f"{candidate - live:+,}"


def _rated(name: str, live: float | None, candidate: float | None) -> Row:
    change = "-" if live is None or candidate is None else f"{candidate - live:+.3f}"
    return name, *("-" if one is None else f"{one:.3f}" for one in (live, candidate)), change


def _shared(name: str, live: float | None, candidate: float | None) -> Row:
    change = "-" if live is None or candidate is None else f"{100 * (candidate - live):+.1f}"
    return name, *("-" if one is None else f"{one:.1%}" for one in (live, candidate)), change


def _median(live: float | None, candidate: float | None) -> Row:
    change = "-" if live is None or candidate is None else f"{candidate - live:+,.1f}"
    return "median of who earns", *("-" if one is None else f"{one:,.1f}" for one in (live, candidate)), change


def members(report: Report) -> Sequence[Row]:
    """Return a row for each of the biggest winners, and then of the biggest losers."""
    shown = (*report.winners, *report.losers)
    return [(one.member, f"{one.live:,}", f"{one.candidate:,}", f"{one.difference:+,}") for one in shown]


def summary(report: Report) -> Iterator[str]:
    """Yield the sentences under the tables."""
    yield f"{report.gain:,} members would earn more, {report.lose:,} less"
    yield f"{report.other_level:,} members would have another level"
    for best in report.best:
        yield _best(best)
    yield f"{report.events:,} records from {report.since:%Y-%m-%d %H:%M} to {report.until:%Y-%m-%d %H:%M} UTC"
    if report.left_out:
        names = ", ".join(report.left_out)
        yield f"left out on both sides: what contests give, by {names}"
    yield from _doubts(report)


def _best(best: Best) -> str:
    told = (
        f"among the best {best.size}: {best.moved} would change places, {len(best.enters)} enter, {len(best.leaves)} leave"
    )
    names = [(what, found) for what, found in (("in", best.enters), ("out", best.leaves)) if found]
    return "; ".join([told, *(f"{what}: {_names(found)}" for what, found in names)])


def _names(found: Sequence[str]) -> str:
    more = f" and {len(found) - NAMES_MAX} more" if len(found) > NAMES_MAX else ""
    return ", ".join(found[:NAMES_MAX]) + more


def _doubts(report: Report) -> Iterator[str]:
    """Yield what makes the comparison less than certain."""
    if report.warmed:
        yield f"{report.warmed:,} records from before were read by the live policies alone, and are not counted"
    if report.first_event is None:
        yield "the topic holds no event of the brand"
    elif report.first_event > report.since:
        yield f"the first event there is from {report.first_event:%Y-%m-%d %H:%M} UTC: of what was before, nothing is known"
    if report.posted != report.total.live.net:
        yield (
            f"the ledger posted {report.posted:,} points in that time, the live policies read again come to "
            f"{report.total.live.net:,}: what Kafka no longer holds, or has not brought yet, is missing in one of them"
        )
    if report.failed.live or report.failed.candidate:
        yield f"conditions that could not be evaluated: {report.failed.live:,}; would be {report.failed.candidate:,}"
    if report.unreadable:
        yield f"{report.unreadable:,} records are, or would be, dead letters"
