"""How a poller follows one connection: it keeps its lease, it waits, it begins again; whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from services.ingest.sources.poller import LOOK_EVERY_S, PAUSE_S_FIRST, PAUSE_S_MAX, REFUSED_S, RENEW_S, Poller
from services.ingest.sources.source import Busy, Page, Refused
from shared.errors import Retryable
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


async def test_nothing_is_followed_without_a_lease(world: World) -> None:
    world.leases.ours = False
    await world.runs()
    await world.time.forward(10 * LOOK_EVERY_S)

    assert world.source.began == 0
    assert world.leases.problems == {}


async def test_what_a_person_must_mend_is_tried_again_after_minutes(world: World) -> None:
    await world.runs(Refused("its token was revoked"))

    await world.time.forward(REFUSED_S - 1)
    before = world.source.began
    await world.time.forward(1)

    assert (before, world.source.began) == (1, 2)
    assert world.leases.problems == {"bot": "its token was revoked"}


@pytest.mark.parametrize(("asked_s", "waited_s"), [(90.0, 90.0), (0.0, PAUSE_S_FIRST)])
async def test_a_platform_is_left_alone_for_as_long_as_it_asks_but_never_asked_at_once(
    world: World, asked_s: float, waited_s: float
) -> None:
    await world.runs(Busy("too many requests", asked_s))

    await world.time.forward(waited_s - 0.5)
    before = world.source.began
    await world.time.forward(0.5)

    assert (before, world.source.began) == (1, 2)


async def test_pauses_between_failures_grow_up_to_a_limit_and_are_short_again_after_a_page(world: World) -> None:
    away = Retryable("it is away")
    await world.runs(*[away] * 8, NOTHING, away, away)
    await world.time.forward(10 * PAUSE_S_MAX)

    failures, page = [PAUSE_S_FIRST * 2**number for number in range(6)] + [PAUSE_S_MAX] * 2, 0.0
    assert world.waited == [*failures, page, PAUSE_S_FIRST, PAUSE_S_FIRST * 2]


async def test_a_task_that_ended_is_begun_again(world: World) -> None:
    await world.runs(asyncio.CancelledError())
    await world.time.forward(LOOK_EVERY_S)

    assert world.source.began == 2


async def test_with_the_pollers_their_tasks_end_and_their_leases_are_free(world: World) -> None:
    await world.runs()
    await world.ends()

    assert (world.source.began, world.source.ended) == (1, 1)
    assert world.leases.released == ["bot"]


async def test_a_lease_that_cannot_be_released_keeps_no_task_from_its_end(world: World) -> None:
    world.leases.stuck = True
    await world.runs()
    ((_, task),) = world.poller._running.values()  # noqa: SLF001 - how it ended is told nowhere else

    await world.ends()

    assert task.cancelled(), "the error of a release hides that the task was cancelled"
    assert world.source.ended == 1


async def test_while_the_directory_is_away_all_goes_on_as_it_was_and_changes_are_heard_of_afterwards(world: World) -> None:
    await world.runs()

    world.connections.away = True
    await world.time.forward(2 * LOOK_EVERY_S)
    meanwhile = (world.source.began, world.source.ended)
    world.connections.away, world.connections.found = False, [replace(BOT, token="7:second")]
    await world.time.forward(LOOK_EVERY_S)

    assert meanwhile == (1, 0)
    assert (world.source.began, world.source.ended) == (2, 1)
