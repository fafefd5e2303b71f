"""What engagement is made of: folds of points, standing and participation; leaderboards; APIs; members' pages."""

from __future__ import annotations

from services.engagement.app.boards import add_boards
from services.engagement.app.members import add_members
from services.engagement.app.points import add_points
from services.engagement.app.shelves import Shelves
from services.engagement.app.things import add_things
from shared.bus.publisher import Publisher
from shared.clock import Clock
from shared.runtime import Service, new_service
from shared.settings import Settings


def create_app(settings: Settings, clock: Clock | None = None) -> Service:
    """Return the service, ready to be served; call it inside the running event loop."""
    service = new_service("engagement", settings, clock)
    publisher = Publisher(settings.kafka, "veche-engagement")
    shelves = Shelves(service)
    accounts = add_points(service, shelves, publisher)
    add_boards(service, shelves.rewards)
    parts = add_things(service, shelves, publisher)
    add_members(service, shelves, publisher, accounts, parts)
    service.workers.append(publisher.run)
    service.stopping.append(publisher.stop)
    service.reports.append(publisher.missing)
    return service
