from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from services.delivery.rules.turns import BELOW_EVERY, CLASSES, Ticket, Turns
from shared.events.actions import Priority


def ticket(priority: Priority, community: str = "a", lane: str = "", number: int = 0) -> Ticket[int]:
    return Ticket(priority, community, lane, number)


def order(turns: Turns[int]) -> list[Ticket[int]]:
    went = []
    while (first := turns.first()) is not None:
        turns.done(first)
        went.append(first)
    return went


def test_crisis_goes_before_everything() -> None:
    turns: Turns[int] = Turns()
    for priority in reversed(CLASSES):
        for number in range(10):
            turns.add(ticket(priority, number=number))

    went = order(turns)

    assert [one.priority for one in went[:10]] == ["crisis"] * 10


def test_every_fifth_turn_is_the_next_lower_class_s() -> None:
    turns: Turns[int] = Turns()
    for number in range(100):
        turns.add(ticket("moderation", number=number))
        turns.add(ticket("publishing", number=number))

    went = [one.priority for one in order(turns)][:50]

    assert Counter(went) == {"moderation": 50 - 50 // BELOW_EVERY, "publishing": 50 // BELOW_EVERY}


def test_no_class_waits_for_ever_while_those_above_it_have_more_than_can_be_done() -> None:
    turns: Turns[int] = Turns()
    for number in range(1_000):
        for priority in CLASSES[1:]:
            turns.add(ticket(priority, number=number))

    went = Counter(one.priority for one in order(turns)[:250])

    assert went == {"moderation": 200, "notice": 40, "publishing": 10}


def test_a_storm_of_bans_in_one_community_costs_another_one_turn() -> None:
    turns: Turns[int] = Turns()
    for number in range(5_000):
        turns.add(ticket("moderation", "storm", "bot", number))
    first = turns.first()
    assert first is not None
    turns.done(first)
    turns.add(ticket("moderation", "quiet", "bot", 1))

    went = order(turns)

    assert "quiet" in {one.community for one in went[:2]}


def test_a_lane_that_rests_holds_up_nobody_else_of_its_community() -> None:
    turns: Turns[int] = Turns()
    turns.add(ticket("notice", "a", "chat/1", 1))
    turns.add(ticket("notice", "a", "chat/2", 2))
    first = turns.first()
    assert first is not None

    turns.rest(first, until=10.0)

    assert [one.what for one in order(turns)] == [2]
    assert turns.wake(9.9) == 10.0
    assert turns.first() is None
    assert turns.wake(10.0) is None
    assert [one.what for one in order(turns)] == [1]


def test_whoever_comes_to_a_resting_lane_waits_behind_it() -> None:
    turns: Turns[int] = Turns()
    turns.add(ticket("notice", "a", "chat/1", 1))
    first = turns.first()
    assert first is not None
    turns.rest(first, until=10.0)

    turns.add(ticket("notice", "a", "chat/1", 2))

    assert turns.first() is None
    turns.wake(10.0)
    assert [one.what for one in order(turns)] == [1, 2]


def test_who_leaves_is_not_waited_for() -> None:
    turns: Turns[int] = Turns()
    some = [ticket("notice", "a", "x", number) for number in range(3)]
    for one in some:
        turns.add(one)

    turns.leave(some[0])
    turns.leave(some[0])

    assert [one.what for one in order(turns)] == [1, 2]
    assert len(turns) == 0


Steps = list[tuple[str, Priority, str, str]]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "go", "rest", "leave", "wake"]),
        st.sampled_from(CLASSES),
        st.sampled_from("abc"),
        st.sampled_from("xy"),
    ),
    max_size=200,
)


@given(steps=STEPS)
def test_everybody_who_stays_goes_once_and_lanes_keep_their_order(steps: Steps) -> None:
    turns: Turns[int] = Turns()
    added, left, went = list[Ticket[int]](), set[int](), list[Ticket[int]]()

    play(turns, steps, added, left, went)
    turns.wake(float("inf"))
    went += order(turns)

    assert sorted(one.what for one in went) == [one.what for one in added if one.what not in left]
    assert len(turns) == 0
    by_lane = defaultdict(list)
    for one in went:
        by_lane[one.priority, one.community, one.lane].append(one.what)
    assert all(numbers == sorted(numbers) for numbers in by_lane.values())


def play(turns: Turns[int], steps: Steps, added: list[Ticket[int]], left: set[int], went: list[Ticket[int]]) -> None:
    for now, (step, priority, community, lane) in enumerate(steps):
        first = turns.first()
        if step == "add":
            added.append(ticket(priority, community, lane, len(added)))
            turns.add(added[-1])
        elif step == "wake":
            turns.wake(float(now))
        elif step == "leave":
            leave(turns, added, went, left, now)
        elif first is not None and step == "go":
            turns.done(first)
            went.append(first)
        elif first is not None:
            turns.rest(first, now + 3.0)


def leave(turns: Turns[int], added: Sequence[Ticket[int]], went: Sequence[Ticket[int]], left: set[int], now: int) -> None:
    waiting = [one for one in added if one.what not in left and one not in went]
    if waiting:
        one = waiting[now % len(waiting)]
        turns.leave(one)
        left.add(one.what)
