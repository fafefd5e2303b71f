"""What reporting is made of: two folds, their store, and the API."""

from __future__ import annotations

import asyncio

from services.reporting.api import Source, routes
from services.reporting.api.reports import RENDERS_MAX
from services.reporting.handlers import FIGURES_GROUP, POINTS_GROUP, Figures, Points
from services.reporting.store import FiguresStore
from services.reporting.web.routes import pages
from services.reporting.web.shown import Pages
from shared.clock import Clock
from shared.fold.limits import LINGER_S
from shared.http import signin
from shared.runtime import FoldPlan, Service, Work, new_service, patiently
from shared.settings import Settings
from shared.topics import dead_letters


def create_app(settings: Settings, clock: Clock | None = None) -> Service:
    """Return the service, ready to be served; call it inside the running event loop."""
    service = new_service("reporting", settings, clock)
    figures = FiguresStore(service.client, service.database, FIGURES_GROUP, POINTS_GROUP)
    service.add(FoldPlan(Figures(), (dead_letters(FIGURES_GROUP).name,), linger_s=LINGER_S))
    service.add(FoldPlan(Points(), (dead_letters(POINTS_GROUP).name,), linger_s=LINGER_S))
    source, renders = Source(figures, service.directory), asyncio.Semaphore(RENDERS_MAX)
    service.api.include_router(routes(source, renders))
    signin.install(service, package="services.reporting", home="/overview")
    service.api.include_router(pages(Pages(source, renders, service.clock)))
    service.workers.append(_preparing(figures))
    return service


def _preparing(figures: FiguresStore) -> Work:
    """Return what makes the indexes as soon as the database is there; reports are right without, but slow."""

    async def run() -> None:
        await patiently(figures.prepare, lambda _: None)
        await asyncio.Event().wait()  # a worker that ends would end the service

    return run
