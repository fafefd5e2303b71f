"""The parts of the stack, a file each; a new part is a new file and one line here."""

from pathlib import Path

from deploy.native.parts.alertmanager import AlertmanagerPart
from deploy.native.parts.collector import CollectorPart, can_have_collector, is_built
from deploy.native.parts.kafka import KafkaPart
from deploy.native.parts.mongo import MongoPart
from deploy.native.parts.part import Part
from deploy.native.parts.prometheus import PrometheusPart
from deploy.native.parts.redis import RedisPart
from deploy.native.parts.zipkin import ZipkinPart

# Settings of later parts win over those of earlier ones: the collector stands after the trace store.
PARTS: tuple[Part, ...] = (
    KafkaPart(),
    MongoPart(),
    RedisPart(),
    ZipkinPart(),
    CollectorPart(),
    PrometheusPart(),
    AlertmanagerPart(),
)

CORE = ("kafka", "mongo", "redis")
METRICS = ("prometheus", "alertmanager")


def traces(cache: Path) -> tuple[str, ...]:
    """Return the names of the parts for traces: without Go there is no collector, and services do without."""
    return ("zipkin", "collector") if can_have_collector(cache) else ("zipkin",)


def traces_at_hand(cache: Path) -> tuple[str, ...]:
    """Return the names of the parts for traces that need no building: a collector takes minutes the first time."""
    return ("zipkin", "collector") if is_built(cache) else ("zipkin",)
