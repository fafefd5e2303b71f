from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Halt
from shared.fold.progress import Progress, fingerprint
from shared.fold.sift import sift
from tests.unit.fold.batches import A, B, at, told


def folded_up_to(offset: int, n: int = 1) -> Progress:
    """Return progress whose record below was the number `n`."""
    progress = at(a=offset)
    progress.places[A].below = fingerprint(told(n, offset - 1))
    return progress


def test_what_stands_at_progress_is_next() -> None:
    records = [told(1, 5), told(2, 6), told(3, 0, topic=B)]

    found = sift(at(a=5), set(), records)

    assert found.fresh == records
    assert (found.redelivered, found.discarded, found.seek) == (0, 0, {})


def test_what_was_folded_before_is_skipped() -> None:
    found = sift(at(a=5), set(), [told(1, 3), told(1, 4), told(1, 5)])

    assert [record.offset for record in found.fresh] == [5]
    assert found.redelivered == 2


def test_what_stands_too_far_ahead_is_discarded_and_sought_back() -> None:
    found = sift(at(a=5), set(), [told(1, 7), told(1, 8), told(1, 0, topic=B)])

    assert [(record.topic, record.offset) for record in found.fresh] == [(B, 0)]
    assert found.discarded == 2
    assert found.seek == {A: 5}


def test_a_gap_inside_what_was_delivered_is_sought_back_to_its_beginning() -> None:
    found = sift(at(), set(), [told(1, 0), told(1, 1), told(1, 3), told(1, 4)])

    assert [record.offset for record in found.fresh] == [0, 1]
    assert found.seek == {A: 2}


def test_a_new_owner_folds_once_it_has_seen_the_record_below() -> None:
    unverified = {A}

    found = sift(folded_up_to(5), unverified, [told(1, 4), told(2, 5)])

    assert [record.offset for record in found.fresh] == [5]
    assert not unverified
    assert found.redelivered == 0


def test_a_new_owner_folds_nothing_before_it_has_seen_the_record_below() -> None:
    unverified = {A}

    found = sift(folded_up_to(5), unverified, [told(2, 5), told(3, 6)])

    assert found.fresh == []
    assert found.seek == {A: 4}
    assert unverified == {A}


@pytest.mark.parametrize(
    "other", [told(9, 4), told(1, 4)._replace(timestamp=1), told(1, 4)._replace(key=b"z"), told(1, 4)._replace(value=None)]
)
def test_another_record_below_progress_means_another_log(other: object) -> None:
    with pytest.raises(Halt, match="another record") as halted:
        sift(folded_up_to(5), {A}, [other])  # type: ignore[list-item] # a FakeRecord, made above

    assert halted.value.runbook == "log-replaced"


@given(st.lists(st.lists(st.integers(0, 12), max_size=6), max_size=40))
def test_whatever_is_delivered_each_record_is_fresh_once_and_in_order(deliveries: list[list[int]]) -> None:
    progress, taken = at(), []

    for delivered in [*deliveries, list(range(13))]:
        for record in sift(progress, set(), [told(1, offset) for offset in sorted(delivered)]).fresh:
            taken.append(record.offset)
            progress.places[A].next = record.offset + 1

    assert taken == list(range(13))
