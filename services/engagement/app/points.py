"""Points: scorer, ledger, and the API over accounts and orders."""

from __future__ import annotations

from services.engagement.api.members import members
from services.engagement.api.orders import Desk, orders, orders_placed
from services.engagement.api.statements import statements
from services.engagement.app.shelves import Shelves
from services.engagement.handlers.ledger import Ledger
from services.engagement.handlers.scorer import Scorer
from services.engagement.store.accounts import Accounts
from services.engagement.store.entries import Entries
from services.engagement.store.things import Things
from shared.bus.publisher import Publisher
from shared.runtime import FoldPlan, Service, prepared


def add_points(service: Service, shelves: Shelves, publisher: Publisher) -> Accounts:
    """Add what gives points and keeps them; return the accounts, for those who show them."""
    service.add(FoldPlan(Scorer(shelves.rewards, shelves.contests, shelves.things["poll"]), Scorer.outputs))
    service.add(FoldPlan(Ledger(), Ledger.outputs, timers=True))
    accounts, entries = Accounts(service.client, service.database), Entries(service.client, service.database)
    things = Things(service.client, service.database)
    desk = Desk(publisher, entries, shelves.rewards, service.clock)
    for routes in (members(accounts), statements(entries, accounts), orders(desk), orders_placed(desk, things)):
        service.api.include_router(routes)
    service.workers += [prepared(accounts.prepare), prepared(entries.prepare)]
    return accounts
