"""What a backtest adds up: points, loads by day, what could not be read; and of whom it reads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.moderation.backtest.memory import Memory
from services.moderation.handlers.judge import Moderation
from shared.topics import EVENTS
from tests.builders import (
    MEMBER,
    PLACE,
    RECORDED,
    content_created,
    points_clawed_back,
)
from tests.builders import points_granted as granted
from tests.component.moderation.backtest_policies import SHOUT, SPAM, STRICT
from tests.component.moderation.backtests import (
    post,
    rule,
    stored,
    task,
    tried,
    version,
)
from tests.unit.moderation.world import World


async def test_states_that_are_equal_are_held_once() -> None:
    world, key = World([version(stored({}))]), f"acme/{PLACE}/{MEMBER}"
    world.tell(content_created(text="good morning"))
    told = task(world, [version(stored({}))], {"default": stored(STRICT)})
    await told.candidate.refresh()
    items = Moderation(told.live).read(world.broker.logs[EVENTS.name, 0][0])
    one, other = Memory(Moderation(told.live)), Memory(Moderation(told.candidate))
    one.take(items)
    other.take(items)

    assert other.state(key) == one.state(key)
    assert other.state(key) is not one.state(key)
    other.share(one, key)
    assert other.state(key) is one.state(key) is not None


async def test_of_another_brand_nothing_is_read() -> None:
    world, live = World(), [version(stored({}))]
    world.tell(content_created(text=SPAM, brand="other"), content_created(text=SPAM))

    report = await tried(world, live, {"default": stored({})})

    assert report.events == 1


async def test_points_are_at_stake_for_contents_of_which_both_decide_otherwise() -> None:
    live = [version(stored({}))]
    world = World(live)
    world.tell(content_created(text=SHOUT, content_id="c1"), content_created(text=SPAM, content_id="c2"))
    await world.fold()
    about: dict[str, Any] = {"subject": MEMBER}
    post(
        world.broker,
        granted(content_id="c1", applied=5, balance=5, **about),
        granted(content_id="c1", applied=2, balance=7, cause="reaction", **about),
        granted(content_id="c2", applied=5, balance=12, **about),
        points_clawed_back(content_id="c2", applied=-5, balance=7, **about),
        granted(content_id="c3", applied=50, balance=57, **about),
    )
    specs = {"default": stored(STRICT | {"phrases": {"status": "off"}, "newcomer_links": {"status": "off"}})}

    report = await tried(world, live, specs)

    assert (report.points.clawed_back, report.points.given_back, report.points.contents) == (7, 5, 2)


async def test_loads_are_told_by_day_and_history_loads_nobody() -> None:
    live = [version(stored({}))]
    world = World(live)
    world.tell(
        content_created(text=SHOUT, content_id="c1"),
        content_created(text=SHOUT, content_id="c2", imported=True),
        content_created(text="thanks", content_id="c3", recordedtime=RECORDED + timedelta(days=1)),
    )
    await world.fold()
    rules = [{"id": "thanks", "when": "text.words == 1", "then": "flag"}, STRICT["rules"][0]]

    report = await tried(world, live, {"default": stored({"rules": rules})})

    first, second = report.days
    assert (first.day, first.live.removed, first.candidate.removed, first.candidate.queue) == ("2026-03-02", 0, 1, 0)
    assert (second.day, second.candidate.removed, second.candidate.queue) == ("2026-03-03", 0, 1)
    assert rule(report, "shouting").candidate.hits == 2


async def test_records_that_cannot_be_read_are_counted_and_stop_nobody() -> None:
    world, live = World(), [version(stored({}))]
    world.broker.append(EVENTS.name, 0, f"acme/{PLACE}".encode(), b"{broken")
    world.tell(content_created(text=SPAM))

    report = await tried(world, live, {"default": stored({})})

    assert (report.unreadable, report.events) == (1, 1)
