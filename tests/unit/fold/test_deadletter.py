"""A dead letter tells what a person needs, and given back it is what it was."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.bus.outlet import BATCH_BYTES_MAX
from shared.bus.record import Outgoing
from shared.fold.batch import Folded
from shared.fold.deadletter import REASON_CHARS_MAX, dead_letter, retried, retry
from tests.fakes import FakeRecord
from tests.unit.fold.batches import fold_records, raw, told
from tests.unit.fold.chain import Sum

RECEIVED = (("traceparent", b"00-1-2-01"), ("platform", b"telegram"), ("odd", b"\xff\xfe"))


def letter_of(folded: Folded[Any]) -> FakeRecord:
    """Return the only dead letter, as it is read from its topic."""
    (record,) = [r for chunk in folded.changes.chunks if chunk.topic == "sums.dlq" for r in chunk.records]
    return read_back("sums.dlq", record)


def read_back(topic: str, record: Outgoing) -> FakeRecord:
    return FakeRecord(topic, 0, 0, 1, *record)


def test_given_back_it_has_its_own_headers_and_names_its_first_try() -> None:
    bad = told(-1, 7, headers=(*RECEIVED, ("origin", b"up/0@e/1")))

    again = retry(letter_of(fold_records([bad])))

    assert (again.key, again.value) == (bad.key, bad.value)
    assert list(again.headers) == [*RECEIVED, ("retry-of", b"in.a/0@7"), ("retry-epoch", b"epoch-1")]


def test_the_coordinates_stay_those_of_the_first_try() -> None:
    first = retry(letter_of(fold_records([told(-1, 7)])))
    second = retry(letter_of(fold_records([read_back("in.b", first)])))

    assert dict(second.headers)["retry-of"] == b"in.a/0@7"
    assert [name for name, _ in second.headers].count("retry-of") == 1


def test_given_back_twice_it_is_folded_once() -> None:
    given_back = (("retry-of", b"in.a/0@7"),)

    within = fold_records([told(1, 0, headers=given_back), told(1, 1, headers=given_back)])
    later = fold_records([told(1, 2, headers=given_back)], seen=within.changes.identities)

    assert within.states["k"] == Sum(1, 1, (("in.a<None", 0),))
    assert within.changes.identities == {"retry:in.a/0@7"}
    assert (later.tally.duplicates, later.changes.entries) == (1, [])


def test_given_back_in_vain_it_may_be_given_back_again() -> None:
    folded = fold_records([told(-1, 0, headers=(("retry-of", b"in.a/0@7"),))])

    assert folded.tally.dead == 1
    assert not folded.changes.identities


def test_a_reason_is_one_sentence() -> None:
    letter = dead_letter("sums", 0, raw(None, 0), "long " * 1_000)

    assert len(dict(letter.headers)["reason"]) == REASON_CHARS_MAX
    assert letter.value == b""


def test_however_large_a_record_was_its_letter_can_be_sent() -> None:
    headers = (("platform", b"telegram"), ("large", b"x" * 500_000), *((f"many-{n}", b"y" * 1_000) for n in range(2_000)))
    monster = FakeRecord("in.a", 0, 0, 1, b"k" * 800_000, b"v" * 2_000_000, headers)

    letter = dead_letter("sums", 0, monster, "why")

    assert letter.size < BATCH_BYTES_MAX
    assert ("original-platform", b"telegram") in letter.headers


names = st.sampled_from(["traceparent", "platform", "original-x", "reason", "group", "coordinates"])


@given(st.lists(st.tuples(names, st.binary(max_size=20)), max_size=6), st.binary(max_size=50))
def test_whatever_a_record_was_it_comes_back_as_it_was(headers: list[tuple[str, bytes]], value: bytes) -> None:
    letter = dead_letter("sums", 0, raw(value, 3, headers=headers), "why")

    again = read_back("sums.retry", retry(read_back("sums.dlq", Outgoing(letter.key, letter.value, letter.headers))))

    assert again.value == value
    assert list(again.headers)[:-1] == headers
    assert retried(again) == "retry:in.a/0@3"
