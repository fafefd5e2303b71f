"""What reporting is made of: two folds, their store, and the API."""

from __future__ import annotations

import asyncio

from services.reporting.api import routes
from services.reporting.handlers import FIGURES_GROUP, POINTS_GROUP, Figures, Points
from services.reporting.store import FiguresStore
from shared.fold.limits import LINGER_S
from shared.runtime import FoldPlan, Service, Work, new_service, patiently
from shared.settings import Settings
from shared.topics import dead_letters


def create_app(settings: Settings) -> Service:
    """Return the service, ready to be served; call it inside the running event loop."""
    service = new_service("reporting", settings)
    figures = FiguresStore(service.client, service.database, FIGURES_GROUP, POINTS_GROUP)
    service.add(FoldPlan(Figures(), (dead_letters(FIGURES_GROUP).name,), linger_s=LINGER_S))
    service.add(FoldPlan(Points(), (dead_letters(POINTS_GROUP).name,), linger_s=LINGER_S))
    service.api.include_router(routes(figures, service.directory))
    service.workers.append(_preparing(figures))
    return service


def _preparing(figures: FiguresStore) -> Work:
    """Return what makes the indexes as soon as the database is there; reports are right without, but slow."""

    async def run() -> None:
        await patiently(figures.prepare, lambda _: None)
        await asyncio.Event().wait()  # a worker that ends would end the service

    return run
