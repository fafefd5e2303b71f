"""One act on its way, over a platform that does what a script says, and a process that may end at any request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from services.delivery.carrying.errands import Carriage
from services.delivery.carrying.gate import Closed
from services.delivery.carrying.means import Halted, Means, Over, Permits
from services.delivery.platforms.platform import (
    Answer,
    Ask,
    Call,
    Done,
    Errand,
    Repeat,
)
from services.delivery.rules.works import Drop, Work
from shared.errors import Retryable
from tests.unit.delivery.carriages import ACT, BEGAN, ERRAND, STEPS, Killed, Line, Process, World, process


async def test_an_act_that_goes_well_is_recorded_before_and_after() -> None:
    one = process()

    over = await one.carry([])

    assert over == Over(answer="sent", content="telegram:7:1")
    assert one.world.seen == ["act-1"]
    assert one.store.attempts.keys() == {"act-1"}
    assert one.store.made_ == ["act-1 telegram:7:1"]
    assert one.world.looks == 0


@given(script=st.lists(st.sampled_from(STEPS), max_size=12))
async def test_whatever_happens_members_see_it_once(script: list[str]) -> None:
    one = process()

    over = await one.until_over(list(script))

    assert over.code is None
    assert one.world.seen == ["act-1"]


@given(script=st.lists(st.sampled_from(STEPS), max_size=12), blind=st.integers(0, 12))
async def test_where_nobody_can_look_they_see_it_once_at_most_and_it_says_so(script: list[str], blind: int) -> None:
    one = process()
    one.world.blind = bool(blind)

    over = await one.until_over(list(script))

    assert len(one.world.seen) <= 1
    assert over.code in {None, "uncertain"}
    assert over.code == "uncertain" or one.world.seen


@pytest.mark.parametrize("repeat", [Repeat.HARMLESS, Repeat.KEYED])
@given(script=st.lists(st.sampled_from(STEPS), max_size=12))
async def test_what_may_be_repeated_is_tried_again_without_a_look(repeat: Repeat, script: list[str]) -> None:
    one = process(repeat)

    over = await one.until_over(list(script))

    assert over.code is None
    assert one.world.seen
    assert one.world.looks == 0
    assert one.store.attempts == {}


async def test_it_is_looked_for_when_the_request_is_surely_over() -> None:
    one = process()

    await one.carry(["well", "lost answer"])

    assert one.clock.now() - BEGAN >= timedelta(seconds=12)
    assert (one.world.looks, one.world.seen) == (1, ["act-1"])


async def test_what_fails_while_it_is_looked_for_leaves_it_open() -> None:
    one = process()

    over = await one.carry(["well", "lost answer", "away", "busy", "token", "lost answer"])

    assert over.answer == "was sent before"
    assert one.world.looks == 5


async def test_an_act_that_is_not_wanted_any_more_is_not_begun() -> None:
    one = process()
    one.drop = Drop("reversed", "it was taken back")

    over = await one.carry([])

    assert over == Over(code="reversed", reason="it was taken back")
    assert (one.world.seen, one.store.attempts) == ([], {})


async def test_an_act_that_perhaps_was_done_is_looked_for_although_it_is_not_wanted() -> None:
    one = process()
    with pytest.raises(Killed):
        await one.carry(["well", "killed after"])
    one.drop = Drop("reversed", "it was taken back")

    over = await one.carry([])

    assert (over.code, over.answer) == (None, "was sent before")


async def test_nothing_goes_out_that_is_stopped() -> None:
    one = process()
    one.held = "stopped"

    with pytest.raises(Halted):
        await one.carry([])

    assert one.world.seen == []


async def test_what_is_recorded_as_done_is_not_looked_for_though_members_deleted_it_since() -> None:
    one = process()
    await one.carry([])  # and then its process is killed, before anybody was told
    one.world.seen.clear()
    one.world.blind = True

    over = await one.carry([])

    assert over == Over(answer="sent", content="telegram:7:1")
    assert (one.world.seen, one.world.looks) == ([], 0)


async def test_what_was_done_is_recorded_however_long_the_store_is_away_and_before_anybody_else_is_told() -> None:
    one, tries, line_told = process(), list[str](), list[int]()
    made, one.world.blind = one.store.made, True

    async def away(action: str, done: Done) -> None:
        tries.append(action)
        line_told.append(one.lines[-1].wells)
        if len(tries) < 5:
            raise Retryable("MongoDB is away")
        await made(action, done)

    one.store.made = away  # type: ignore[method-assign]

    over = await one.carry([])

    assert (over.code, over.answer) == (None, "sent")
    assert (len(tries), set(line_told)) == (5, {0})
    assert one.world.seen == ["act-1"]


@pytest.mark.parametrize("repeat", [Repeat.HARMLESS, Repeat.KEYED])
async def test_it_is_known_that_a_request_may_have_been_done_although_the_act_is_dropped(repeat: Repeat) -> None:
    one = process(repeat)
    work = Work("act-1", "message", ACT, "telegram/acme", BEGAN, BEGAN, BEGAN)
    drops = iter([None, None, Drop("late", "too late")])
    means = Means(one.store, one.clock, one.sleep, lambda: 1.0)
    line, permits = Line(one.world, ["well", "lost answer"]), Permits(lambda: next(drops), lambda: None)

    carriage = Carriage(means, line, ERRAND, work, permits, None)  # type: ignore[arg-type]

    assert (await carriage.over()).code == "late"
    assert carriage.is_unsure


async def test_a_request_before_the_one_that_members_see_leaves_nothing_unsure() -> None:
    one = process()
    work = Work("act-1", "message", ACT, "telegram/acme", BEGAN, BEGAN, BEGAN)
    line, permits = Line(one.world, ["cut answer"]), Permits(lambda: None, lambda: None)

    carriage = Carriage(Means(one.store, one.clock, one.sleep), line, ERRAND, work, permits, None)  # type: ignore[arg-type]

    assert (await carriage.over()).code is None
    assert not carriage.is_unsure


class Slow(Line):
    """A connection where each request has its turn twice, as one that was not ready, and something happens between."""

    def __init__(self, world: World, between: Callable[[Call], None]) -> None:
        super().__init__(world, [])
        self._between = between

    @override
    def ask(
        self,
        priority: str,
        community: str,
        before: Callable[[Call], Awaitable[None]],
        patience_s: Callable[[], float | None],
    ) -> Ask:
        ask = super().ask(priority, community, before, patience_s)

        async def asked(call: Call) -> Answer:
            await before(call)
            self._between(call)
            return await ask(call)

        return asked


def slowly(one: Process, between: Callable[[Call], None]) -> Carriage:
    work = Work("act-1", "message", ACT, "telegram/acme", BEGAN, BEGAN, BEGAN)
    means, permits = Means(one.store, one.clock, one.sleep), Permits(lambda: one.drop, lambda: one.held)
    return Carriage(means, Slow(one.world, between), ERRAND, work, permits, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("why", ["stopped", "closed"])
async def test_an_act_that_was_recorded_and_then_not_sent_is_as_if_it_was_never_begun(why: str) -> None:
    one = process()

    def between(call: Call) -> None:
        if call.is_visible and why == "closed":
            raise Closed("the connection changed")
        one.held = "stopped" if call.is_visible else None

    with pytest.raises(Halted if why == "stopped" else Closed):
        await slowly(one, between).over()

    assert (one.world.seen, one.store.attempts) == ([], {})


async def test_an_act_whose_connection_changes_after_members_saw_it_is_looked_for() -> None:
    one = process()
    carry_out = one.world.carry_out

    async def and_more(errand: Errand, ask: Ask) -> Done:
        await carry_out(errand, ask)
        await ask(Call("GET", "/more", "/more"))
        raise AssertionError("the connection has changed")

    one.world.carry_out = and_more  # type: ignore[method-assign]

    class Changing(Line):
        @override
        def ask(self, *how: Any) -> Ask:
            ask = super().ask(*how)

            async def asked(call: Call) -> Answer:
                if call.path == "/more":
                    raise Closed("the connection changed")
                return await ask(call)

            return asked

    work = Work("act-1", "message", ACT, "telegram/acme", BEGAN, BEGAN, BEGAN)
    means, permits = Means(one.store, one.clock, one.sleep), Permits(lambda: None, lambda: None)
    with pytest.raises(Closed):
        await Carriage(means, Changing(one.world, []), ERRAND, work, permits, None).over()  # type: ignore[arg-type]

    assert one.store.attempts.keys() == {"act-1"}
    over = await one.carry([])
    assert (over.answer, one.world.seen) == ("was sent before", ["act-1"])


async def test_what_the_platform_won_t_do_is_over() -> None:
    one = process()
    one.world.impossible = True

    assert await one.carry([]) == Over(code="forbidden", reason="the bot may not")


async def test_a_platform_that_asks_for_a_pause_gets_it() -> None:
    one = process()

    await one.carry(["well", "busy"])

    assert one.slept == 3.0


async def test_a_store_that_is_away_is_told() -> None:
    one = process()

    async def away(action: str, series: str, at: datetime) -> None:
        raise Retryable(f"{action} {series} {at}")

    one.store.begin = away  # type: ignore[method-assign]

    one_try = one.carry([])
    one.clock.forward(timedelta(days=2))  # its time is over when the store comes back
    one.drop = Drop("late", "too late")

    assert (await one_try).code == "late"
    assert one.world.seen == []
