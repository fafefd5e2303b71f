"""Telling staff and other services: the fold, the sender, and their API, added to the service that runs them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter

from services.delivery import documents
from services.delivery.documents import Kept
from services.delivery.handlers.notices import ENTRIES, KIND, Notices
from services.delivery.notices.api import Desk, notices
from services.delivery.notices.subscribed import Ledge, subscribed
from services.delivery.rules.notices.telling import policy_of
from services.delivery.sending.channels import Channels
from services.delivery.sending.lost import Lost
from services.delivery.sending.mail import Mailer, server_of
from services.delivery.sending.sender import Parts, Sender
from services.delivery.sending.subscriber import Means
from services.delivery.sending.subscribers import Subscribers
from services.delivery.sending.unsent import Count
from services.delivery.sending.webhook import webhook_client
from services.delivery.store.endpoints import Endpoints
from services.delivery.store.outgoing import Outgoing
from services.delivery.store.places import Places
from services.delivery.store.subscriptions import Subscriptions
from services.delivery.store.zones import BrandZones
from shared.bus.publisher import Publisher
from shared.documents.outward import Notify
from shared.policy import PolicyBook
from shared.runtime import FoldPlan, Service, prepared
from shared.secrets import Credentials
from shared.settings import Settings
from shared.shelf import MongoShelf


def add_notices(service: Service, publisher: Publisher) -> None:
    """Have the service tell staff; `publisher` is run and stopped by whoever made it."""
    settings, client, database = service.settings, service.client, service.database
    shelf = MongoShelf(client, database, service.clock, settings.policy_delay_s)
    policies = PolicyBook(shelf, KIND, lambda _, spec: policy_of(spec), Notify(), settings.policy_refresh_s)
    brands = BrandZones(service.directory, settings.policy_refresh_s)
    outgoing, endpoints = Outgoing(client, database, ENTRIES), Endpoints(client, database)
    credentials = Credentials(settings.secrets, readers=("delivery",))
    subscriptions = Subscriptions(client, database)
    lost = Lost(endpoints, publisher)
    http, mailer = webhook_client(private=settings.private_webhooks), _mailer(settings)
    channels = Channels(policies, brands, credentials, http, mailer, service.clock)
    count = counted(service.metrics.registry)
    sender = Sender(Parts(outgoing, endpoints, channels, lost, service.clock, count))
    service.add(FoldPlan(Notices(policies, brands, settings.pages_url), Notices.outputs, timers=True))
    places = Places(client, database, service.clock)
    means = Means(settings.kafka, places, endpoints, lost, brands, credentials, http, service.clock, count)
    subscribers = Subscribers(subscriptions, means)
    private, has_mail = settings.private_webhooks, mailer is not None
    kept = Kept(shelf, subscriptions, places, endpoints, brands, credentials, service.clock, private, has_mail)
    service.api.include_router(documents.routes(kept))
    service.api.include_router(notices(Desk(outgoing, endpoints, lost, service.clock)))
    service.api.include_router(subscribed(Ledge(subscriptions, places, endpoints, service.clock)))
    service.workers += [sender.run, subscribers.run, prepared(outgoing.prepare), prepared(places.prepare)]
    service.stopping.append(http.aclose)
    if mailer is not None:
        service.stopping.append(mailer.close)


def counted(registry: CollectorRegistry) -> Count:
    """Return what counts the tries of notices and events."""
    counter = Counter("veche_delivery_sent", "Tries to send by mail or webhook.", ["what", "outcome"], registry=registry)
    for what in ("notice", "event"):
        for outcome in ("taken", "failed"):
            counter.labels(what, outcome)
    return lambda what, outcome: counter.labels(what, outcome).inc()


def _mailer(settings: Settings) -> Mailer | None:
    if settings.smtp is None:
        return None
    return Mailer(server_of(settings.smtp, settings.smtp_password, settings.mail_from))
