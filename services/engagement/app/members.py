"""Where members stand: its fold, its API, and their own pages."""

from __future__ import annotations

from services.engagement.api.standing import Looks, standing
from services.engagement.api.things import Parts
from services.engagement.app.shelves import Shelves, draw_key_of
from services.engagement.handlers.standing import Standing
from services.engagement.rules.chat import Links
from services.engagement.store.accounts import Accounts
from services.engagement.store.members import Members
from services.engagement.web.members import House, members_pages
from shared.bus.publisher import Publisher
from shared.http import signin
from shared.runtime import FoldPlan, Service


def add_members(service: Service, shelves: Shelves, publisher: Publisher, accounts: Accounts, parts: Parts) -> None:
    """Add levels, badges and tasks, and the page on which a member sees them."""
    settings = service.settings
    secret = b"" if settings.member_secret is None else settings.member_secret.get_secret_value().encode()
    links, members = Links(settings.pages_url, secret), Members(service.client, service.database)
    service.add(FoldPlan(Standing(shelves.books, links), Standing.outputs, timers=True))
    service.api.include_router(standing(Looks(members, shelves.standing, publisher, service.clock)))
    signin.show_pages(service, "services.engagement", "/me")
    house = House(links, accounts, members, shelves.standing, parts, shelves.things, draw_key_of(settings))
    service.api.include_router(members_pages(house))
