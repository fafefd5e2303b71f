"""The service itself on real Kafka and MongoDB: what is published is in the figures, once, also after a restart."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest

from services.reporting.store import INDEX_NAME
from shared.bus import admin
from shared.settings import Settings
from shared.topics import DECISIONS, EVENTS, LEDGER, declared
from tests import builders
from tests.integration.reporting.live import TOPICS, publish, running, started, until
from tests.parts import StackFactory

EVENTS_SENT = 3_000


@pytest.mark.timeout(180)
async def test_what_is_published_is_counted_once(own_stack: StackFactory) -> None:
    parts = started(own_stack())
    brand = f"brand-{secrets.token_hex(4)}"
    settings = Settings(mongo=parts.mongo, kafka=parts.kafka, database_prefix=f"folds_{secrets.token_hex(4)}")
    await admin.apply(parts.kafka, [t for t in declared() if t.name in TOPICS])
    written = [
        builders.content_created(brand=brand, id=f"e{n}", time=builders.AT + timedelta(minutes=n), actor=f"telegram:{n % 7}")
        for n in range(EVENTS_SENT)
    ]
    community = f"{brand}/{builders.PLACE}"
    expected = {"content": EVENTS_SENT, "active_members": 7, "removals": 1, "points_issued": 10}

    await publish(parts, EVENTS.name, community, written)
    decided = [builders.decision_reversed(brand=brand, decision="d1"), builders.decision_made(brand=brand, decision="d1")]
    await publish(parts, DECISIONS.name, community, [*decided, builders.decision_made(brand=brand, decision="d2")])
    for member in ("telegram:1", "telegram:2"):
        posted = builders.points_granted(brand=brand, applied=5, member=member)
        await publish(parts, LEDGER.name, f"{brand}/{member}", [posted])
    async with running(settings) as service:
        assert await until(service, brand, expected) == expected
    late = builders.content_created(brand=brand, id="late", time=builders.AT - timedelta(hours=20), actor="telegram:1")
    await publish(parts, EVENTS.name, community, [late])
    async with running(settings) as again:
        assert await until(again, brand, expected | {"content": EVENTS_SENT + 1}) == expected | {"content": EVENTS_SENT + 1}
        indexes = await again.client.get_database(again.database)["figures.states"].index_information()

    assert INDEX_NAME in indexes
