"""What is planned waits up to when it was asked for, by each cause for itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.delivery.handlers.acts import Acts
from services.delivery.rules.holds import HOLDS_MAX, Hold, HoldState, held
from services.delivery.rules.states import decoded, encoded
from shared.bus.record import Record
from shared.events import encode
from shared.topics import ACTIONS
from tests import builders
from tests.fakes import FakeRecord

AT = builders.AT
HOLDS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(-5, 50)), max_size=30)


def hold(cause: str, hours: float, at: float = 0) -> Hold:
    return Hold("acme", "c", cause, AT + timedelta(hours=at + hours), AT + timedelta(hours=at))


def after(holds: Sequence[Hold]) -> HoldState | None:
    state: HoldState | None = None
    for one in holds:
        state = held(state, one)
    return state


def test_each_cause_holds_for_itself_and_a_later_one_of_it_stands_in_its_place() -> None:
    both = after([hold("a", 2), hold("b", 5)])
    assert both is not None
    assert both.until == AT + timedelta(hours=5)

    one = held(both, hold("b", 0, at=1))
    assert one is not None
    assert one.until == AT + timedelta(hours=2)
    assert held(one, hold("a", 0, at=1)) is None


@given(HOLDS)
def test_it_ends_with_the_latest_end_that_each_cause_asked_for_last(asked: list[tuple[str, int]]) -> None:
    state = after([hold(cause, hours) for cause, hours in asked])

    last = [hours for hours in dict(asked).values() if hours > 0]
    assert (None if state is None else state.until) == (AT + timedelta(hours=max(last)) if last else None)


def test_of_very_many_causes_the_latest_are_kept() -> None:
    state = after([hold(f"c{n}", n + 1) for n in range(HOLDS_MAX + 5)])

    assert state is not None
    assert len(state.holds) == HOLDS_MAX
    assert "c0" not in state.holds


class Nowhere:
    async def refresh(self) -> None:
        """Nothing changes."""

    def beside(self, brand: str, community: str) -> Sequence[str]:
        del brand, community
        return ()


def record(**more: object) -> Record:
    event = builders.action_hold(**more)
    return FakeRecord(ACTIONS.name, 0, 0, 0, b"acme/c", encode(event), ())


def test_the_fold_keeps_it_as_a_state_of_its_own_and_lets_it_go() -> None:
    fold = Acts(Nowhere())
    (item,) = fold.read(record(until=AT + timedelta(hours=3)))
    state = fold.evolve(None, item.event).state

    assert item.key == f"acme/{builders.PLACE}/@hold"
    assert isinstance(state, HoldState)
    assert decoded(encoded(state)) == state
    (over,) = fold.read(record(until=AT, time=AT))
    assert fold.evolve(state, over.event).state is None
    assert fold.read(record(imported=True)) == ()
