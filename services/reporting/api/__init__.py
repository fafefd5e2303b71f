"""The API of reporting: figures and tables as rows, reports as pages or tables."""

from __future__ import annotations

from fastapi import APIRouter

from services.reporting.api import figures, reports
from services.reporting.api.asked import DAYS_MAX, Source
from services.reporting.store import FiguresStore
from shared.directory import Directory

__all__ = ["DAYS_MAX", "routes"]


def routes(store: FiguresStore, directory: Directory) -> APIRouter:
    """Return all routes."""
    source, router = Source(store, directory), APIRouter()
    router.include_router(figures.routes(source))
    router.include_router(reports.routes(source))
    return router
