"""Reports that come by themselves: how often, at which hour, of which communities, as what, and to whom."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from shared.documents.outward import Clock
from shared.documents.shape import Slug, Spec
from shared.documents.standing import Words
from shared.events.envelope import Name
from shared.said import Language

COMMUNITIES_MAX, ROUTES_MAX = 100, 20

LINK_DAYS_MAX = 90
"""As long as a link that somebody makes by hand."""

Every = Literal["day", "week", "month"]
"""What a report is of: the last whole day, the last week from Monday to Sunday, the last month of the calendar."""

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

FileFormat = Literal["html", "pdf", "xlsx", "csv", "parquet"]


class ReportSchedule(Spec, frozen=True, kw_only=True):
    """A report that is made when a day, a week or a month is over; times are those of the brand's zone."""

    title: Words
    every: Every
    at: Clock = "09:00"
    weekday: Weekday | None = None
    """Of a weekly one: the day after the week on which it is made; absent: Monday."""
    day: Annotated[int, Meta(ge=1, le=31)] | None = None
    """Of a monthly one: the day of the next month, of a shorter one its last; absent: the first."""
    communities: Annotated[tuple[Name, ...], Meta(max_length=COMMUNITIES_MAX)] = ()
    """None: all of the brand's own."""
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)] = (Language.EN,)
    formats: Annotated[tuple[FileFormat, ...], Meta(min_length=1)] = ("html",)
    folder: bool = False
    """Whether files are put into the operator's folder, `VECHE_REPORTS`."""
    routes: Annotated[tuple[Slug, ...], Meta(max_length=ROUTES_MAX)] = ()
    """Of the brand's `Notify`: who is told, with a link; nobody else is."""
    link_days: Annotated[int, Meta(ge=1, le=LINK_DAYS_MAX)] = 14
    """How long the link can be read."""
