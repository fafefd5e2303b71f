"""What everybody hears of a report that was made by its schedule. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from services.reporting.figures import BY_ID
from services.reporting.figures.summary import Values
from services.reporting.rules.crises.commands import Announce
from shared.events.codec import event_id
from shared.events.reporting import Bilingual, Headline, ReportReady

HEADLINES = (
    "content",
    "active_members",
    "members_growth",
    "newcomers",
    "questions_unanswered",
    "first_response",
    "complaints",
    "removals",
)
"""Figures that are told with the link, as far as a platform tells them."""


def headlines(total: Values, before: Values) -> Iterator[Headline]:
    """Yield the figures that are told, beside those of the period before."""
    for id_ in HEADLINES:
        figure, value, earlier = BY_ID[id_], total.get(id_), before.get(id_)
        if value is None and earlier is None:
            continue
        name = Bilingual(en=figure.name.en, ru=figure.name.ru)
        yield Headline(figure=id_, name=name, form=figure.form.value, value=value, before=earlier)


def ready(command: Announce) -> ReportReady:
    """Return the event: it has the same id however often it is told."""
    return ReportReady(
        id=event_id("reporting.report.ready", command.brand, command.id),
        source=f"reporting/schedules/{command.brand}",
        time=command.at,
        brand=command.brand,
        recordedtime=command.at,
        community=command.community or None,
        subject=command.report.schedule,
        data=command.report,
    )
