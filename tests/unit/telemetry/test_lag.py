"""The lag of a partition is told by who folds it, and by nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from opentelemetry import trace
from prometheus_client import CollectorRegistry

from shared.clock import SetClock
from shared.errors import Halt
from shared.telemetry.metrics import FoldMetrics, FoldObserver
from shared.telemetry.traces import RecordSpans

GROUP = "normaliser"


def watched() -> tuple[FoldObserver, CollectorRegistry, SetClock]:
    clock, registry = SetClock(datetime(2026, 3, 2, tzinfo=UTC)), CollectorRegistry()
    spans = RecordSpans(trace.get_tracer("test"), GROUP)
    return FoldObserver(GROUP, FoldMetrics(registry), spans, clock), registry, clock


def told(registry: CollectorRegistry, q: int) -> float | None:
    return registry.get_sample_value("veche_fold_lag_seconds", {"group": GROUP, "partition": str(q)})


def test_a_partition_that_moved_away_has_no_lag_here_any_more() -> None:
    observer, registry, clock = watched()
    observer.turned((3, 4), {})
    clock.forward(timedelta(seconds=100))
    observer.lagging(3, 5)
    observer.lagging(4, 5)

    observer.turned((4,), {})

    assert observer.lags == {4: 100}
    assert (told(registry, 3), told(registry, 4)) == (None, 100)


def test_a_partition_that_comes_back_lags_from_its_coming_on() -> None:
    observer, registry, clock = watched()
    for owned in ((3,), (), (3,)):
        observer.turned(owned, {})
        clock.forward(timedelta(hours=1))

    observer.lagging(3, 5)

    assert told(registry, 3) == 3_600


def test_a_partition_that_stands_still_goes_on_telling_its_lag() -> None:
    observer, registry, clock = watched()
    observer.turned((3,), {})
    clock.forward(timedelta(seconds=100))
    observer.lagging(3, 5)

    observer.turned((), {3: Halt("wrong", "why")})

    assert told(registry, 3) == 100
