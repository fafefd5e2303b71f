from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Halt, Unprocessable
from shared.fold.progress import Origin, origin_header, origin_of, origin_of_outputs, taken_before
from tests.unit.fold.batches import A, B, at, raw


def test_an_output_that_was_taken_in_is_known_again() -> None:
    progress = at()

    answers = [taken_before(progress, A, Origin("up/0", "e", seq)) for seq in (1, 2, 2, 1, 3)]

    assert answers == [False, False, True, True, False]


def test_two_topics_of_one_writer_have_no_order_between_them() -> None:
    progress = at()
    taken_before(progress, A, Origin("up/0", "e", 7))

    assert not taken_before(progress, B, Origin("up/0", "e", 3))
    assert taken_before(progress, A, Origin("up/0", "e", 3))


def test_two_writers_of_one_topic_do_not_hide_each_other() -> None:
    progress = at()
    taken_before(progress, A, Origin("up/0", "e", 7))

    assert not taken_before(progress, A, Origin("up/1", "f", 1))


def test_a_new_life_upstream_stops_the_reader() -> None:
    progress = at()
    taken_before(progress, A, Origin("up/0", "e", 7))

    with pytest.raises(Halt, match="new epoch") as halted:
        taken_before(progress, A, Origin("up/0", "another", 8))

    assert halted.value.runbook == "changed-epoch"


def test_an_output_names_its_writer_its_life_and_its_number() -> None:
    name, value = origin_header(origin_of_outputs("sums", 3, at()), 41)

    assert origin_of(raw(b"", 0, headers=((name, value),))) == Origin("sums/3", "epoch-1", 41)
    assert origin_of(raw(b"", 0)) is None


@pytest.mark.parametrize("value", [b"", b"sums/3", b"sums/3@e/", b"sums/3@e/x", b"\xff\xfe@e/1"])
def test_an_origin_that_is_none_is_unprocessable(value: bytes) -> None:
    with pytest.raises(Unprocessable):
        origin_of(raw(b"", 0, headers=(("origin", value),)))


def test_a_copy_moves_without_its_original() -> None:
    before = at(a=5)
    taken_before(before, A, Origin("up/0", "e", 7))

    after = before.copy()
    after.places[A].next = 9
    taken_before(after, A, Origin("up/0", "e", 8))

    assert before.places[A].next == 5
    assert not taken_before(before, A, Origin("up/0", "e", 8))


def in_order(found: list[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """Number the outputs of each writer as one sequence over its topics, as a fold does."""
    numbers: dict[str, int] = {}
    numbered = []
    for topic, writer, _ in found:
        numbers[writer] = numbers.get(writer, 0) + 1
        numbered.append((topic, writer, numbers[writer]))
    return numbered


outputs = st.lists(st.tuples(st.sampled_from([A, B]), st.sampled_from(["u/0", "u/1"]), st.just(0)), max_size=30)


@given(outputs, st.integers(0, 30), st.integers(1, 30), st.data())
def test_what_is_published_twice_is_taken_once_however_the_topics_interleave(
    found: list[tuple[str, str, int]], start: int, length: int, data: st.DataObject
) -> None:
    numbered = in_order(found)
    twice = numbered[: start + length] + numbered[start:]
    lanes = {topic: [output for output in twice if output[0] == topic] for topic in (A, B)}
    progress, taken = at(), []

    while any(lanes.values()):
        topic = data.draw(st.sampled_from([topic for topic, lane in lanes.items() if lane]))
        _, writer, seq = lanes[topic].pop(0)
        if not taken_before(progress, topic, Origin(writer, "e", seq)):
            taken.append((topic, writer, seq))

    assert sorted(taken) == sorted(numbered)
