"""What moderation is made of: the fold, and the API over its decisions."""

from __future__ import annotations

from functools import partial

import msgspec
from prometheus_client import CollectorRegistry, Counter

from services.moderation import api
from services.moderation.handlers import KIND, OUTPUTS, Moderation
from services.moderation.rules.policies import built
from services.moderation.store import Decisions, read_lists
from services.moderation.verdicts import verdicts
from shared.bus.publisher import Publisher
from shared.clock import Clock
from shared.documents.shape import plain
from shared.http import signin
from shared.http.documents import policy_routes
from shared.policy import MongoShelf, PolicyBook
from shared.runtime import FoldPlan, Service, new_service, prepared
from shared.settings import Settings


def failed(registry: CollectorRegistry) -> Counter:
    """Return what counts rules that could not be evaluated."""
    return Counter("veche_moderation_rules_failed", "Rules that could not be evaluated.", registry=registry)


def create_app(settings: Settings, clock: Clock | None = None) -> Service:
    """Return the service, ready to be served; call it inside the running event loop."""
    service = new_service("moderation", settings, clock)
    shelf = MongoShelf(service.client, service.database, service.clock, settings.policy_delay_s)
    build = partial(built, read_lists())
    policies = PolicyBook(shelf, KIND, build, build(0, {}), settings.policy_refresh_s)

    def checked(spec: msgspec.Struct) -> None:
        build(0, plain(spec))  # its terms must be terms

    service.add(FoldPlan(Moderation(policies, failed(service.metrics.registry).inc), OUTPUTS))
    decisions = Decisions(service.client, service.database)
    publisher = Publisher(settings.kafka, "veche-moderation")
    service.api.include_router(api.decisions(decisions, publisher, service.clock))
    service.api.include_router(policy_routes(KIND, shelf, checked))
    service.api.include_router(verdicts(policies, service.clock))
    signin.install(service)
    service.workers += [policies.run, publisher.run, prepared(decisions.prepare)]
    service.stopping.append(publisher.stop)
    service.reports.append(publisher.missing)
    return service
