"""The reporting service: its folds and its API, put together."""

from __future__ import annotations

from services.reporting.api import routes
from services.reporting.handlers import FIGURES_GROUP, POINTS_GROUP, Figures, Points
from services.reporting.store import FiguresStore
from shared.runtime import FoldPlan, Service, new_service, patiently
from shared.settings import Settings
from shared.topics import dead_letters


def create_app(settings: Settings) -> Service:
    """Return the service; call it inside the running event loop."""
    service = new_service("reporting", settings)
    figures = FiguresStore(service.client, service.database, FIGURES_GROUP, POINTS_GROUP)
    service.add(FoldPlan(Figures(), (dead_letters(FIGURES_GROUP).name,)))
    service.add(FoldPlan(Points(), (dead_letters(POINTS_GROUP).name,)))
    service.api.include_router(routes(figures, service.directory))
    service.starting.append(lambda: patiently(figures.prepare, lambda _: None))
    return service
