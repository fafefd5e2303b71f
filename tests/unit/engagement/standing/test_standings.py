"""Levels, tasks, badges, streaks and VIP status follow the record, and the record does not hang on the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.rules.standing.record import EMPTY, Entry, Record, counted
from services.engagement.rules.standing.standings import Stands, built, stands
from shared.errors import Misplaced

DAY = date(2026, 3, 2)
WORDS = {"en": "Spring", "ru": "Весна"}


def entry(points: int = 1, days: int = 0, rule: str = "content", times: int = 1, karma: int = 0) -> Entry:
    return Entry(rule, times, points, karma, DAY + timedelta(days=days))


def record(*entries: Entry) -> Record:
    found = EMPTY
    for one in entries:
        found = counted(found, one)
    return found


def found(spec: Mapping[str, Any], *entries: Entry, days: int = 0) -> Stands:
    return stands(built(1, spec), record(*entries), DAY + timedelta(days=days))


@given(
    st.lists(
        st.builds(entry, st.integers(0, 50), st.integers(-200, 200), st.sampled_from(["content", "visit"]), st.just(1)),
        max_size=30,
    ),
    st.randoms(use_true_random=False),
)
def test_a_record_does_not_hang_on_the_order(entries: list[Entry], random: Any) -> None:  # noqa: ANN401
    other = list(entries)
    random.shuffle(other)

    assert record(*entries) == record(*other)


@given(st.lists(st.builds(entry, st.integers(0, 50), st.integers(-200, 200)), min_size=1, max_size=20), st.data())
def test_what_is_taken_back_was_never_there(entries: list[Entry], data: st.DataObject) -> None:
    gone = data.draw(st.integers(0, len(entries) - 1))
    back = entries[gone]._replace(times=-1, points=-entries[gone].points)
    left = record(*entries[:gone], *entries[gone + 1 :])
    after = record(*entries, back)

    assert (after.earned, after.counts, after.days, after.months) == (left.earned, left.counts, left.days, left.months)


def test_the_first_rank_is_that_of_a_newcomer() -> None:
    rules = built(1, {})

    assert rules.spec.levels[found({}).level].name.ru == "Новичок"
    assert rules.spec.levels[found({}, entry(500)).level].id == "regular"


def test_orders_change_no_level_and_hands_do() -> None:
    assert record(entry(200), entry(-150, rule="@spent")).earned == 200
    assert record(entry(200), entry(-150, rule="@adjusted")).earned == 50


TASKS: Mapping[str, Any] = {
    "tasks": [
        {"id": "first", "name": WORDS, "steps": [{"rule": "content", "times": 2}]},
        {"id": "second", "name": WORDS, "steps": [{"karma": 3}, {"level": "member"}], "after": ["first"]},
        {
            "id": "march",
            "name": WORDS,
            "steps": [{"rule": "content", "times": 1}],
            "from": "2026-03-03T00:00:00Z",
            "until": "2026-03-05T00:00:00Z",
        },
    ],
    "badges": [
        {"id": "busy", "name": WORDS, "needs": [{"task": "first"}]},
        {"id": "both", "name": WORDS, "needs": [{"badge": "busy"}, {"points": 100}]},
    ],
}


@pytest.mark.parametrize(
    ("entries", "completed", "badges"),
    [
        ([entry()], set(), set()),
        ([entry(), entry()], {"first"}, {"busy"}),
        ([entry(60), entry(60)], {"first"}, {"busy", "both"}),
        ([entry(100, karma=3)], set(), set()),
        ([entry(100, karma=3), entry()], {"first", "second"}, {"busy", "both"}),
        ([entry(days=1)], {"march"}, set()),
        ([entry(days=-1)], set(), set()),
        ([entry(days=4)], set(), set()),
    ],
)
def test_tasks_have_steps_prerequisites_and_windows(entries: Sequence[Entry], completed: set[str], badges: set[str]) -> None:
    told = found(TASKS, *entries)

    assert (set(told.completed), set(told.earned)) == (completed, badges)


def test_progress_is_told_step_by_step() -> None:
    told = found(TASKS, entry(40, karma=1))

    assert [(one.has, one.of) for one in told.tasks["first"]] == [(1, 2)]
    assert [(one.has, one.of) for one in told.tasks["second"]] == [(1, 3), (0, 1)]


@pytest.mark.parametrize(
    ("days", "today", "streak", "longest"),
    [
        ((0, 1, 2), 2, 3, 3),
        ((0, 1, 2), 3, 3, 3),
        ((0, 1, 2), 4, 0, 3),
        ((0, 1, 3), 3, 1, 2),
        ((0, 0, 0), 0, 1, 1),
    ],
)
def test_a_streak_goes_on_until_a_day_is_missed(days: Sequence[int], today: int, streak: int, longest: int) -> None:
    spec = {"streak": {"rules": ["content"]}}
    told = found(spec, *(entry(days=day) for day in days), entry(days=9, rule="liked"), days=today)

    assert (told.streak, told.longest) == (streak, longest)


VIP: Mapping[str, Any] = {"vip": {"months": 2, "enter": 100, "keep": 60, "subscriptions": ["donut"]}}


@pytest.mark.parametrize(
    ("earned", "today", "is_vip"),
    [
        ({0: 99}, 0, False),
        ({0: 100}, 0, True),
        ({0: 100}, 31, True),  # in the window still
        ({0: 100, 31: 0}, 62, True),  # February's 100 of the two months before is enough to keep it
        ({0: 100, 31: 10}, 100, False),
        ({0: 100, 31: 30, 62: 30, 92: 30}, 92, True),  # never again enough to enter, always enough to keep
    ],
)
def test_vip_status_is_kept_below_what_it_takes_to_enter(earned: Mapping[int, int], today: int, is_vip: bool) -> None:  # noqa: FBT001
    told = found(VIP, *(entry(points, days) for days, points in earned.items()), days=today)

    assert told.is_vip is is_vip


def test_a_subscription_gives_it_as_long_as_it_is_paid() -> None:
    paid = entry(0, rule="donut")

    assert found(VIP, paid, days=30).is_vip
    assert found(VIP, paid).vip_until == DAY.toordinal() + 31
    assert not found(VIP, paid, days=31).is_vip


@pytest.mark.parametrize(
    "spec",
    [
        {"levels": [{"id": "a", "name": WORDS, "points": 1}]},
        {"levels": [{"id": "a", "name": WORDS}, {"id": "a", "name": WORDS}]},
        {"levels": [{"id": "a", "name": WORDS}, {"id": "b", "name": WORDS, "points": 5}, {"id": "c", "name": WORDS}]},
        {"badges": [{"id": "a", "name": WORDS, "needs": [{"streak": 3}]}]},
        {"badges": [{"id": "a", "name": WORDS, "needs": [{"rule": "content"}]}]},
        {"badges": [{"id": "a", "name": WORDS, "needs": [{"points": 1, "karma": 1}]}]},
        {"badges": [{"id": "a", "name": WORDS, "needs": [{"task": "none"}]}]},
        {"badges": [{"id": "a", "name": WORDS, "needs": [{"badge": "a"}]}]},
        {"badges": [{"id": "a", "name": WORDS, "needs": [{"level": "none"}]}]},
        {"tasks": [{"id": "a", "name": WORDS, "steps": [{"points": 1}], "after": ["b"]}]},
        {"tasks": [{"id": "a", "name": WORDS, "steps": [{"badge": "b"}]}]},
        {"vip": {"enter": 5, "keep": 6}},
    ],
)
def test_what_cannot_be_is_refused(spec: Mapping[str, Any]) -> None:
    with pytest.raises(Misplaced):
        built(1, spec)
