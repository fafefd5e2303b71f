"""What the demo sees of the services: their metrics, and the bus as any other service would read it."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
import msgspec
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage

from demo.processes import SERVICES
from shared.events import decode
from shared.events.engagement import PointsClawedBack, PointsGranted, PointsRestored
from shared.events.moderation import DecisionMade, DecisionReversed
from shared.topics import DECISIONS, LEDGER

_METRIC = re.compile(
    r'^veche_fold_(records_total|lag_seconds)\{group="(\w+)",(?:outcome|partition)="(\w+)"\} (\S+)$', re.MULTILINE
)
_OPEN = re.compile(r"^veche_delivery_open_targets (\S+)$", re.MULTILINE)
LAST = 8


@dataclass
class Seen:
    """What was on the bus."""

    verdicts: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    removed: dict[str, frozenset[str]] = field(default_factory=dict)
    """By content: the rules that had it removed."""
    causes: dict[str, str] = field(default_factory=dict)
    """By content: the event that was judged."""
    balances: dict[str, int] = field(default_factory=dict)
    latest: deque[str] = field(default_factory=lambda: deque(maxlen=LAST))

    def take(self, raw: bytes) -> None:
        """Note one record."""
        match decode(raw):
            case DecisionMade(data=data) as event:
                rules = frozenset(finding.rule for finding in data.findings)
                self.verdicts[data.verdict] += 1
                self.rules.update(rules)
                if data.takes_away and data.content_id:
                    self.removed[data.content_id] = rules
                    self.causes[data.content_id] = data.cause
                self.latest.appendleft(f"{event.time:%H:%M} {data.verdict:7} {', '.join(sorted(rules))}  {data.content_id}")
            case DecisionReversed(data=data) if data.content_id:
                self.removed.pop(data.content_id, None)
            case PointsGranted(data=data) | PointsClawedBack(data=data) | PointsRestored(data=data):
                self.balances[data.member] = data.balance or 0
            case _:
                pass


async def raw_batch(message: KafkaMessage) -> list[bytes]:
    """Hand the values on undecoded."""
    return [record.value for record in message.raw_message]


def subscriber(servers: str, seen: Seen) -> KafkaBroker:
    """Return a broker that reads decisions and ledger from their beginning, into `seen`. Losing some would harm nobody."""
    broker = KafkaBroker(servers, logger=None)

    @broker.subscriber(
        DECISIONS.name, LEDGER.name, batch=True, auto_offset_reset="earliest", decoder=raw_batch, no_reply=True
    )
    async def note(records: list[bytes]) -> None:
        for raw in records:
            seen.take(raw)

    return broker


async def open_targets(http: httpx.AsyncClient, env: Mapping[str, str]) -> int:
    """Return of how many targets something is still to be done on the platforms."""
    answer = await http.get(env["VECHE_DELIVERY_URL"] + "/metrics")
    found = _OPEN.search(answer.text)
    return 0 if found is None else int(float(found[1]))


class Group(msgspec.Struct):
    """One consumer group, as its metrics tell."""

    folded: int = 0
    dead: int = 0
    lag_s: float = 0.0


async def groups(http: httpx.AsyncClient, env: Mapping[str, str]) -> dict[str, Group]:
    """Return the groups of all services."""
    found: dict[str, Group] = {}
    for service in SERVICES:
        answer = await http.get(env[f"VECHE_{service.upper()}_URL"] + "/metrics")
        for metric, group, label, value in _METRIC.findall(answer.text):
            told = found.setdefault(group, Group())
            if metric == "lag_seconds":
                told.lag_s = max(told.lag_s, float(value))
            elif label == "folded":
                told.folded = int(float(value))
            elif label == "dead":
                told.dead = int(float(value))
    return found
