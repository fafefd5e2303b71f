"""What engagement is made of: scorer, ledger, leaderboards, and the API over members' points."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import msgspec
from prometheus_client import CollectorRegistry, Counter

from services.engagement.api.boards import Shown, boards
from services.engagement.api.members import members
from services.engagement.api.orders import Desk, orders, orders_placed
from services.engagement.api.standings import standings
from services.engagement.api.statements import statements
from services.engagement.handlers.boards import Boards
from services.engagement.handlers.ledger import Ledger
from services.engagement.handlers.scorer import KIND, Scorer
from services.engagement.rules.rewards import Rewards, built
from services.engagement.store.accounts import Accounts
from services.engagement.store.computed import Computed
from services.engagement.store.entries import Entries
from services.engagement.store.live_boards import LiveBoards
from services.engagement.store.projector import Projector
from services.engagement.store.shown_part import Figures
from services.engagement.store.standings import Standings
from services.engagement.store.tallies import Tallies
from shared.bus.publisher import Publisher
from shared.documents.shape import plain
from shared.http.documents import policy_routes
from shared.policy import PolicyBook
from shared.runtime import FoldPlan, FoldRunner, Service, new_service, prepared
from shared.settings import Settings
from shared.shelf import MongoShelf
from shared.topics import LEDGER, PARTITIONS

BOARDS_LINGER_S = 1.0
"""How long the fold of boards rests between small batches: a leaderboard is looked at by people."""


class OfBoards:
    """What the fold of boards has."""

    def __init__(self, service: Service) -> None:
        self._service, self._at = service, len(service.runners)

    @property
    def _runner(self) -> FoldRunner:
        return self._service.runners[self._at]

    def claims(self) -> Mapping[int, object]:
        """By partition that it has: something that is another one as soon as it was taken anew."""
        return self._runner.claims

    def place(self, q: int) -> int:
        """Return up to where it has read the ledger; -1 where it has not."""
        return self._runner.place(LEDGER.name, q)

    async def end(self, q: int) -> int:
        """Return where the ledger ends now. Raises Retryable where nobody can say."""
        return await self._runner.end(LEDGER.name, q)


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
    add_boards(service, policies)
    accounts = Accounts(service.client, service.database)
    entries, publisher = Entries(service.client, service.database), Publisher(settings.kafka, "veche-engagement")
    service.api.include_router(members(accounts))
    service.api.include_router(statements(entries, accounts))
    desk = Desk(publisher, entries, policies, service.clock)
    service.api.include_router(orders(desk))
    service.api.include_router(orders_placed(desk))
    service.api.include_router(policy_routes(KIND, shelf, checked))
    service.workers += [publisher.run, prepared(accounts.prepare), prepared(entries.prepare)]
    service.stopping.append(publisher.stop)
    service.reports.append(publisher.missing)
    return service


def add_boards(service: Service, policies: PolicyBook[Rewards]) -> None:
    """Add leaderboards to the service: their fold, what shows it in Redis, and their API."""
    parts = service.client, service.database
    live = LiveBoards(service.settings.redis, service.database, PARTITIONS)
    tallies, computed, kept = Tallies(*parts), Computed(*parts), Standings(*parts)
    projector = Projector(OfBoards(service), tallies, live, Figures(service.metrics.registry), service.clock)
    service.add(FoldPlan(Boards(), Boards.outputs, linger_s=BOARDS_LINGER_S, committed=projector.heard))
    shown = Shown(live, computed, policies, service.clock)
    service.api.include_router(boards(shown))
    service.api.include_router(standings(kept, shown))
    service.workers += [projector.run, *(prepared(part.prepare) for part in (tallies, computed, kept))]
    service.stopping.append(live.close)


def checked(spec: msgspec.Struct) -> None:
    """Look for what a shape cannot tell. Raises Unprocessable."""
    built(0, plain(spec))
