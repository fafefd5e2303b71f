"""What engagement is made of: scorer, ledger, and the API over members' points."""

from __future__ import annotations

from functools import partial

import msgspec
from prometheus_client import CollectorRegistry, Counter

from services.engagement.api.members import members
from services.engagement.api.orders import Desk, orders, orders_placed
from services.engagement.api.statements import statements
from services.engagement.handlers.ledger import Ledger
from services.engagement.handlers.scorer import KIND, Scorer
from services.engagement.rules.rewards import built
from services.engagement.store.accounts import Accounts, RedisPages
from services.engagement.store.entries import Entries
from shared.bus.publisher import Publisher
from shared.documents.shape import plain
from shared.http.documents import policy_routes
from shared.policy import PolicyBook
from shared.runtime import FoldPlan, Service, new_service, prepared
from shared.settings import Settings
from shared.shelf import MongoShelf


def failed(registry: CollectorRegistry) -> Counter:
    """Return the count of conditions that could not be evaluated."""
    return Counter("veche_engagement_rules_failed", "Conditions of rewards that could not be evaluated.", registry=registry)


def create_app(settings: Settings) -> Service:
    """Return the service, ready to be served; call it inside the running event loop."""
    service = new_service("engagement", settings)
    shelf = MongoShelf(service.client, service.database, service.clock, settings.policy_delay_s)
    build = partial(built, failed=failed(service.metrics.registry).inc)
    policies = PolicyBook(shelf, KIND, build, build(0, {}), settings.policy_refresh_s)
    service.add(FoldPlan(Scorer(policies), Scorer.outputs))
    service.add(FoldPlan(Ledger(), Ledger.outputs, timers=True))
    pages = RedisPages(settings.redis)
    accounts = Accounts(service.client, service.database, pages)
    entries, publisher = Entries(service.client, service.database), Publisher(settings.kafka, "veche-engagement")
    service.api.include_router(members(accounts))
    service.api.include_router(statements(entries, accounts))
    desk = Desk(publisher, entries, policies, service.clock)
    service.api.include_router(orders(desk))
    service.api.include_router(orders_placed(desk))
    service.api.include_router(policy_routes(KIND, shelf, checked))
    service.workers += [publisher.run, prepared(accounts.prepare), prepared(entries.prepare)]
    service.stopping += [publisher.stop, pages.close]
    service.reports.append(publisher.missing)
    return service


def checked(spec: msgspec.Struct) -> None:
    """Look for what a shape cannot tell. Raises Unprocessable."""
    built(0, plain(spec))
