"""All pages of reporting."""

from __future__ import annotations

from fastapi import APIRouter

from services.reporting.api.advisor import Advisor
from services.reporting.api.goals import Goals
from services.reporting.api.incidents import Room
from services.reporting.api.shares import Sharing
from services.reporting.web.advice import advice
from services.reporting.web.figure import figure
from services.reporting.web.goals import goals
from services.reporting.web.incidents import incidents
from services.reporting.web.overview import overview
from services.reporting.web.shares import shares
from services.reporting.web.shown import Pages


def pages(made_from: Pages, room: Room, sharing: Sharing, advisor: Advisor, looking: Goals) -> APIRouter:
    """Return the routes of all pages."""
    routes = APIRouter()
    routes.include_router(overview(made_from))
    routes.include_router(figure(made_from))
    routes.include_router(incidents(room))
    routes.include_router(shares(sharing))
    routes.include_router(advice(advisor))
    routes.include_router(goals(made_from, looking))
    return routes
