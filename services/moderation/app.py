"""What moderation is made of: its folds, and the API over what they decide."""

from __future__ import annotations

from functools import partial

import msgspec
from prometheus_client import CollectorRegistry, Counter

from services.moderation import api
from services.moderation.handlers import cases, judge, sanctions
from services.moderation.rules.notices import Links
from services.moderation.rules.policies import built
from services.moderation.store import Decisions, read_lists
from services.moderation.verdicts import verdicts
from shared.bus.publisher import Publisher
from shared.documents.shape import plain
from shared.http.documents import policy_routes
from shared.policy import MongoShelf, PolicyBook
from shared.runtime import FoldPlan, Service, new_service, prepared
from shared.settings import Settings


def failed(registry: CollectorRegistry) -> Counter:
    """Return what counts rules that could not be evaluated."""
    return Counter("veche_moderation_rules_failed", "Rules that could not be evaluated.", registry=registry)


def create_app(settings: Settings) -> Service:
    """Return the service, ready to be served; call it inside the running event loop."""
    service = new_service("moderation", settings)
    shelf = MongoShelf(service.client, service.database, service.clock, settings.policy_delay_s)
    build = partial(built, read_lists())
    policies = PolicyBook(shelf, judge.KIND, build, build(0, {}), settings.policy_refresh_s)
    links = Links()

    def checked(spec: msgspec.Struct) -> None:
        build(0, plain(spec))  # its terms must be terms

    service.add(FoldPlan(judge.Moderation(policies, failed(service.metrics.registry).inc, links), judge.OUTPUTS))
    service.add(FoldPlan(cases.Cases(policies, links), cases.OUTPUTS, timers=True))
    service.add(FoldPlan(sanctions.Sanctions(policies, links), sanctions.OUTPUTS, timers=True))
    decisions = Decisions(service.client, service.database)
    publisher = Publisher(settings.kafka, "veche-moderation")
    service.api.include_router(api.decisions(decisions, publisher, service.clock))
    service.api.include_router(policy_routes(judge.KIND, shelf, checked))
    service.api.include_router(verdicts(policies, service.clock))
    service.workers += [policies.run, publisher.run, prepared(decisions.prepare)]
    service.stopping.append(publisher.stop)
    service.reports.append(publisher.missing)
    return service
