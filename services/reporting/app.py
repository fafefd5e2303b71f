"""What reporting is made of: its folds, their stores, the API, and the pages."""

from __future__ import annotations

import asyncio

from msgspec import Struct

from services.reporting import documents
from services.reporting.api import Source, advice, ideas, routes
from services.reporting.api.advisor import Advisor
from services.reporting.api.goals import Goals
from services.reporting.api.goals import routes as goal_routes
from services.reporting.api.incidents import Room
from services.reporting.api.incidents import routes as incident_routes
from services.reporting.api.orders import Orders
from services.reporting.api.playbooks import permit
from services.reporting.api.reports import RENDERS_MAX
from services.reporting.api.rounds import rounds
from services.reporting.api.shares import Sharing
from services.reporting.api.shares import routes as share_routes
from services.reporting.figures import plans
from services.reporting.handlers import FIGURES_GROUP, POINTS_GROUP, Figures, Points, listening
from services.reporting.handlers.incidents import GROUP, OUTPUTS, Incidents
from services.reporting.listening import queries
from services.reporting.listening.tone import is_negative
from services.reporting.rules.crises.playbooks import KIND, built, check, check_merged, merged
from services.reporting.store import FiguresStore
from services.reporting.store.advice import Decisions
from services.reporting.store.incidents import IncidentsStore
from services.reporting.store.remarks import Ideas
from services.reporting.store.shares import Shares
from services.reporting.web.routes import pages
from services.reporting.web.shown import Pages
from shared.bus.publisher import Publisher
from shared.clock import Clock
from shared.documents.shape import plain
from shared.fold.limits import LINGER_S
from shared.http import signin
from shared.http.documents import Inheritance, Policy
from shared.policy import PolicyBook
from shared.runtime import FoldPlan, Service, Work, new_service, patiently, prepared
from shared.settings import Settings
from shared.shelf import MongoShelf
from shared.topics import dead_letters


def create_app(settings: Settings, clock: Clock | None = None) -> Service:
    """Return the service, ready to be served; call it inside the running event loop."""
    service = new_service("reporting", settings, clock)
    shelf = MongoShelf(service.client, service.database, service.clock, settings.policy_delay_s)
    publisher = Publisher(settings.kafka, "veche-reporting")
    figures, sharing, advisor = _add_figures(service)
    goals = Goals(figures.source, shelf, service.clock, figures.renders)
    service.api.include_router(goal_routes(goals))
    incidents = _add_incidents(service, shelf, publisher)
    _add_listening(service, shelf, publisher)
    _add_documents(service, shelf)
    signin.install(service, package="services.reporting", home="/overview")
    service.api.include_router(pages(figures, incidents, sharing, advisor, goals))
    service.workers += [publisher.run, rounds(goals, publisher)]
    service.stopping.append(publisher.stop)
    service.reports.append(publisher.missing)
    return service


def _add_figures(service: Service) -> tuple[Pages, Sharing, Advisor]:
    """Have the service count; return what shows and shares what it counted, and what advises by it."""
    figures = FiguresStore(service.client, service.database, FIGURES_GROUP, POINTS_GROUP, listening.GROUP)
    service.add(FoldPlan(Figures(), (dead_letters(FIGURES_GROUP).name,), linger_s=LINGER_S))
    service.add(FoldPlan(Points(), (dead_letters(POINTS_GROUP).name,), linger_s=LINGER_S))
    source, renders = Source(figures, service.directory), asyncio.Semaphore(RENDERS_MAX)
    service.api.include_router(routes(source, renders))
    shares, decisions = Shares(service.client, service.database), Decisions(service.client, service.database)
    sharing = Sharing(source, shares, service.clock)
    advisor = Advisor(source, decisions, service.clock, renders)
    service.api.include_router(share_routes(sharing))
    service.api.include_router(advice.routes(advisor))
    service.workers += [_preparing(figures), prepared(shares.prepare), prepared(decisions.prepare)]
    return Pages(source, renders, service.clock), sharing, advisor


def _add_incidents(service: Service, shelf: MongoShelf, publisher: Publisher) -> Room:
    """Have the service watch for what is unusual; return where people work on it."""
    playbooks = PolicyBook(shelf, KIND, built, built(0, {}), service.settings.policy_refresh_s, merged)
    known = IncidentsStore(service.client, service.database, GROUP)
    service.add(FoldPlan(Incidents(playbooks, is_negative), OUTPUTS, timers=True, linger_s=LINGER_S))
    room = Room(known, Orders(publisher, known), service.clock)
    service.api.include_router(incident_routes(room))
    service.workers += [prepared(known.prepare), playbooks.run]
    return room


def _add_listening(service: Service, shelf: MongoShelf, publisher: Publisher) -> None:
    """Have the service listen to what contents say, and keep the register of ideas."""
    book = PolicyBook(shelf, queries.KIND, queries.built, queries.built(0, {}), service.settings.policy_refresh_s)
    known = Ideas(service.client, service.database, listening.GROUP)
    service.add(FoldPlan(listening.Listening(book), listening.OUTPUTS, linger_s=LINGER_S))
    service.api.include_router(ideas.routes(ideas.Register(known, publisher, service.clock)))
    service.workers += [book.run, prepared(known.prepare)]


def _add_documents(service: Service, shelf: MongoShelf) -> None:
    """Have the service take what people declare."""
    policies = (
        Policy(KIND, check, Inheritance(merged, check_merged), permit=permit),
        Policy(queries.KIND, _check_terms),
        Policy(plans.KIND, _check_plan),
    )
    service.api.include_router(
        documents.routes(documents.Kept(shelf, service.directory, {policy.kind: policy for policy in policies}))
    )


def _check_terms(spec: Struct) -> None:
    queries.built(0, plain(spec))  # its terms must be terms


def _check_plan(spec: Struct) -> None:
    plans.built(plain(spec))


def _preparing(figures: FiguresStore) -> Work:
    """Return what makes the indexes as soon as the database is there; reports are right without, but slow."""

    async def run() -> None:
        await patiently(figures.prepare, lambda _: None)
        await asyncio.Event().wait()  # a worker that ends would end the service

    return run
