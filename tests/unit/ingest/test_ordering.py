"""Records come in the order of time, whatever their order in the file, and memory stays flat."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.ingest.importers.ordering import Placed, in_order


@pytest.fixture(params=["look-ahead", "disk"])
def limits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.ingest.importers.ordering.LOOK_AHEAD", 1_000 if request.param == "look-ahead" else 2)
    monkeypatch.setattr("services.ingest.importers.ordering.RUN_BYTES", 50)


@pytest.mark.usefixtures("limits")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.floats(allow_nan=False), st.integers(0, 1), st.integers(0, 2**63 - 1)), max_size=60))
def test_records_come_in_the_order_of_time(orders: list[tuple[float, int, int]]) -> None:
    records = [Placed(order, str(n).encode()) for n, order in enumerate(orders)]

    found = list(in_order(lambda: iter(records)))

    assert [record.order for record in found] == sorted(orders)
    assert sorted(found) == sorted(records)


def test_a_file_that_is_newest_first_is_sorted_in_flat_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.ingest.importers.ordering.LOOK_AHEAD", 100)
    monkeypatch.setattr("services.ingest.importers.ordering.RUN_BYTES", 100_000)

    def newest_first() -> Iterator[Placed]:
        return (Placed((float(-n), 0, n), b"x" * 1_000) for n in range(20_000))

    tracemalloc.start()
    count = sum(1 for _ in in_order(newest_first))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 20_000
    assert peak < 4_000_000, "of 20 MB"
