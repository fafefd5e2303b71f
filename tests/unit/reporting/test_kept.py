"""What was made a moment ago is shown again, made once for all who ask, and made anew when it grows old."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.reporting.web.kept import FRESH_S, KEPT_MAX, LOOKED_S, RENEW_S, STALE_S, Kept
from shared.clock import SetClock

AT = datetime(2026, 3, 2, tzinfo=UTC)


class Maker:
    """Counts how often it was asked to make something; does so when it may."""

    def __init__(self) -> None:
        self.made = 0
        self.may = asyncio.Event()
        self.may.set()
        self.error: Exception | None = None

    async def __call__(self) -> int:
        self.made += 1
        number = self.made
        await self.may.wait()
        if self.error is not None:
            raise self.error
        return number


async def test_what_is_fresh_is_not_made_again_and_says_as_of_when_it_is() -> None:
    clock, make = SetClock(AT), Maker()
    kept = Kept[int](clock)
    await kept.get("a", make)
    clock.forward(timedelta(seconds=FRESH_S))

    assert await kept.get("a", make) == (1, AT)
    assert await kept.get("b", make) == (2, AT + timedelta(seconds=FRESH_S))


async def test_what_is_old_is_shown_while_it_is_made_anew_and_what_is_too_old_is_waited_for() -> None:
    clock, make = SetClock(AT), Maker()
    kept = Kept[int](clock)
    await kept.get("a", make)
    clock.forward(timedelta(seconds=FRESH_S + 1))

    shown = (await kept.get("a", make)).what
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    anew = (await kept.get("a", make)).what
    clock.forward(timedelta(seconds=STALE_S + 1))
    waited = (await kept.get("a", make)).what

    assert (shown, anew, waited) == (1, 2, 3)


async def test_all_who_ask_at_once_wait_for_one() -> None:
    make = Maker()
    make.may.clear()
    kept = Kept[int](SetClock(AT))
    asking = [asyncio.ensure_future(kept.get("a", make)) for _ in range(5)]
    asking[0].cancel()
    await asyncio.sleep(0)
    make.may.set()

    assert [found.what for found in await asyncio.gather(*asking[1:])] == [1] * 4
    assert make.made == 1


async def test_an_error_is_raised_to_who_waits_and_kept_for_nobody() -> None:
    clock, make = SetClock(AT), Maker()
    kept, make.error = Kept[int](clock), ValueError("away")

    with pytest.raises(ValueError, match="away"):
        await kept.get("a", make)
    make.error = None
    assert (await kept.get("a", make)).what == 2
    make.error = ValueError("away again")
    clock.forward(timedelta(seconds=FRESH_S + 1))
    assert (await kept.get("a", make)).what == 2, "there is something to show"


async def test_the_oldest_make_room() -> None:
    make, kept = Maker(), Kept[int](SetClock(AT))
    for key in range(KEPT_MAX + 1):
        await kept.get(key, make)

    await kept.get(1, make)
    assert make.made == KEPT_MAX + 1
    await kept.get(0, make)
    assert make.made == KEPT_MAX + 2


async def test_what_was_looked_at_lately_is_at_hand_and_what_nobody_looks_at_is_let_go() -> None:
    clock, make = SetClock(AT), Maker()
    kept = Kept[int](clock)
    await kept.get("a", make)
    for _ in range(3):
        clock.forward(timedelta(seconds=RENEW_S))
        await kept.renew()

    assert (await kept.get("a", make)).what == 4
    clock.forward(timedelta(seconds=LOOKED_S))
    await kept.renew()
    assert make.made == 4
    assert RENEW_S < STALE_S


async def test_what_cannot_be_made_anew_is_tried_again_the_next_time() -> None:
    clock, make = SetClock(AT), Maker()
    kept = Kept[int](clock)
    await kept.get("a", make)
    make.error = ValueError("away")
    clock.forward(timedelta(seconds=RENEW_S))
    await kept.renew()
    make.error = None
    await kept.renew()

    assert (await kept.get("a", make)).what == 3
