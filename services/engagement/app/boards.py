"""Leaderboards: their fold, what shows it in Redis, and their API."""

from __future__ import annotations

from collections.abc import Mapping

from services.engagement.api.boards import Shown, boards
from services.engagement.api.standings import standings
from services.engagement.handlers.boards import Boards
from services.engagement.rules.rewards import Rewards
from services.engagement.store.computed import Computed
from services.engagement.store.live_boards import LiveBoards
from services.engagement.store.projector import Projector
from services.engagement.store.shown_part import Figures
from services.engagement.store.standings import Standings
from services.engagement.store.tallies import Tallies
from shared.policy import PolicyBook
from shared.runtime import FoldPlan, FoldRunner, Service, prepared
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
