"""What ingest is made of: the edge, the normaliser, the pollers."""

from __future__ import annotations

from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter

from services.ingest import api
from services.ingest.connectors.payload import Refusal
from services.ingest.handlers import GROUP, OUTPUTS, Normaliser, Refused, accounts
from services.ingest.hooks import HOOKS, Hooks
from services.ingest.polling import Leases, Poller, Skipped
from services.ingest.store import Connections, Intake, Taken
from shared.bus.publisher import Publisher
from shared.clock import Clock
from shared.policy import MongoShelf, PolicyBook
from shared.runtime import FoldPlan, Service, new_service
from shared.secrets import Credentials
from shared.settings import Settings


class Role(StrEnum):
    """Which part of ingest a process is: together by default, apart where the edge must not share a core."""

    ALL = "all"
    EDGE = "edge"
    NORMALISER = "normaliser"


def create_app(settings: Settings, role: Role = Role.ALL, clock: Clock | None = None) -> Service:
    """Return the service, ready to be served; call it inside the running event loop."""
    service = new_service("ingest", settings, clock)
    shelf = MongoShelf(service.client, service.database, service.clock, settings.policy_delay_s)
    if role is not Role.EDGE:
        staff = PolicyBook(shelf, "StaffAccounts", accounts, frozenset[str](), settings.policy_refresh_s)
        service.add(FoldPlan(Normaliser(staff, refused(service.metrics.registry)), OUTPUTS, timers=True))
    if role is not Role.NORMALISER:
        _add_edge(service, shelf)
    return service


def _add_edge(service: Service, shelf: MongoShelf) -> None:
    publisher = Publisher(service.settings.kafka, "veche-ingest")
    credentials = Credentials(service.settings.secrets)
    connections, intake = Connections(service.directory, credentials), Intake(publisher, service.clock)
    leases = Leases(service.client, service.database, service.clock)
    poller = Poller(connections, intake, leases, skipped=skipped(service.metrics.registry))
    taken = Taken(service.client, service.database, GROUP, service.settings.kafka, service.clock)
    service.workers += [poller.run, publisher.run]
    service.stopping += [publisher.stop, taken.stop]
    service.reports.append(publisher.missing)
    service.api.state.straight[HOOKS] = Hooks(connections, intake, service.settings.body_bytes_max)
    for routes in (
        api.events(intake, taken),
        api.keys(service.directory, service.clock.now),
        api.documents(service.directory, shelf, credentials),
    ):
        service.api.include_router(routes)


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
