"""What is counted of carrying acts out. Labels are few: platforms, outcomes, classes; never a member or an address."""

from __future__ import annotations

from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.delivery.platforms.platform import Ending
from shared.events.actions import Priority

WAITS_S = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800)


class Figures:
    """The metrics of the carrier."""

    def __init__(self, registry: CollectorRegistry, platforms: list[str]) -> None:
        """Every label that can be is there from the start, with nothing counted."""
        self._acts = Counter("veche_delivery_acts", "Acts that are over.", ["platform", "outcome"], registry=registry)
        self._calls = Counter("veche_delivery_calls", "Requests to platforms.", ["platform", "outcome"], registry=registry)
        self._throttled = Counter(
            "veche_delivery_throttled", "Times that a platform asked to be left alone.", ["platform"], registry=registry
        )
        self._waits = Histogram(
            "veche_delivery_wait_seconds",
            "How long a request waited for its turn.",
            ["platform", "priority"],
            buckets=WAITS_S,
            registry=registry,
        )
        self._took = Histogram(
            "veche_delivery_act_seconds",
            "From when the bus had an act to its end.",
            ["platform", "priority"],
            buckets=WAITS_S,
            registry=registry,
        )
        self.open = Gauge("veche_delivery_open_targets", "Targets with open acts in this process.", registry=registry)
        self.resting = Gauge("veche_delivery_connections_resting", "Connections that are left alone.", registry=registry)
        self.alone = Gauge(
            "veche_delivery_limits_in_process",
            "1 while Redis is lost and limits are shared by partitions.",
            registry=registry,
        )
        for platform in platforms:
            self._throttled.labels(platform)
            for outcome in ("done", *get_args(Ending)):
                self._acts.labels(platform, outcome)
            for outcome in ("2xx", "3xx", "4xx", "5xx", "away", "unsure"):
                self._calls.labels(platform, outcome)
            for priority in get_args(Priority):
                self._waits.labels(platform, priority)
                self._took.labels(platform, priority)

    def over(self, platform: str, code: Ending | None, priority: Priority, seconds: float) -> None:
        """An act is over."""
        self._acts.labels(platform, code or "done").inc()
        self._took.labels(platform, priority).observe(max(0.0, seconds))

    def called(self, platform: str, outcome: str) -> None:
        """A request ended: `2xx` … `5xx`, `away` or `unsure`."""
        self._calls.labels(platform, outcome).inc()

    def throttled(self, platform: str) -> None:
        """A platform asked to be left alone."""
        self._throttled.labels(platform).inc()

    def waited(self, platform: str, priority: Priority, seconds: float) -> None:
        """A request had its turn."""
        self._waits.labels(platform, priority).observe(seconds)
