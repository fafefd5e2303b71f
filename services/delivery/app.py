"""What delivery is made of: the fold of acts, the carrier, and the API over what was done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from prometheus_client import Counter

from services.delivery.api import Desk, acts
from services.delivery.carrying.carried import Parts
from services.delivery.carrying.carrier import Carrier
from services.delivery.carrying.figures import Figures
from services.delivery.carrying.lines import Lines
from services.delivery.carrying.means import Means
from services.delivery.carrying.tokens import SharedBuckets
from services.delivery.handlers.acts import OUTPUTS, Acts
from services.delivery.notices import add_notices
from services.delivery.platforms import PLATFORMS
from services.delivery.platforms.platform import Platform
from services.delivery.store.attempts import Attempts
from services.delivery.store.carriers import Carriers
from services.delivery.store.connections import Connections
from services.delivery.store.holds import Holds
from services.delivery.store.open_acts import OpenActs
from services.delivery.store.switches import Switches
from services.delivery.web.acts import pages
from shared.bus.publisher import Publisher
from shared.clock import Clock
from shared.http import signin
from shared.runtime import FoldPlan, FoldRunner, Service, new_service, prepared
from shared.secrets import Credentials
from shared.settings import Settings
from shared.topics import DELIVERY_COMMANDS, PARTITIONS


class OfFold:
    """What the fold of acts has, which is the first that the service runs."""

    def __init__(self, service: Service) -> None:
        self._runners: Sequence[FoldRunner] = service.runners

    def owned(self) -> Collection[int]:
        """Return the partitions that it has."""
        return self._runners[0].owned

    def place(self, q: int) -> int:
        """Return up to where it has taken commands in; -1 where it has not."""
        return self._runners[0].place(DELIVERY_COMMANDS.name, q)

    async def end(self, q: int) -> int:
        """Return where commands end now. Raises Retryable where nobody can say."""
        return await self._runners[0].end(DELIVERY_COMMANDS.name, q)


def create_app(settings: Settings, clock: Clock | None = None, platforms: Mapping[str, Platform] = PLATFORMS) -> Service:
    """Return the service, ready to be served; call it inside the running event loop."""
    service = new_service("delivery", settings, clock)
    client, database = service.client, service.database
    figures = Figures(service.metrics.registry, list(platforms))
    connections = Connections(service.directory, Credentials(settings.secrets))
    open_acts, attempts = OpenActs(client, database), Attempts(client, database)
    switches, carriers = Switches(client, database), Carriers(client, database, service.clock)
    publisher = Publisher(settings.kafka, "veche-delivery")
    heard = OfFold(service)
    share: Callable[[], float] = lambda: len(heard.owned()) / PARTITIONS  # noqa: E731 - one line is enough
    buckets = SharedBuckets(settings.redis, settings.database_prefix, share, figures.alone.set)
    lines = Lines(connections, platforms, settings.platform_apis, buckets, figures)
    tracer = service.traces.get_tracer("veche")
    holds = Holds(client, database, service.clock)
    parts = Parts(lines, Means(attempts, service.clock), open_acts, switches, holds, publisher, figures, tracer)
    carrier = Carrier(heard, carriers, open_acts, parts)
    skipped = Counter(
        "veche_delivery_skipped", "Acts that are not even kept.", ["reason"], registry=service.metrics.registry
    )
    for reason in ("imported", "nowhere"):
        skipped.labels(reason)
    fold = Acts(connections, lambda reason: skipped.labels(reason).inc())
    service.add(FoldPlan(fold, OUTPUTS, timers=True, committed=carrier.heard))
    add_notices(service, publisher)
    desk = Desk(open_acts, switches, connections, lines, service.clock)
    service.api.include_router(acts(desk))
    signin.install(service, package="services.delivery", home="/acts")
    service.api.include_router(pages(desk, settings.trace_ui))
    service.workers += [publisher.run, switches.run, holds.run, lines.run, carrier.run]
    service.workers += [prepared(part.prepare) for part in (open_acts, attempts, holds)]
    service.stopping += [carrier.stop, lines.close, publisher.stop, buckets.close]
    service.reports.append(publisher.missing)
    return service
