"""What reporting is made of: its folds, their stores, the API, and the pages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import get_args

from msgspec import Struct
from prometheus_client import CollectorRegistry, Counter

from services.reporting import documents
from services.reporting.api import Occasions, Source, advice, ideas, routes
from services.reporting.api.advisor import Advisor
from services.reporting.api.due_reports import DueReports, Outcome, Schedules
from services.reporting.api.goals import Goals
from services.reporting.api.goals import routes as goal_routes
from services.reporting.api.incidents import Room
from services.reporting.api.incidents import routes as incident_routes
from services.reporting.api.making import Makes
from services.reporting.api.orders import Orders
from services.reporting.api.playbooks import permit
from services.reporting.api.reports import RENDERS_MAX
from services.reporting.api.rounds import rounds
from services.reporting.api.schedules import Desk
from services.reporting.api.schedules import routes as schedule_routes
from services.reporting.api.shares import Sharing
from services.reporting.api.shares import routes as share_routes
from services.reporting.figures import plans
from services.reporting.handlers import FIGURES_GROUP, POINTS_GROUP, Figures, Points, listening
from services.reporting.handlers.incidents import GROUP, OUTPUTS, Incidents
from services.reporting.listening import own_model, queries
from services.reporting.listening.tone import is_negative
from services.reporting.rules.crises.playbooks import KIND, built, check, check_merged, merged
from services.reporting.store import FiguresStore
from services.reporting.store.advice import Decisions
from services.reporting.store.caught_up import CaughtUp
from services.reporting.store.folder import Folder
from services.reporting.store.incidents import IncidentsStore
from services.reporting.store.parts import Parts
from services.reporting.store.remarks import Ideas
from services.reporting.store.runs import Runs
from services.reporting.store.shares import Shares
from services.reporting.web.routes import pages
from services.reporting.web.shown import Pages
from shared.bus.publisher import Publisher
from shared.clock import Clock
from shared.documents.shape import plain
from shared.fold.limits import LINGER_S
from shared.http import signin
from shared.http.documents import Inheritance, Policy
from shared.http.models import models as model_routes
from shared.models import shelf as stored
from shared.models.files import ModelFiles
from shared.policy import PolicyBook
from shared.runtime import FoldPlan, Service, new_service, prepared
from shared.settings import Settings
from shared.shelf import MongoShelf
from shared.topics import dead_letters

MODELS_BYTES, MODEL_BYTES = 48 << 20, 16 << 20
"""Of brands' own models of tone that are at hand, and of one: a thousand texts make 1 or 2 MB. The service has 300."""


def create_app(settings: Settings, clock: Clock | None = None) -> Service:
    """Return the service, ready to be served; call it inside the running event loop."""
    service = new_service("reporting", settings, clock)
    shelf = MongoShelf(service.client, service.database, service.clock, settings.policy_delay_s)
    publisher = Publisher(settings.kafka, "veche-reporting")
    figures, sharing, advisor = _add_figures(service)
    _add_schedules(service, shelf, publisher, sharing, figures.renders)
    goals = Goals(figures.source, shelf, service.clock, figures.renders)
    service.api.include_router(goal_routes(goals))
    incidents = _add_incidents(service, shelf, publisher)
    _add_listening(service, shelf, publisher)
    _add_documents(service, shelf)
    signin.install(service, package="services.reporting", home="/overview")
    service.api.include_router(pages(figures, incidents, sharing, advisor, goals))
    service.workers += [publisher.run, rounds(goals, publisher), figures.keep_warm]
    service.stopping.append(publisher.stop)
    service.reports.append(publisher.missing)
    return service


def _add_figures(service: Service) -> tuple[Pages, Sharing, Advisor]:
    """Have the service count; return what shows and shares what it counted, and what advises by it."""
    figures = FiguresStore(service.client, service.database, FIGURES_GROUP, POINTS_GROUP, listening.GROUP)
    service.add(FoldPlan(Figures(), (dead_letters(FIGURES_GROUP).name,), linger_s=LINGER_S))
    service.add(FoldPlan(Points(), (dead_letters(POINTS_GROUP).name,), linger_s=LINGER_S))
    source, renders = Source(figures, service.directory), asyncio.Semaphore(RENDERS_MAX)
    parts = Parts(service.client, service.database, POINTS_GROUP)
    service.api.include_router(routes(source, Occasions(source, parts), renders))
    shares, decisions = Shares(service.client, service.database), Decisions(service.client, service.database)
    sharing = Sharing(source, shares, service.clock)
    advisor = Advisor(source, decisions, service.clock, renders)
    service.api.include_router(share_routes(sharing))
    service.api.include_router(advice.routes(advisor))
    prepares = (figures.prepare, parts.prepare, shares.prepare, decisions.prepare)
    service.workers += map(prepared, prepares)
    return Pages(source, renders, service.clock), sharing, advisor


def _add_schedules(
    service: Service, shelf: MongoShelf, publisher: Publisher, sharing: Sharing, renders: asyncio.Semaphore
) -> None:
    """Have the service make reports when their time comes."""
    settings, source = service.settings, sharing.source
    runs = Runs(service.client, service.database)
    folder = None if settings.reports is None else Folder(settings.reports)
    folds = (Figures, Points, listening.Listening)
    topics = {fold.group: fold.topics for fold in folds}
    caught_up = CaughtUp(service.client, service.database, settings.kafka, topics)
    makes = Makes(source, caught_up, sharing.shares, renders, folder, settings.pages_url)
    schedules = Schedules(shelf, source, service.clock, settings.report_grace_s)
    due = DueReports(schedules, runs, makes, publisher, counted(service.metrics.registry))
    service.api.include_router(schedule_routes(Desk(schedules, runs, due)))
    service.workers += [prepared(runs.prepare), due.run]
    service.stopping.append(caught_up.stop)


def counted(registry: CollectorRegistry) -> Callable[[Outcome], None]:
    """Return what counts what becomes of scheduled reports."""
    counter = Counter(
        "veche_reporting_scheduled", "Scheduled reports by what became of them.", ["outcome"], registry=registry
    )
    for outcome in get_args(Outcome):
        counter.labels(outcome)
    return lambda outcome: counter.labels(outcome).inc()


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
    held = ModelFiles(service.settings.mongo, service.database, MODELS_BYTES)

    async def asked() -> Collection[tuple[str, str]]:
        await book.refresh()
        return own_model.named(book.newest())

    delay_s = service.settings.policy_delay_s
    files = stored.Models(service.client, service.database, service.clock, delay_s, held, asked, own_model.check_labels)
    models = PolicyBook(files, stored.KIND, stored.built, None, service.settings.policy_refresh_s)
    service.add(FoldPlan(listening.Listening(book, models), listening.OUTPUTS, linger_s=LINGER_S))
    service.api.include_router(model_routes(files, asked, "live", MODEL_BYTES))
    service.stopping.append(held.close)
    service.api.include_router(ideas.routes(ideas.Register(known, publisher, service.clock)))
    service.workers += [book.run, models.run, prepared(known.prepare)]


def _add_documents(service: Service, shelf: MongoShelf) -> None:
    """Have the service take what people declare."""
    policies = (
        Policy(KIND, check, Inheritance(merged, check_merged), permit=permit),
        Policy(queries.KIND, _check_terms),
        Policy(plans.KIND, _check_plan),
    )
    named = documents.named_kinds(has_folder=service.settings.reports is not None)
    kept = documents.Kept(shelf, service.directory, {policy.kind: policy for policy in policies}, named)
    service.api.include_router(documents.routes(kept))


def _check_terms(spec: Struct) -> None:
    queries.built(0, plain(spec))  # its terms must be terms


def _check_plan(spec: Struct) -> None:
    plans.built(plain(spec))
