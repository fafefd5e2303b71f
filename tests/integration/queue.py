"""Cases as the fold stores them, put there by hand: so pages are looked at without waiting for a fold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.moderation.cases.case import Case, Claimed, Held, milliseconds
from services.moderation.cases.priority import placed
from services.moderation.cases.states import case_key, encoded_state, url_key
from shared.bus.partition import partition_for
from shared.runtime import Service
from shared.topics import PARTITIONS

SEVERITIES = ("low", "medium", "high", "critical")
HOUR_MS = 3_600_000


def case(number: int, now: datetime, **more: Any) -> Case:  # noqa: ANN401 - fields of a case
    """Return an open case of a content that a rule flagged; severities and members go round."""
    opened_ms = milliseconds(now) - number * HOUR_MS // 10
    held = Held(id=f"d{number}", verdict="flag", at_ms=opened_ms, cause=f"e{number}", rules=("phrases",), version=3)
    fields: dict[str, Any] = {
        "id": f"m{number}",
        "brand": "acme",
        "community": f"telegram:-{number % 5}",
        "content": f"m{number}",
        "member": f"u{number % 700}",
        "version": 1,
        "status": "open",
        "opened_ms": opened_ms,
        "why": ("phrases",),
        "severity": SEVERITIES[number % 4],
        "reach": number % 300,
        "decisions": (held,),
    }
    return placed(Case(**(fields | more)))


def claim(by: str, now: datetime, minutes: int = 15) -> Claimed:
    return Claimed(by=by, until_ms=milliseconds(now) + minutes * 60_000)


async def stored(service: Service, cases: Sequence[Case]) -> None:
    """Put cases where the fold of cases keeps them."""
    documents = [
        {"_id": case_key(one.brand, one.community, one.id), "q": _partition(one), **encoded_state(one)} for one in cases
    ]
    await service.client[service.database]["cases.states"].insert_many(documents)


def _partition(one: Case) -> int:
    return partition_for(f"{one.brand}/{one.community}".encode(), PARTITIONS)


def address(one: Case) -> str:
    return f"/cases/{url_key(one.brand, one.community, one.id)}"
