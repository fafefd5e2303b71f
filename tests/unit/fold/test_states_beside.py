"""Items that look at several states at once: all of them are loaded, changed together, and given up together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from typing_extensions import override

from shared.bus.record import Record
from shared.fold.definition import Item, Step
from tests.unit.fold.batches import fold_records, reasons, told
from tests.unit.fold.chain import Sum, Sums


class Paired(Sums):
    """Sums that are counted for a pair of keys as well: `{key}` and `all`."""

    @override
    def read(self, record: Record) -> Sequence[Item[dict[str, Any]]]:
        return [item._replace(beside=("all",)) for item in super().read(record)]

    def evolve_beside(self, state: Sum | None, beside: Sequence[Sum | None], event: dict[str, Any]) -> Step[Sum]:
        own, whole = super().evolve(state, event), super().evolve(beside[0], event)
        if event.get("fails"):
            raise ValueError
        if event.get("alone"):
            return Step(own.state, own.entries, own.outputs)
        return Step(own.state, own.entries, own.outputs, beside=(whole.state,))


def test_a_state_beside_is_seen_and_changed_by_each_item() -> None:
    folded = fold_records([told(2, 0, "a"), told(3, 1, "b")], fold=Paired(), known={"all": None})

    assert folded.states["all"] is not None
    assert folded.states["all"].total == 5


def test_a_state_beside_that_is_left_alone_is_not_written() -> None:
    folded = fold_records([told(2, 0, "a", alone=True)], fold=Paired(), known={"all": None})

    assert list(folded.states) == ["a"]


def test_a_record_that_fails_leaves_no_trace_in_the_state_beside() -> None:
    folded = fold_records([told(2, 0, "a"), told(7, 1, "b", fails=True)], fold=Paired(), known={"all": None})

    assert len(reasons(folded)) == 1
    assert folded.states["all"] is not None
    assert folded.states["all"].total == 2
