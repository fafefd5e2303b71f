"""What ingest is made of: the edge, the normaliser, the pollers."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import partial

import httpx
from prometheus_client import CollectorRegistry, Counter, Gauge

from services.ingest import api, batches, documents, people, status
from services.ingest.connectors.payload import Refusal
from services.ingest.counts import Counts
from services.ingest.examples import with_contract
from services.ingest.handlers import GROUP, OUTPUTS, Normaliser, Refused, accounts
from services.ingest.hooks import HOOKS, Hooks
from services.ingest.sources import GATEWAYS, POLLED, SUBSCRIBED, Make
from services.ingest.sources.leases import Leases
from services.ingest.sources.poller import Poller, Skipped
from services.ingest.sources.source import ASK_S as POLL_S
from services.ingest.status import ASK_S, Parts, Statuses
from services.ingest.store import Connections, Intake
from services.ingest.taken import Taken
from shared.bus.publisher import Publisher
from shared.clock import Clock
from shared.http.limits import Limits
from shared.limits.bucket import Rate
from shared.limits.rate_limit import RateLimit
from shared.limits.redis_tokens import RedisTokens
from shared.policy import PolicyBook
from shared.runtime import FoldPlan, Service, new_service
from shared.secrets import Credentials
from shared.settings import Settings
from shared.shelf import MongoShelf
from shared.staff.access import Access
from shared.staff.passwords import Hasher


class Role(StrEnum):
    """Which part of ingest a process is: together by default, apart where the edge must not share a core."""

    ALL = "all"
    EDGE = "edge"
    NORMALISER = "normaliser"
    GATEWAY = "gateway"
    """The lines that are kept open to platforms: see `veche ingest gateway`."""


def create_app(settings: Settings, role: Role = Role.ALL, clock: Clock | None = None) -> Service:
    """Return the service, ready to be served; call it inside the running event loop."""
    service = new_service("ingest", settings, clock)
    if role is Role.GATEWAY:
        service.address = "gateway"
        _add_following(service, {"gateway": GATEWAYS})
        return service
    shelf = MongoShelf(service.client, service.database, service.clock, settings.policy_delay_s)
    if role is not Role.EDGE:
        staff = PolicyBook(shelf, "StaffAccounts", accounts, frozenset[str](), settings.policy_refresh_s)
        service.add(FoldPlan(Normaliser(staff, refused(service.metrics.registry)), OUTPUTS, timers=True))
    if role is not Role.NORMALISER:
        _add_edge(service, shelf)
    return service


def _add_edge(service: Service, shelf: MongoShelf) -> None:
    credentials = Credentials(service.settings.secrets)
    access = Access(service.client, service.settings.database("directory"))
    connections, intake, counts = _add_following(service, {"poll": POLLED, "webhook": SUBSCRIBED})
    taken = Taken(service.client, service.database, GROUP, service.settings.kafka, service.clock)
    service.stopping.append(taken.stop)
    with_contract(service.api)
    hooks, events = _limits(service)
    service.api.state.straight[HOOKS] = Hooks(connections, intake, hooks, counts.refused)
    for routes in (
        api.events(intake, taken, connections, events),
        api.keys(service.directory, service.clock.now),
        documents.routes(service.directory, shelf, credentials, access),
        people.routes(service.directory, access, Hasher(), service.clock),
        status.routes(_statuses(service, connections, counts)),
    ):
        service.api.include_router(routes)


def _statuses(service: Service, connections: Connections, counts: Counts) -> Statuses:
    http = httpx.AsyncClient(timeout=ASK_S)
    service.stopping.append(http.aclose)
    leases = Leases(service.client, service.database, service.clock)
    apis = service.settings.platform_apis
    return Statuses(Parts(service.directory, connections, counts, leases, http, apis, service.clock))


def _limits(service: Service) -> tuple[Limits, Limits]:
    """Return the limits of webhooks and of events."""
    settings = service.settings
    tokens = RedisTokens(settings.redis, settings.database_prefix)
    service.stopping.append(tokens.close)
    alone = Gauge(
        "veche_limits_in_process",
        "1 while Redis is lost and each process counts limits by itself.",
        registry=service.metrics.registry,
    )
    limit = RateLimit(tokens, alone.set)
    hooks = partial(limit.take, Rate(settings.hook_rate, settings.hook_burst))
    events = partial(limit.take, Rate(settings.events_rate, settings.events_burst))
    return Limits(settings.body_bytes_max, hooks), Limits(batches.BYTES_MAX, events)


def _add_following(service: Service, modes: Mapping[str, Mapping[str, Make]]) -> tuple[Connections, Intake, Counts]:
    """Have connections of these modes followed; return what takes payloads in, and what counts them."""
    publisher = Publisher(service.settings.kafka, f"veche-{service.address}")
    connections = Connections(service.directory, Credentials(service.settings.secrets))
    counts = Counts(service.client, service.database, service.clock)
    intake = Intake(publisher, service.clock, counts.took)
    leases = Leases(service.client, service.database, service.clock)
    http = httpx.AsyncClient(timeout=POLL_S)
    count = skipped(service.metrics.registry)
    for mode, makes in modes.items():
        sources = {platform: make(http, service.settings) for platform, make in makes.items()}
        service.workers.append(Poller(connections, intake, leases, sources, mode=mode, skipped=count).run)
    service.workers += [publisher.run, counts.run]
    service.stopping += [publisher.stop, http.aclose]
    service.reports.append(publisher.missing)
    return connections, intake, counts


def refused(registry: CollectorRegistry) -> Refused:
    """Return what counts the parts of payloads that become no event."""
    counter = Counter(
        "veche_ingest_refused",
        "Parts of payloads that became no event.",
        ["platform", "reason", "kind"],
        registry=registry,
    )

    def count(platform: str, refusal: Refusal) -> None:
        counter.labels(platform, refusal.reason.value, refusal.kind).inc()

    return count


def skipped(registry: CollectorRegistry) -> Skipped:
    """Return what counts the polled updates that are left out."""
    counter = Counter(
        "veche_ingest_polled_skipped", "Polled updates that could not be taken in.", ["connection"], registry=registry
    )
    return lambda connection, number: counter.labels(connection).inc(number)
