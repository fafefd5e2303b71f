"""What reporting is made of: three folds, their stores, and the API."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from services.reporting.api import ideas, routes
from services.reporting.handlers import FIGURES_GROUP, POINTS_GROUP, Figures, Points, listening
from services.reporting.listening import queries
from services.reporting.store import FiguresStore
from services.reporting.store.remarks import Ideas
from shared.bus.publisher import Publisher
from shared.documents.shape import plain
from shared.fold.limits import LINGER_S
from shared.http.documents import policy_routes
from shared.policy import PolicyBook
from shared.runtime import FoldPlan, Service, Work, new_service, patiently, prepared
from shared.settings import Settings
from shared.shelf import MongoShelf
from shared.topics import dead_letters


def create_app(settings: Settings) -> Service:
    """Return the service, ready to be served; call it inside the running event loop."""
    service = new_service("reporting", settings)
    figures = FiguresStore(service.client, service.database, FIGURES_GROUP, POINTS_GROUP, listening.GROUP)
    service.add(FoldPlan(Figures(), (dead_letters(FIGURES_GROUP).name,), linger_s=LINGER_S))
    service.add(FoldPlan(Points(), (dead_letters(POINTS_GROUP).name,), linger_s=LINGER_S))
    service.api.include_router(routes(figures, service.directory))
    service.workers.append(_preparing(figures))
    _add_listening(service, settings)
    return service


def _add_listening(service: Service, settings: Settings) -> None:
    """Have the service listen to what contents say, and keep the register of ideas."""
    shelf = MongoShelf(service.client, service.database, service.clock, settings.policy_delay_s)
    book = PolicyBook(shelf, queries.KIND, queries.built, queries.built(0, {}), settings.policy_refresh_s)
    known, publisher = Ideas(service.client, service.database, listening.GROUP), Publisher(settings.kafka, "veche-reporting")
    service.add(FoldPlan(listening.Listening(book), listening.OUTPUTS, linger_s=LINGER_S))
    service.api.include_router(policy_routes(queries.KIND, shelf, lambda spec: _check(plain(spec))))
    service.api.include_router(ideas.routes(ideas.Register(known, publisher, service.clock)))
    service.workers += [book.run, publisher.run, prepared(known.prepare)]
    service.stopping.append(publisher.stop)
    service.reports.append(publisher.missing)


def _check(spec: Mapping[str, Any]) -> None:
    queries.built(0, spec)  # its terms must be terms


def _preparing(figures: FiguresStore) -> Work:
    """Return what makes the indexes as soon as the database is there; reports are right without, but slow."""

    async def run() -> None:
        await patiently(figures.prepare, lambda _: None)
        await asyncio.Event().wait()  # a worker that ends would end the service

    return run
