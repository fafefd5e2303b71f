"""The API of reporting: figures and tables as rows, reports as pages or tables."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter

from services.reporting.api import figures, reports
from services.reporting.api.asked import DAYS_MAX, Source
from services.reporting.api.occasions import Occasions

__all__ = ["DAYS_MAX", "Occasions", "Source", "routes"]


def routes(source: Source, occasions: Occasions, renders: asyncio.Semaphore) -> APIRouter:
    """Return all routes; `renders` bounds how many reports are drawn at once."""
    router = APIRouter()
    router.include_router(figures.routes(source))
    router.include_router(reports.routes(source, occasions, renders))
    return router
