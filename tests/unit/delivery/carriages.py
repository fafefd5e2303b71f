"""A platform that does what a script says, and a process that may end at any request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from services.delivery.carrying.errands import Carriage
from services.delivery.carrying.means import Means, Over, Permits
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
