"""What ingest is made of: the edge, the normaliser, the pollers."""

from __future__ import annotations

from prometheus_client import Counter

from services.ingest import api
from services.ingest.connectors.payload import Refusal
from services.ingest.handlers import OUTPUTS, Normaliser, Refused, accounts
from services.ingest.polling import Leases, Poller
from services.ingest.store import Connections, Intake
from shared.bus.publisher import Publisher
from shared.policy import MongoShelf, PolicyBook
from shared.runtime import FoldPlan, Service, new_service
from shared.settings import Settings


def create_app(settings: Settings) -> Service:
    """Return the service, ready to be served; call it inside the running event loop."""
    service = new_service("ingest", settings)
    shelf = MongoShelf(service.client, service.database, service.clock, settings.policy_delay_s)
    staff = PolicyBook(shelf, "StaffAccounts", accounts, frozenset[str](), settings.policy_refresh_s)
    service.add(FoldPlan(Normaliser(staff, _counter(service)), OUTPUTS, timers=True))
    publisher = Publisher(settings.kafka, "veche-ingest")
    connections, intake = Connections(service.directory), Intake(publisher, service.clock)
    _routes(service, connections, intake, shelf)
    poller = Poller(connections, intake, Leases(service.client, service.database, service.clock))
    service.workers += [poller.run, publisher.run]
    service.stopping.append(publisher.stop)
    return service


def _routes(service: Service, connections: Connections, intake: Intake, shelf: MongoShelf) -> None:
    normaliser = service.runners[0].observer
    for routes in (
        api.hooks(connections, intake, service.settings.body_bytes_max),
        api.events(intake, lambda: max(normaliser.lags.values(), default=0.0)),
        api.keys(service.directory, service.clock.now),
        api.documents(service.directory, shelf),
    ):
        service.api.include_router(routes)


def _counter(service: Service) -> Refused:
    counter = Counter(
        "veche_ingest_refused", "Parts of payloads that became no event.", ["platform", "reason", "kind"],
        registry=service.metrics.registry,
    )  # fmt: skip

    def refused(platform: str, refusal: Refusal) -> None:
        counter.labels(platform, refusal.reason.value, refusal.kind).inc()

    return refused
