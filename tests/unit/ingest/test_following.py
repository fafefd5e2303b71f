"""How a poller follows one connection: it keeps its lease, it waits, it begins again; whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from services.ingest.sources.poller import LOOK_EVERY_S, REFUSED_S, RENEW_S, Poller
from services.ingest.sources.source import Page, Refused
from tests.unit.ingest.following import BOT, FakeConnections, FakeIntake, FakeLeases, Time, ToldSource, settled

DAY_S = 86_400.0
NOTHING = Page((), "")


class World:
    """One poller of one connection, run over time of the test's own."""

    def __init__(self) -> None:
        self.time, self.connections, self.leases, self.source = Time(), FakeConnections(BOT), FakeLeases(), ToldSource()
        sources = {"telegram": self.source}
        self.poller = Poller(self.connections, FakeIntake(), self.leases, sources, sleep=self.time.sleep)  # type: ignore[arg-type] # fakes
        self._running: asyncio.Task[None] | None = None

    async def runs(self, *tells: Page | BaseException) -> None:
        """Run the poller over a source that tells this, until nothing more happens before time passes."""
        self.source.tells = list(tells)
        self._running = asyncio.create_task(self.poller.run())
        await settled()

    async def ends(self) -> None:
        if self._running is not None:
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running

    @property
    def waited(self) -> list[float]:
        """How long was waited: for pages, before another try; not from one look at the connections to the next."""
        return [seconds for seconds in self.time.slept if seconds not in {LOOK_EVERY_S, RENEW_S}]


@pytest_asyncio.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    yield made
    await made.ends()


@pytest.mark.parametrize("tells", [(), (Page((), "", pause_s=DAY_S),)], ids=["a look", "a pause"])
async def test_a_lease_is_renewed_beside_however_long_it_takes(world: World, tells: tuple[Page, ...]) -> None:
    await world.runs(*tells)
    await world.time.forward(10 * RENEW_S)

    assert world.leases.renewed == 10
    assert (world.source.began, world.source.ended) == (1, 0)


@pytest.mark.parametrize("tells", [(), (Page((), "", pause_s=DAY_S),)], ids=["a look", "a pause"])
async def test_whoever_has_lost_the_lease_stops_within_a_look_or_a_pause_and_goes_on_when_it_is_free(
    world: World, tells: tuple[Page, ...], caplog: pytest.LogCaptureFixture
) -> None:
    await world.runs(*tells)

    world.leases.ours = False
    await world.time.forward(RENEW_S)
    stopped = (world.source.began, world.source.ended)
    await world.time.forward(10 * RENEW_S)
    renewed = world.leases.renewed
    world.leases.ours = True
    await world.time.forward(LOOK_EVERY_S)

    assert stopped == (1, 1)
    assert renewed == 1, "a lease that is another's is not taken back"
    assert world.source.began == 2
    assert "bot: somebody else follows it now" in caplog.text
    assert world.leases.problems == {}, "nothing is wrong with the connection"


async def test_a_database_that_is_away_for_a_moment_does_not_end_a_pause(world: World) -> None:
    await world.runs(Page((), "", pause_s=DAY_S))

    world.leases.away = True
    await world.time.forward(2 * RENEW_S)
    world.leases.away = False
    await world.time.forward(10 * RENEW_S)

    assert world.source.began == 1
    assert world.leases.problems == {}
    assert world.leases.renewed == 12


async def test_nobody_renews_what_is_not_followed(world: World) -> None:
    await world.runs(Refused("its token was revoked"))
    await world.time.forward(REFUSED_S - 1)

    assert world.leases.renewed == 0


async def test_a_source_that_ends_by_a_time_out_of_its_own_is_a_bug_that_is_told(world: World) -> None:
    await world.runs(TimeoutError())

    assert world.leases.problems == {"bot": "a bug: TimeoutError"}
