"""One act on its way, over a platform that does what a script says, and a process that may end at any request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
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
    Attempt,
    Away,
    Busy,
    Call,
    Done,
    Errand,
    Impossible,
    Lost,
    Repeat,
    Unknowable,
    Unsure,
)
from services.delivery.rules.works import Drop, Work
from shared.clock import SetClock
from shared.errors import Retryable
from shared.events.actions import Act

BEGAN = datetime(2026, 3, 2, 12, tzinfo=UTC)
ACT = Act(cause="decision-1", member="telegram:7", text="hi")
ERRAND = Errand("act-1", "message", "telegram:-1", ACT)
STEPS = ("well", "lost answer", "cut answer", "away", "busy", "token", "killed before", "killed after", "killed at once")


class Killed(BaseException):
    """The process ends here."""


class Store:
    """Attempts, which outlive processes."""

    def __init__(self) -> None:
        self.attempts: dict[str, datetime] = {}
        self.made_: list[str] = []
        self.ends: dict[str, Done] = {}

    async def begin(self, action: str, series: str, at: datetime) -> None:
        assert series == "line/series"
        self.attempts[action] = at

    async def made(self, action: str, done: Done) -> None:
        self.made_.append(f"{action} {done.content_id}")
        self.ends[action] = done

    async def known(self, action: str) -> Done | None:
        return self.ends.get(action)

    async def unmade(self, action: str) -> None:
        self.attempts.pop(action, None)

    async def attempt(self, action: str, now: datetime) -> Attempt | None:
        del now
        return Attempt(self.attempts[action], None, ()) if action in self.attempts else None

    async def begun(self, actions: Collection[str]) -> Mapping[str, datetime]:
        return {action: at for action, at in self.attempts.items() if action in actions}


class World:
    """A platform that shows what it was told, and can be looked at."""

    id = "telegram"
    api = None

    def __init__(self, repeat: Repeat = Repeat.VISIBLE) -> None:
        self.seen: list[str] = []
        self.repeated, self.looks, self.blind = repeat, 0, False
        self.impossible = False

    def refusal(self, errand: Errand) -> Impossible | None:
        del errand
        return None

    def repeat(self, errand: Errand) -> Repeat:
        del errand
        return self.repeated

    def place(self, errand: Errand) -> str:
        del errand
        return "place"

    def series(self, errand: Errand) -> str:
        del errand
        return "series"

    def outward(self, call: Call, credential: Any) -> Any:  # noqa: ANN401 - never asked
        raise NotImplementedError

    def told(self, call: Call, answer: Answer) -> Any:  # noqa: ANN401 - never asked
        raise NotImplementedError

    async def carry_out(self, errand: Errand, ask: Ask) -> Done:
        if self.impossible:
            raise Impossible("forbidden", "the bot may not")
        await ask(Call("GET", "/open", "/open"))
        await ask(Call("POST", "/send", "/send", body={"id": errand.id}, is_visible=True))
        return Done("sent", "telegram:7:1")

    async def find(self, errand: Errand, attempt: Attempt, ask: Ask) -> Done | None:
        del attempt
        self.looks += 1
        await ask(Call("GET", "/history", "/history"))
        if self.blind:
            raise Unknowable("it can't be seen")
        return Done("was sent before", "telegram:7:1") if errand.id in self.seen else None


class Line:
    """A connection over the world; `script` says what becomes of each request, and then all goes well."""

    name = "line"

    def __init__(self, world: World, script: list[str]) -> None:
        self.platform, self._world, self.script = world, world, script
        self.wells, self.losses = 0, 0

    def ask(
        self,
        priority: str,
        community: str,
        before: Callable[[Call], Awaitable[None]],
        patience_s: Callable[[], float | None],
    ) -> Ask:
        assert (priority, community) == ("notice", "telegram:-1")
        del patience_s

        async def ask(call: Call) -> Answer:
            step = self.script.pop(0) if self.script else "well"
            if step == "killed at once":
                raise Killed
            await before(call)
            return self._answered(call, step)

        return ask

    def _answered(self, call: Call, step: str) -> Answer:
        if step == "killed before":
            raise Killed
        if step in {"away", "busy", "token"}:
            raise {"away": Away("away"), "busy": Busy("busy", 3.0), "token": Lost("token")}[step]
        if call.is_visible:
            self._world.seen.append("act-1")
        if step == "killed after":
            raise Killed
        if step in {"lost answer", "cut answer"}:
            raise Unsure("no answer")
        return Answer(200, {}, b"{}")

    async def well(self) -> None:
        self.wells += 1

    async def lost(self, error: Lost) -> None:
        del error
        self.losses += 1


class Process:
    """Carries the act out, as a process that may be killed does."""

    def __init__(self, world: World, store: Store) -> None:
        self.world, self.store, self.clock = world, store, SetClock(BEGAN)
        self.drop: Drop | None = None
        self.held: str | None = None
        self.slept = 0.0
        self.lines: list[Line] = []

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.clock.forward(timedelta(seconds=seconds))

    async def carry(self, script: list[str]) -> Over:
        line = Line(self.world, script)
        self.lines.append(line)
        work = Work("act-1", "message", ACT, "telegram/acme", BEGAN, BEGAN, self.clock.now())
        means = Means(self.store, self.clock, self.sleep, lambda: 1.0)
        tried = (await self.store.begun(["act-1"])).get("act-1")
        return await Carriage(means, line, ERRAND, work, Permits(lambda: self.drop, lambda: self.held), tried).over()  # type: ignore[arg-type]

    async def until_over(self, script: list[str]) -> Over:
        """Carry it out, by as many processes as it takes."""
        while True:
            try:
                return await self.carry(script)
            except Killed:
                self.clock.forward(timedelta(seconds=15))


def process(repeat: Repeat = Repeat.VISIBLE) -> Process:
    return Process(World(repeat), Store())


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
