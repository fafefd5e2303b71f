"""Recomputing: what Kafka still holds comes to what is stored, wherever it was cut."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.reporting.figures.buckets.hour import Hour
from services.reporting.figures.buckets.hours import hour_of
from services.reporting.recomputing.compare import ALL, known
from shared.events import Envelope
from tests import builders
from tests.unit.reporting.folding import folded
from tests.unit.reporting.test_folds import told


def event(number: int, minute: int) -> Envelope:
    """Return an event of its own minute about things of its own: whatever is told of one of them is told then."""
    at = {"time": builders.AT + timedelta(minutes=minute), "id": f"e{number}-{minute}"}
    content, decision, order = f"telegram:-1:{minute}", f"d{minute}", f"o{minute}"
    made: list[Envelope] = [
        builders.content_created(**at, content_id=content, kind="question", actor=f"telegram:{minute % 3}"),
        builders.content_created(**at, content_id=f"{content}0", kind="answer", question=content, replied_to="telegram:2"),
        builders.solution_accepted(**at, question=content),
        builders.member_joined(**at),
        builders.member_left(**at),
        builders.content_measured(**at, views=number + minute),
        builders.decision_made(**at, decision=decision),
        builders.decision_reversed(**at, decision=decision),
        builders.action_done(**at, cause=decision, kind="delete"),
        builders.purchase_made(**at, order=order, amount=500),
        builders.purchase_refunded(**at, order=order, amount=number),
        builders.subscription_started(**at),
        builders.kpi_observed(**at, value=number / 7),
        builders.content_created(**at, content_id=content, kind="post", actor=builders.STAFF),
        builders.reaction_added(**at, content_id=content, own_post=content),
    ]
    return made[number % len(made)]


@given(st.lists(st.builds(event, st.integers(0, 14), st.integers(0, 3_000)), max_size=30), st.integers(0, 3_000))
def test_from_the_hour_on_that_all_is_known_of_the_states_agree(events: Sequence[Envelope], minute: int) -> None:
    cut = builders.AT + timedelta(minutes=minute)
    since = hour_of(cut) + 1
    stored, again = folded(events), folded([event for event in events if event.time >= cut])

    for key in stored.keys() | again.keys():
        assert known(stored.get(key), since) == known(again.get(key), since), key


@given(told)
def test_where_nothing_is_gone_all_of_it_has_to_agree(events: Sequence[Envelope]) -> None:
    states = folded(events)

    assert all(known(state, ALL) == state for state in states.values())


def test_a_count_that_is_wrong_is_seen_and_one_before_all_is_known_is_not() -> None:
    (state,) = (one for one in folded([builders.content_created()]).values() if isinstance(one, Hour))
    wrong = replace(state, counts={"content_post": 7})

    assert known(wrong, state.hour) != known(state, state.hour)
    assert known(wrong, state.hour + 1) is known(state, state.hour + 1) is None
