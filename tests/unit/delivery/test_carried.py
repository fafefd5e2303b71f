"""Whether an act is carried out at all: modes, switches, leases and connections that change while it is on its way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry
from typing_extensions import override

from services.delivery.carrying.carried import Carried, Parts, PutAside
from services.delivery.carrying.figures import Figures
from services.delivery.carrying.gate import Closed
from services.delivery.carrying.means import Means, Over
from services.delivery.platforms.platform import Answer, Ask, Call, Kind, Repeat
from services.delivery.rules.commands import Finished, from_bytes
from services.delivery.rules.works import Past, Target, Work
from services.delivery.store.connections import Reached, Unreached
from shared.bus.record import Outgoing
from shared.clock import SetClock
from shared.documents.directory import Connection
from shared.errors import Retryable
from shared.events.actions import Act
from tests.unit.delivery.carriages import BEGAN, Line, Store, World

NOW_S = 2.0


class Scripted(Line):
    """A connection with a document."""

    def __init__(self, world: World, script: list[str], acts: Any) -> None:  # noqa: ANN401 - a mode
        super().__init__(world, script)
        self.reached = Reached("line", "acme", Connection(platform="telegram", acts=acts), "token")
        self.asked = 0
        self.on_ask: Callable[[], None] = lambda: None

    @override
    def ask(
        self,
        priority: str,
        community: str,
        before: Callable[[Call], Awaitable[None]],
        patience_s: Callable[[], float | None],
    ) -> Ask:
        asks = super().ask("notice", community, before, patience_s)
        del priority

        async def ask(call: Call) -> Answer:
            self.asked += 1
            self.on_ask()
            return await asks(call)

        return ask


class Office:
    """Everything that an act needs, played."""

    def __init__(self, kind: Kind = "message", repeat: Repeat = Repeat.VISIBLE) -> None:
        self.world, self.store, self.clock = World(repeat), Store(), SetClock(BEGAN)
        self.line = Scripted(self.world, [], "live")
        self.unreached: str | None = None
        self.stopped, self.is_fresh, self.holds = False, True, False
        self.sent, self.kafka_failures = list[Outgoing](), 0
        self.past_: list[Past] = []
        act = Act(cause="decision-1", content_id="telegram:-1:5", member="telegram:7", text="a private word")
        self.work = Work("act-1", kind, act, "telegram/acme", BEGAN, BEGAN, BEGAN)
        self.target: Target | None = Target("acme", "telegram:-1", (self.work,))
        self.spans = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self.spans))
        means = Means(self.store, self.clock, self.sleep, lambda: 1.0)
        office: Any = self
        figures = Figures(CollectorRegistry(), ["telegram"])
        self.parts = Parts(office, means, office, office, office, office, figures, provider.get_tracer("test"))

    async def sleep(self, seconds: float) -> None:
        self.clock.forward(timedelta(seconds=seconds))
        await asyncio.sleep(0)

    def through(self, *_: object) -> Line:
        if self.unreached is not None:
            raise Unreached(self.unreached)
        return self.line

    def is_stopped(self, brand: str) -> bool:
        assert brand == "acme"
        return self.stopped

    def is_held(self, brand: str, community: str) -> bool:
        assert (brand, community) == ("acme", "telegram:-1")
        return self.holds

    async def change(self) -> None:
        await asyncio.sleep(0)

    async def past(self, target: Target, name: str) -> Sequence[Past]:
        assert (target.brand, name) == ("acme", "content/telegram:-1:5")
        return self.past_

    async def send(self, topic: str, record: Outgoing) -> None:
        assert topic == "delivery.commands.v1"
        if self.kafka_failures:
            self.kafka_failures -= 1
            raise Retryable("Kafka is away")
        self.sent.append(record)

    def known(self) -> Target:
        if self.target is None:
            raise KeyError
        return self.target

    def carried(self) -> Carried:
        return Carried(self.parts, self.work, self.known, lambda: self.is_fresh)

    async def over(self, *past: Past) -> Over:
        return await asyncio.wait_for(self.carried().over(past), NOW_S)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.delivery.carrying.carried.AGAIN_S", 0.001)


async def test_an_act_is_carried_out_through_its_connection() -> None:
    office = Office()

    assert await office.over() == Over(answer="sent", content="telegram:7:1")
    assert office.world.seen == ["act-1"]


async def test_a_connection_that_only_shows_is_asked_nothing() -> None:
    office = Office()
    office.line = Scripted(office.world, [], "dry_run")

    over = await office.over()

    assert over.code == "dry_run"
    assert (office.line.asked, office.world.seen, office.store.attempts) == (0, [], {})


async def test_what_was_not_sent_live_is_not_sent_once_the_connection_only_shows() -> None:
    office = Office()
    office.store.attempts["act-1"] = BEGAN  # a process died right before its request went out
    office.line = Scripted(office.world, [], "dry_run")

    over = await office.over()

    assert office.world.looks == 1
    assert (over.code, office.world.seen) == ("dry_run", [])


async def test_a_connection_that_comes_to_only_show_while_an_act_waits_at_the_gate_sends_nothing() -> None:
    office = Office()
    live, dry = office.line, Scripted(office.world, [], "dry_run")

    def changed() -> None:
        office.line = dry
        raise Closed("the connection changed")

    live.on_ask = changed

    assert (await office.over()).code == "dry_run"
    assert office.world.seen == []


@pytest.mark.parametrize(("begun", "code"), [(True, "uncertain"), (False, "unconnected")])
async def test_an_act_without_a_connection_says_so_but_not_that_nothing_was_done_if_it_was_tried(
    *, begun: bool, code: str
) -> None:
    office = Office()
    office.unreached = "the brand has no connection to telegram"
    office.store.attempts |= {"act-1": BEGAN} if begun else {}

    over = await office.over()

    assert over.code == code
    assert "no connection to telegram" in str(over.reason)


async def test_a_ban_whose_request_was_lost_and_whose_decision_is_then_taken_back_is_not_said_to_be_undone() -> None:
    office = Office("ban", Repeat.HARMLESS)
    office.line.script = ["well", "lost answer"]
    known = office.target
    assert known is not None

    def reverse() -> None:
        if office.world.seen:
            office.target = replace(known, reversed=("decision-1",))

    office.line.on_ask = reverse

    over = await office.over()

    assert office.world.seen == ["act-1"]
    assert over.code == "uncertain"
    assert "taken back" in str(over.reason)


async def test_an_act_whose_decision_is_taken_back_while_it_waits_for_its_turn_is_not_begun() -> None:
    office = Office("ban", Repeat.HARMLESS)
    known = office.target
    assert known is not None
    office.line.on_ask = lambda: setattr(office, "target", replace(known, reversed=("decision-1",)))

    assert (await office.over()).code == "reversed"
    assert office.world.seen == []


@pytest.mark.parametrize("closed", [True, False])
async def test_an_act_that_another_process_ended_meanwhile_is_not_carried_out_again(*, closed: bool) -> None:
    office = Office("ban", Repeat.HARMLESS)
    after = None if closed else Target("acme", "telegram:-1", ())
    office.line.on_ask = lambda: setattr(office, "target", after)

    await office.over()

    assert office.world.seen == []


async def test_nothing_is_asked_for_without_a_fresh_lease_nor_while_it_is_stopped() -> None:
    office = Office()
    office.is_fresh = False
    task = asyncio.create_task(office.carried().over(()))
    await asyncio.sleep(0.02)
    assert (office.line.asked, task.done()) == (0, False)

    office.is_fresh, office.stopped = True, True
    await asyncio.sleep(0.02)
    assert (office.line.asked, task.done()) == (0, False)

    office.stopped = False
    assert (await asyncio.wait_for(task, NOW_S)).answer == "sent"


async def test_a_switch_that_is_pulled_while_an_act_waits_at_the_gate_holds_it_until_it_is_released() -> None:
    office = Office()
    office.line.on_ask = lambda: setattr(office, "stopped", True)
    task = asyncio.create_task(office.carried().over(()))
    await asyncio.sleep(0.02)
    assert (office.world.seen, task.done()) == ([], False)

    office.line.on_ask = lambda: None
    office.stopped = False

    assert (await asyncio.wait_for(task, NOW_S)).answer == "sent"
    assert office.world.seen == ["act-1"]


async def test_a_stopped_act_whose_time_runs_out_says_so() -> None:
    office = Office()
    office.stopped = True
    task = asyncio.create_task(office.carried().over(()))
    await asyncio.sleep(0.01)

    office.clock.forward(timedelta(days=2))

    assert (await asyncio.wait_for(task, NOW_S)).code == "late"


@pytest.mark.parametrize(
    ("stored", "told", "asked"),
    [
        ([Past("delete", was_done=False)], [], False),
        ([], [Past("delete", was_done=False)], False),
        ([Past("delete", was_done=True)], [], True),
        ([], [], True),
    ],
)
async def test_what_was_never_taken_away_is_not_brought_back(stored: list[Past], told: list[Past], *, asked: bool) -> None:
    office = Office("restore", Repeat.HARMLESS)
    office.past_ = stored

    over = await office.over(*told)

    assert over.code is None
    assert (office.line.asked > 0) is asked


async def test_the_end_is_told_however_long_kafka_is_away_and_holds_no_text_of_a_member() -> None:
    office = Office()
    office.kafka_failures = 5
    carried = office.carried()

    await carried.tell(await carried.over(()))

    (record,) = office.sent
    told = from_bytes(record.value or b"")
    assert isinstance(told, Finished)
    assert (told.action, told.content, told.code, told.attempts, told.connection) == (
        "act-1",
        "telegram:7:1",
        None,
        1,
        "line",
    )
    assert b"private word" not in msgspec.json.encode(told)


async def test_a_trace_does_not_quote_a_bug_s_exception() -> None:
    office = Office()

    def bug() -> None:
        raise ValueError("a private word")

    office.through = bug  # type: ignore[assignment, method-assign]
    with pytest.raises(TypeError):  # of the call: any bug will do
        await office.over()
    office.through = lambda *_: bug()  # type: ignore[assignment, method-assign]
    with pytest.raises(ValueError, match="private"):
        await office.over()

    spans = "".join(span.to_json() for span in office.spans.get_finished_spans())
    assert "deliver message" in spans
    assert "private" not in spans


async def test_a_cancelled_act_holds_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office()
    begun = asyncio.Event()

    async def hang(*_: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(office.store, "begin", hang)
    first = asyncio.create_task(office.carried().over(()))
    await asyncio.wait_for(begun.wait(), NOW_S)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)

    monkeypatch.undo()

    assert (await office.over()).answer == "sent"
    assert office.world.seen == ["act-1"]


@pytest.mark.parametrize("kind", ["publish", "pin"])
async def test_what_is_planned_is_put_aside_where_a_crisis_holds_it(kind: Kind) -> None:
    office = Office(kind)
    office.holds = True

    with pytest.raises(PutAside):
        await office.over()

    assert office.line.asked == 0


async def test_what_is_no_planned_post_goes_out_in_a_crisis() -> None:
    office = Office("message")
    office.holds = True

    assert (await office.over()).code is None
    assert office.line.asked


async def test_a_planned_post_that_is_too_late_is_not_put_aside() -> None:
    office = Office("publish")
    office.holds = True
    office.clock.forward(timedelta(days=2))

    assert (await office.over()).code == "late"
