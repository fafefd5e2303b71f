from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.ingest.connectors.payload import Turn
from services.ingest.facts import identity, reaction_thing
from services.ingest.rules import turns
from services.ingest.rules.turns import heard, turned
from tests.builders import reaction_added

EVENT = reaction_added()
THING = reaction_thing(EVENT.data)


def turn(*, on: bool, thing: str = THING) -> Turn:
    return Turn(replace(EVENT, id="on" if on else "off"), thing, on)


def told(wanted: list[bool], state: turns.Turns | None = None) -> list[str]:
    """Return the ids of what is told of one thing."""
    state, found = state or {}, []
    for on in wanted:
        result = turned(state, turn(on=on))
        if result is not None:
            state, event = result
            found.append(event.id)
    return found


def test_a_thing_that_is_put_taken_back_and_put_again_is_told_three_times_however_often_each_is() -> None:
    ids = told([True, True, False, False, False, True, True])

    assert ids[:2] == ["on", "off"]
    assert len(set(ids)) == len(ids) == 3


def test_an_end_of_what_began_before_anybody_listened_is_told() -> None:
    assert told([False, False]) == ["off"]


@given(st.lists(st.booleans(), max_size=30))
def test_what_is_told_alternates_ends_right_and_has_ids_of_its_own(wanted: list[bool]) -> None:
    ids = told(wanted)
    changes = [on for n, on in enumerate(wanted) if n == 0 or on != wanted[n - 1]]

    assert len(ids) == len(changes) == len(set(ids))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=30))
def test_things_do_not_know_of_each_other(wanted: list[tuple[str, bool]]) -> None:
    state: turns.Turns = {}
    for thing, on in wanted:
        result = turned(state, turn(on=on, thing=thing))
        state = state if result is None else result[0]

    for thing in "abc":
        alone = [on for other, on in wanted if other == thing]
        assert (state.get(turns.key_of(thing), 0) > 0) == (alone[-1:] == [True])


def test_of_too_many_things_of_one_content_those_that_are_known_stay_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "THINGS_MAX", 1)
    state: Any = turned({}, turn(on=True))

    others = [turned(state[0], turn(on=True, thing="another")) for _ in range(2)]
    assert all(found is not None and found[0] == state[0] for found in others)
    assert turned(state[0], turn(on=True)) is None
    assert turned(state[0], turn(on=False)) is not None


def test_a_turn_that_is_dated_is_known_by_its_id_and_turns_the_thing_all_the_same() -> None:
    first, again = (Turn(replace(EVENT, id=id_), "member/7", on=True, dated=True) for id_ in ("at-1", "at-2"))
    left = Turn(replace(EVENT, id="left"), "member/7", on=False)

    one: Any = turned({}, first)
    two: Any = turned(one[0], again)
    gone: Any = turned(two[0], left)

    assert (one[1].id, two[1].id) == ("at-1", "at-2"), "a second coming in, though the leave between was not heard"
    assert gone is not None
    assert turned(gone[0], left) is None
    assert turns.told_before(first) == identity(EVENT.brand, EVENT.community, "at-1")


def test_what_an_export_tells_is_news_only_where_nothing_was_heard_live() -> None:
    live: Any = turned({}, turn(on=True))
    gone: Any = turned(live[0], turn(on=False))
    imported = replace(EVENT, imported=True)

    assert heard({}, imported)[1]
    assert not heard(live[0], imported)[1]
    assert not heard(gone[0], imported)[1]
    assert turned(heard({}, imported)[0], turn(on=True)) is None
