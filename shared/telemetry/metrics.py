"""Metrics of folds and of HTTP. Label sets are bounded and initialised to zero, so that an alert sees the first event."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
from typing_extensions import override

from shared.bus.record import Headers, Record
from shared.clock import Clock
from shared.errors import Halt
from shared.fold.batch import Folded
from shared.fold.observer import Observer, Watch
from shared.fold.sift import Sifted
from shared.telemetry.traces import BatchSpans, RecordSpans

OUTCOMES = ("folded", "redelivered", "duplicate", "discarded", "dead")
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class FoldMetrics:
    """The metrics of all folds of a process."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.registry = registry
        self.records = Counter(
            "veche_fold_records", "Records by what became of them.", ["group", "outcome"], registry=registry
        )
        self.dead = Counter("veche_fold_dead_letters", "Dead letters.", ["group"], registry=registry)
        self.lag = Gauge(
            "veche_fold_lag_seconds",
            "Age of the newest folded record while more wait, else 0.",
            ["group", "partition"],
            registry=registry,
        )
        self.freshness = Gauge(
            "veche_fold_freshness_seconds",
            "How long after Kafka took it the newest record was folded.",
            ["group"],
            registry=registry,
        )
        self.batch = Histogram("veche_fold_batch_seconds", "Time of a batch.", ["group"], buckets=SECONDS, registry=registry)
        self.partitions = Gauge("veche_fold_partitions", "Partitions there are to fold.", ["group"], registry=registry)
        self.owned = Gauge("veche_fold_owned_partitions", "Partitions folded here.", ["group"], registry=registry)
        self.halted = Gauge("veche_fold_halted_partitions", "Partitions that stand still.", ["group"], registry=registry)
        self.fenced = Counter("veche_fold_fenced", "Owners that were fenced.", ["group"], registry=registry)
        self.republished = Counter(
            "veche_fold_outbox_republished", "Outputs published again by a new owner.", ["group"], registry=registry
        )


class FoldWatch(Watch):
    """Traces one batch."""

    def __init__(self, spans: BatchSpans) -> None:
        super().__init__()
        self._spans = spans

    @override
    def carry(self, record: Record) -> Headers:
        """Give a sampled record a span, and hand its trace on."""
        return self._spans.carry(record) if record.headers else ()

    @override
    def end(self) -> float:
        """End the spans."""
        self._spans.end()
        return super().end()


class FoldObserver(Observer):
    """Counts, times and traces one loop."""

    def __init__(
        self,
        group: str,
        metrics: FoldMetrics,
        spans: RecordSpans,
        clock: Clock,
        committed: Callable[[int, Iterable[str]], None] | None = None,
    ) -> None:
        """`committed` hears which states of which partition were written."""
        super().__init__()
        self._committed = committed
        self._group, self._metrics, self._spans, self._clock = group, metrics, spans, clock
        self.turned_at = time.monotonic()
        self.failure: str | None = None
        self.lags: dict[int, float] = {}
        """Seconds by partition, as last looked at."""
        self._newest: dict[int, int] = {}
        self._here: frozenset[int] = frozenset()
        self._born_ms = round(self._now() * 1000)
        for outcome in OUTCOMES:
            metrics.records.labels(group, outcome)
        for metric in (metrics.dead, metrics.fenced, metrics.republished, metrics.batch, metrics.freshness):
            metric.labels(group)

    def _count(self, outcome: str, records: int) -> None:
        if records:
            self._metrics.records.labels(self._group, outcome).inc(records)

    @override
    def begin(self) -> Watch:
        """Watch a batch."""
        return FoldWatch(self._spans.begin())

    @override
    def counted(self, partitions: int) -> None:
        """Note how many partitions there are to fold."""
        self._metrics.partitions.labels(self._group).set(partitions)

    @override
    def committed(self, batch: Sequence[Folded[Any]]) -> None:
        """Tell which states were written."""
        if self._committed is not None:
            for folded in batch:
                self._committed(folded.q, folded.changes.states)

    @override
    def folded(self, batch: Sequence[Folded[Any]], seconds: float) -> None:
        """Count a batch that was written and published."""
        self._metrics.batch.labels(self._group).observe(seconds)
        for folded in batch:
            tally = folded.tally
            self._count("folded", tally.folded)
            self._count("duplicate", tally.duplicates)
            self._count("dead", tally.dead)
            self._metrics.dead.labels(self._group).inc(tally.dead)
            newest = max(record.timestamp for record in folded.records)
            if newest >= 0:  # else nothing could be read, so nothing tells its time
                self._newest[folded.q] = newest
        newest = max((record.timestamp for folded in batch for record in folded.records), default=-1)
        if newest >= 0:
            self._metrics.freshness.labels(self._group).set(max(0.0, self._now() - newest / 1000))

    def _now(self) -> float:
        return self._clock.now().timestamp()

    @override
    def sifted(self, sifted: Sifted) -> None:
        """Count what was delivered twice or too early."""
        self._count("redelivered", sifted.redelivered)
        self._count("discarded", sifted.discarded)

    @override
    def discarded(self, records: int) -> None:
        """Count records of partitions that are not owned."""
        self._count("discarded", records)

    @override
    def fenced(self) -> None:
        """Count a fence."""
        self._metrics.fenced.labels(self._group).inc()

    @override
    def republished(self, records: int) -> None:
        """Count what an earlier owner left."""
        self._metrics.republished.labels(self._group).inc(records)

    @override
    def failed(self, error: Exception) -> None:
        """Remember why the loop waits."""
        self.failure = str(error)

    @override
    def turned(self, owned: Collection[int], halted: Mapping[int, Halt]) -> None:
        """Note that the loop is alive."""
        self.turned_at, self.failure = time.monotonic(), None
        self._metrics.owned.labels(self._group).set(len(owned))
        self._metrics.halted.labels(self._group).set(len(halted))
        self._stay(frozenset(owned) | halted.keys())

    def _stay(self, here: frozenset[int]) -> None:
        """Forget the lag of partitions that are folded elsewhere now; that of one that came counts from its coming."""
        for q in self.lags.keys() - here:
            del self.lags[q]
            self._metrics.lag.remove(self._group, str(q))
        if here != self._here:
            came = dict.fromkeys(here, round(self._now() * 1000))
            self._newest = came | {q: at for q, at in self._newest.items() if q in here}
            self._here = here

    def lagging(self, q: int, waiting: int) -> None:
        """Set the lag of a partition in seconds: the age of the newest folded record while others wait."""
        since = self._newest.get(q, self._born_ms) / 1000
        age = max(0.0, self._now() - since) if waiting else 0.0
        self.lags[q] = age
        self._metrics.lag.labels(self._group, str(q)).set(age)
