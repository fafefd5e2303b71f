"""A lookout over arbitrary signs: history never alarms, the same signs give the same incidents, alarms belong together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.rules.crises.lookout import SIGNALS, Alarm, Lookout, Open, begin, hear, raised, taking_part
from services.reporting.rules.crises.signs import AHEAD_S, Sign, signs_of
from services.reporting.rules.incidents import QUIET_S, Evidence
from services.reporting.rules.recent import HOUR_S
from shared.documents.playbook import Signal
from tests.builders import content_created
from tests.unit.reporting.crises import NOON, at, weeks
from tests.unit.reporting.watching import crowd


class Run(NamedTuple):
    """What came of signs."""

    lookout: Lookout
    alarms: Sequence[Alarm]
    new: int


def run(signs: Sequence[Sign], lookout: Lookout) -> Run:
    alarms, new = list[Alarm](), 0
    for sign in signs:
        heard = hear(lookout, sign)
        lookout, new = heard.lookout, new + heard.is_new
        alarms += [heard.alarm] if heard.alarm else []
    return Run(lookout, alarms, new)


USUAL = run(
    [sign for event in weeks() for sign in signs_of(event, lambda _: False)],
    begin("acme", "telegram:-1", weeks()[0].time.timestamp()),
).lookout

SIGNS = st.lists(
    st.tuples(st.sampled_from(SIGNALS), st.floats(0, 30 * HOUR_S), st.integers(0, 60), st.booleans()), max_size=120
).map(
    lambda told: [
        Sign(signal, NOON + second, f"m{who}", f"r{who % 3}", is_past, NOON + second)
        for signal, second, who, is_past in sorted(told, key=lambda one: one[1])
    ]
)


def of_crowd(signal: Signal = "volume", people: int = 14, *, imported: bool = False, name: str = "crowd") -> list[Sign]:
    return [Sign(signal, second, who, "r", imported, second) for second, who in crowd(NOON, people, name=name)]


@settings(max_examples=60, deadline=None)
@given(SIGNS)
def test_the_same_signs_give_the_same_and_stored_in_between_change_nothing(signs: list[Sign]) -> None:
    at_once = run(signs, USUAL)
    half = len(signs) // 2
    before = run(signs[:half], USUAL)
    stored = msgspec.msgpack.decode(msgspec.msgpack.encode(before.lookout), type=Lookout)
    after = run(signs[half:], stored)

    assert (*before.alarms, *after.alarms) == tuple(at_once.alarms)
    assert after.lookout == at_once.lookout


@settings(max_examples=60, deadline=None)
@given(SIGNS)
def test_history_alone_never_alarms_and_adds_nothing_to_what_goes_on(signs: list[Sign]) -> None:
    past = run([sign._replace(imported=True) for sign in signs], USUAL)

    assert past.alarms == []
    assert all(seen.watch.incident is None for seen in past.lookout.seen.values())
    assert all(
        seen.watch.surge.people <= USUAL.seen[signal].watch.surge.people for signal, seen in past.lookout.seen.items()
    )


def test_history_teaches_as_much_as_what_was_live() -> None:
    past = run(of_crowd(imported=True), USUAL).lookout.seen["volume"]
    live = run(of_crowd(), USUAL).lookout.seen["volume"]

    assert past.watch.rhythm == live.watch.rhythm
    assert past.watch.record == live.watch.record
    assert past.past == live.watch.surge


def test_a_sign_of_a_broken_clock_is_none() -> None:
    event = content_created(time=at(NOON + AHEAD_S + 1), recordedtime=at(NOON))

    soon = content_created(time=at(NOON + AHEAD_S), recordedtime=at(NOON))

    assert list(signs_of(event, lambda _: False)) == []
    assert len(list(signs_of(soon, lambda _: False))) == 1


def test_commands_to_the_bot_are_no_talk() -> None:
    asked = [content_created(command="rank"), content_created(asks=True)]

    assert [list(signs_of(event, lambda _: True)) for event in asked] == [[], []]


def evidence(second: float, ratio: float = 5.0) -> Evidence:
    return Evidence(second, second - 60, 9, 1.0, ratio, 3.0, 2.0, 28)


@given(st.lists(st.tuples(st.sampled_from(SIGNALS), st.floats(1, 100 * HOUR_S), st.floats(1, 40)), min_size=1))
def test_alarms_within_twelve_hours_of_each_other_are_one_incident(told: list[tuple[Signal, float, float]]) -> None:
    open_: Open | None = None
    last, ids = None, list[str]()
    for number, (signal, second, ratio) in enumerate(sorted(told, key=lambda one: one[1])):
        alarm = Alarm(signal, evidence(second, ratio), ("r",))
        open_ = raised(open_, alarm, f"i{number}", is_enough=True)
        assert open_ is not None
        if last is None or second - last >= QUIET_S:
            ids.append(f"i{number}")
        last = second
        assert open_.id == ids[-1]
        assert open_.last == second
        assert open_.parts[signal].first.second <= second


def test_what_is_not_enough_opens_none_and_joins_none_but_prolongs_its_own() -> None:
    first, other = Alarm("volume", evidence(NOON), ()), Alarm("complaints", evidence(NOON + 60), ())
    open_ = raised(None, first, "i", is_enough=True)

    assert raised(None, first, "i", is_enough=False) is None
    assert raised(open_, other, "j", is_enough=False) is open_
    longer = raised(open_, Alarm("volume", evidence(NOON + 90), ()), "j", is_enough=False)
    assert longer is not None
    assert (longer.id, longer.last) == ("i", NOON + 90)


def test_communities_in_which_a_few_write_meanwhile_take_no_part_in_what_is_unusual() -> None:
    assert taking_part({"a": 40, "b": 4}) == ("a",)
    assert taking_part({"a": 100, "b": 9}) == ("a",)
    assert taking_part({"b": 12, "a": 40}) == ("a", "b")
