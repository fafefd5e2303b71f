"""Totals that platforms tell of a content again and again, for longer than is kept."""

from __future__ import annotations

from random import Random

import pytest

from services.reporting.figures import engagement
from services.reporting.figures.buckets import total
from services.reporting.figures.buckets.hours import HOUR_S
from services.reporting.figures.buckets.total import FIRST_HOURS, LATER_HOURS_MAX, Total
from services.reporting.store.posts import Told, posts_from
from tests.builders import AT, PLACE

FIRST = int(AT.timestamp() // HOUR_S)
WEEKS_HOURS = 6 * 7 * 24


def told(hours: list[int]) -> Total:
    state: Total | None = None
    for hour in hours:
        at = FIRST + hour
        state = total.evolve(state, total.Told("acme", PLACE, at, at * HOUR_S, 10 * hour, engagement.VIEWS_GROWN))
    assert state is not None
    return total.decode(total.encode(state))


def test_what_a_post_had_when_its_hours_were_over_is_known_however_long_its_views_grow() -> None:
    key = f"total acme/{PLACE}/views/{PLACE}:1"
    document = {"community": PLACE, "content": f"{PLACE}:1", "second": AT.timestamp(), "format": "text", "tags": ()}
    document |= {"reactions": 0, "replies": 0, "shares": 0}

    posts = posts_from("acme", [document], [Told(key, told(list(range(1, WEEKS_HOURS))))])

    assert posts.views.tolist() == [720]


@pytest.mark.parametrize("step", [1, 2])
def test_the_first_hours_and_the_newest_are_kept_in_whatever_order_they_are_told(step: int) -> None:
    hours = list(range(0, WEEKS_HOURS, step))
    shuffled = Random(step).sample(hours, len(hours))

    state = told(hours)

    assert state == told(shuffled) == told(hours[::-1])
    first = [hour for hour in hours if hour < FIRST_HOURS]
    assert sorted(hour - FIRST for hour in state.hours) == first + hours[len(first) :][-LATER_HOURS_MAX:]
    assert sum(grown for _, grown in total.growth(state)) == 10 * hours[-1]
