"""All pages of reporting."""

from __future__ import annotations

from fastapi import APIRouter

from services.reporting.api.advisor import Advisor
from services.reporting.web.advice import advice
from services.reporting.web.figure import figure
from services.reporting.web.overview import overview
from services.reporting.web.shown import Pages


def pages(made_from: Pages, advisor: Advisor) -> APIRouter:
    """Return the routes of all pages."""
    routes = APIRouter()
    routes.include_router(overview(made_from))
    routes.include_router(figure(made_from))
    routes.include_router(advice(advisor))
    return routes
