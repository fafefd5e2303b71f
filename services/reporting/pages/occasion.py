"""The report of one contest or activity: that of its days, with its own numbers before all other tables. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from services.reporting.figures.occasions import DAYS, Occasion
from services.reporting.figures.tables.lift import LIFT
from services.reporting.figures.tables.table import Row
from services.reporting.pages.report import Report


def about(report: Report, occasion: Occasion, beside: Sequence[Row]) -> Report:
    """Return the report with what is known of the contest or activity; `beside`: its days beside ordinary ones."""
    own = [(occasion.table, [occasion.row]), *([(DAYS, beside)] if beside else [])]
    others = [one for one in report.tables if one[0] is not LIFT]
    return replace(report, title=f"{report.title}: {occasion.name}", occasion=occasion, tables=[*own, *others])
