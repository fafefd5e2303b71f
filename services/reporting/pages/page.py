"""The report as one page of HTML that needs nothing but itself. Everything is escaped but our own style and drawings."""

from __future__ import annotations

from services.reporting.figures import FIGURES
from services.reporting.pages import sections
from services.reporting.pages.alone import style, templates
from services.reporting.pages.report import Report
from services.reporting.pages.words import WORDS, number, span
from shared.said import Language


def as_html(report: Report, language: Language) -> str:
    """Return the page."""
    frame = report.frame
    return (
        templates()
        .get_template("report.html.j2")
        .render(
            language=language.value,
            words={name: said.by(language) for name, said in WORDS.items()},
            style=style("figures.css", "report.css"),
            brand=report.title,
            span=span(frame.since, frame.until, language),
            span_before=span(frame.before.since, frame.before.until, language),
            days=number(frame.days, language),
            zone=frame.zone.key,
            places=number(len(report.places), language),
            cards=list(sections.cards(report, language)),
            charts=list(sections.drawings(report, language)),
            details=sections.details(report, language),
            tables=list(sections.tables(report, language)),
            by_month=sections.by_month(report, language),
            kinds_by_month=sections.kinds_by_month(report, language),
            by_community=sections.by_community(report, language),
            definitions=[(figure.name.by(language), figure.definition.by(language)) for figure in FIGURES],
        )
    )
