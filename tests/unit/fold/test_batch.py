"""What one transaction will write: the good records of a batch, whatever the bad ones among them do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from shared.bus.record import RECORD_BYTES_MAX, Record
from shared.errors import Halt, Retryable
from shared.fold.batch import Bench, Folded, fold_batch, read_some
from shared.fold.definition import Item, Output, Step
from shared.fold.draft import Sent
from shared.fold.limits import CHUNK_BYTES_MAX, DEAD_LETTERS_MAX, ITEMS_MAX, WINDOW_RECORDS
from shared.fold.part import cut
from shared.fold.progress import fingerprint
from tests.unit.fold.batches import (
    A,
    B,
    Putting,
    at,
    breathless,
    carried,
    fold_records,
    letters,
    never,
    raw,
    reasons,
    result,
    told,
)
from tests.unit.fold.chain import TOPICS, Sum, Sums

BAD = -1
"""A number over which the fold stumbles."""


def test_a_record_that_does_not_decode_becomes_a_dead_letter_alone() -> None:
    folded = fold_records([told(1, 0), raw(b"{", 1), told(2, 2)])

    (letter,) = letters(folded)
    assert letter["reason"] == b"not JSON"
    assert letter["coordinates"] == b"in.a/0@1"
    assert letter["group"] == b"sums"
    assert folded.states["k"] == Sum(3, 2, (("in.a<None", 2),))


def test_a_record_that_breaks_the_fold_becomes_a_dead_letter_alone() -> None:
    folded = fold_records([told(1, 0), told(BAD, 1), told(2, 2)])

    assert reasons(folded) == ["folding failed: ValueError"]
    assert (folded.tally.folded, folded.tally.dead) == (2, 1)
    assert folded.changes.progress.places[A].next == 3
    assert len(folded.changes.entries) == 2


def test_each_dead_letter_has_a_log_line_with_the_trace_of_its_record(caplog: pytest.LogCaptureFixture) -> None:
    traced = {n: (("traceparent", f"00-{n:032x}-{1:016x}-00".encode()),) for n in (1, 2)}

    fold_records([raw(b"{", 0, headers=traced[1]), told(BAD, 1, headers=traced[2]), told(1, 2)])

    named = [vars(line)["trace"] for line in caplog.records if "trace" in vars(line)]
    assert named == [f"{n:032x}" for n in (1, 2)]


class HalfWay(Sums):
    """Tells two things of each record; the second of a bad record breaks, after the first was folded."""

    @override
    def read(self, record: Any) -> Any:
        (item,) = super().read(record)
        first = item.event | {"n": abs(item.event["n"]), "id": f"{item.event['id']}-first"}
        return [item._replace(key="other", event=first, identity=f"first {item.event['id']}"), item]

    @override
    def evolve(self, state: Sum | None, event: dict[str, Any]) -> Step[Sum]:
        if event["n"] < 0:
            raise ValueError("negative")
        entries = [{"_id": f"entry {event['id']}"}]
        return Step(Sum((state or Sum()).total + event["n"]), entries, [Output("out.a", event["key"], b"{}")])


def test_what_a_culprit_did_before_it_broke_is_undone() -> None:
    folded = fold_records([told(1, 0), told(-50, 1), told(2, 2)], fold=HalfWay(), known={"other": None})

    assert {key: state.total for key, state in folded.states.items() if state} == {"other": 3, "k": 3}
    assert "first 1" not in folded.changes.identities
    assert not any(b"first 1" in raw or b"entry 1" in raw for raw in folded.changes.entries)
    assert sum(len(chunk.records) for chunk in folded.changes.chunks if chunk.topic == "out.a") == 4


@settings(deadline=None)
@given(st.lists(st.integers(-2, 9), min_size=1, max_size=30))
def test_the_good_records_come_out_as_if_the_bad_ones_were_not_there(numbers: list[int]) -> None:
    everything = fold_records([told(n, offset) for offset, n in enumerate(numbers)])
    good = [told(n, offset) for offset, n in enumerate(numbers) if n >= 0]
    alone = fold_records(good)

    assert everything.states == alone.states
    assert everything.changes.entries == alone.changes.entries
    assert everything.tally.dead == len(numbers) - len(good)


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        ({"huge": 1 << 70}, "cannot be stored: OverflowError"),
        ({"na\0me": 1}, "cannot be stored: InvalidDocument"),
        ({"lone": "\ud800"}, "cannot be stored: UnicodeEncodeError"),
        ({"what": object()}, "cannot be stored: InvalidDocument"),
        ({"text": "x" * 17_000_000}, "above the limit"),
    ],
    ids=["an integer of 70 bits", "a NUL in a name", "half a character", "no BSON type", "17 MB"],
)
def test_a_state_that_cannot_be_stored_is_a_dead_letter_and_keeps_nobody_up(kept: dict[str, Any], why: str) -> None:
    fold = Putting(kept=kept)

    folded = fold_records([told(1, 0), told(5_000, 1), told(2, 2)], fold=fold)

    assert len(reasons(folded)) == 1
    assert why in reasons(folded)[0]
    state = folded.changes.states["k"]
    assert state is not None
    assert bson.decode(state)["total"] == 3


def test_an_output_above_the_limit_is_a_dead_letter() -> None:
    large = [Output("out.a", "k", b"x" * (RECORD_BYTES_MAX + 1))]

    folded = fold_records([told(1, 0), told(2, 1, put=True)], fold=Putting(large))

    assert "above the limit" in reasons(folded)[0]
    assert folded.tally.folded == 1


def test_an_output_that_its_headers_make_too_large_is_a_dead_letter_that_can_be_sent() -> None:
    large = (("traceparent", b"0" * RECORD_BYTES_MAX), ("platform", b"telegram"))

    folded = fold_records([told(1, 0, headers=large)])

    assert "above the limit" in reasons(folded)[0]
    assert sum(len(value) for letter in letters(folded) for value in letter.values()) < RECORD_BYTES_MAX


def test_too_many_dead_letters_stop_the_partition() -> None:
    before = at()
    before.dead = DEAD_LETTERS_MAX - 1

    one_more = fold_records([told(BAD, 0)], before)

    assert one_more.changes.progress.dead == DEAD_LETTERS_MAX
    with pytest.raises(Halt, match="bad deploy") as halted:
        fold_records([told(BAD, 1)], one_more.changes.progress)
    assert halted.value.runbook == "too-many-dead-letters"


def test_a_window_of_records_forgets_its_dead_letters() -> None:
    before = at()
    before.dead, before.window = DEAD_LETTERS_MAX, WINDOW_RECORDS

    after = fold_records([told(BAD, 0)], before).changes.progress

    assert (after.dead, after.window) == (1, 1)


def test_what_may_pass_is_nobodys_dead_letter() -> None:
    class Away(Sums):
        @override
        def evolve(self, state: Sum | None, event: dict[str, Any]) -> Step[Sum]:
            raise Retryable("later")

    with pytest.raises(Retryable, match="later"):
        fold_records([told(1, 0)], fold=Away())


def test_progress_stays_as_it_was_until_it_is_written() -> None:
    before = at()

    folded = fold_records([told(2, 0, headers=(("origin", b"up/0@e/1"),)), told(3, 1), told(1, 0, topic=B)], before)

    after = folded.changes.progress
    assert before == at()
    assert (after.version, after.seq) == (1, 4)
    assert {topic: place.next for topic, place in after.places.items()} == {A: 2, B: 1}
    assert after.places[A].below == fingerprint(told(3, 1))


def test_a_record_published_twice_upstream_is_folded_once_also_beside_a_culprit() -> None:
    twice = (("origin", b"up/0@e/1"),)

    folded = fold_records([told(1, 0, headers=twice), told(BAD, 1), told(1, 2, headers=twice)])

    assert folded.tally.duplicates == 1
    assert folded.states["k"] == Sum(1, 1, (("in.a<None", 0),))


def test_an_identity_is_folded_once_within_a_batch_and_after_it() -> None:
    records = [told(1, 0, identity="x"), told(1, 1, identity="x"), told(1, 2, identity="y")]

    folded = fold_records(records, seen={"y"})

    assert folded.tally.duplicates == 2
    assert folded.changes.identities == {"x"}
    assert folded.states["k"] == Sum(1, 1, (("in.a<None", 0),))


def test_a_batch_whose_time_is_up_takes_one_record_at_least() -> None:
    folded = fold_records([told(1, 0), told(2, 1)], enough=lambda: True)

    assert len(folded.records) == 1
    assert folded.changes.progress.places[A].next == 1


class Weighing(Sums):
    """Sums whose records say how many things they tell."""

    @override
    def read(self, record: Record) -> Sequence[Item[dict[str, Any]]]:
        (item,) = super().read(record)
        return [item._replace(identity=None)] * int(item.event["n"])


@pytest.mark.parametrize(
    ("weights", "taken"),
    [([], 0), ([1], 1), ([0] * 6_000, 5_000), ([5] * 1_200, 1_000), ([4_000, 999, 7, 1], 3), ([9_000, 1], 1)],
)
def test_a_batch_holds_so_many_items_and_one_record_at_least(weights: list[int], taken: int) -> None:
    records = [told(weight, offset) for offset, weight in enumerate(weights)]

    assert len(result(read_some(Weighing(), records, ITEMS_MAX, breathless))) == taken


class Many(Sums):
    """Sums whose records tell thirty things each."""

    @override
    def read(self, record: Record) -> Sequence[Item[dict[str, Any]]]:
        return [item._replace(identity=None) for item in super().read(record)] * 30


def test_others_have_their_turn_by_what_is_told_and_not_by_records() -> None:
    turns: list[int] = []

    async def breathe() -> None:
        turns.append(1)

    reads = result(read_some(Many(), [told(n, n) for n in range(10)], ITEMS_MAX, breathe))
    read_by = len(turns)
    result(fold_batch(Bench(Many(), 0, dict(TOPICS), {"k": None}, carried, never, breathe), at(), reads))

    assert (read_by, len(turns) - read_by) == (5, 5)


def test_outputs_carry_the_trace_and_their_own_origin() -> None:
    trace = ("traceparent", b"00-1-2-01")

    folded = fold_records([told(1, 0, headers=(trace, ("origin", b"up/0@e/7"), ("other", b"x")))])

    ((record,),) = [chunk.records for chunk in folded.changes.chunks]
    assert list(record.headers) == [trace, ("origin", b"sums/0@epoch-1/1")]


sizes = st.lists(st.tuples(st.sampled_from(["out.a", "out.b"]), st.integers(1, 300_000)), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None)
@given(sizes)
def test_chunks_are_cut_by_size_and_keep_the_order_of_the_outputs(wanted: list[tuple[str, int]]) -> None:
    outputs = [Output(topic, "k", b"x" * size) for topic, size in wanted]

    folded = fold_records([told(1, 0, put=True)], fold=Putting(outputs))

    assert [chunk.seq for chunk in folded.changes.chunks] == sorted(chunk.seq for chunk in folded.changes.chunks)
    for topic in ("out.a", "out.b"):
        sent = [record for chunk in folded.changes.chunks if chunk.topic == topic for record in chunk.records]
        assert [len(record.value) for record in sent] == [size for to, size in wanted if to == topic]
        numbers = [int(dict(record.headers)["origin"].rpartition(b"/")[2]) for record in sent]
        assert numbers == [number for number, (to, _) in enumerate(wanted, 1) if to == topic]
    assert all(small_enough(folded, number) for number in range(len(folded.changes.chunks)))


def small_enough(folded: Folded[Sum], number: int) -> bool:
    chunk = folded.changes.chunks[number]
    without_origin = [Sent(chunk.topic, chunk.partition, r.key, r.value, r.headers[:-1]) for r in chunk.records]
    return len(chunk.records) == 1 or sum(sent.size for sent in without_origin) <= CHUNK_BYTES_MAX


def test_batches_are_cut_by_records_and_by_bytes() -> None:
    many = [raw(b"x", offset) for offset in range(4_500)]
    large = [raw(b"x" * 3_000_000, offset) for offset in range(5)]

    assert [len(batch) for batch in cut(many)] == [2_000, 2_000, 500]
    assert [len(batch) for batch in cut(large)] == [2, 2, 1]
    assert list(cut([])) == []
