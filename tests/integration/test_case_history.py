"""Of a case with a long history the newest is read, in order, by an index."""

from __future__ import annotations

from services.moderation import app as moderation
from services.moderation.cases.case import Case
from services.moderation.store.cases import Cases
from tests.integration.services import running, settings_for
from tests.parts import Addresses

CASE = Case(id="c:1", brand="acme", community="history")


async def test_the_newest_of_a_long_history_is_read_in_order(parts: Addresses) -> None:
    service = moderation.create_app(settings_for(parts))
    async with running(service):
        cases = Cases(service.client, service.database)
        await cases.prepare()
        entry = {"kind": "audit", "brand": "acme", "community": "history", "what": {"case": "c:1"}}
        entries = service.client[service.database]["cases.entries"]
        await entries.insert_many([entry | {"_id": f"history-{n}", "n": n} for n in range(1, 206)])

        found = await cases.history(CASE)
        indexes = await entries.index_information()

    assert [one["n"] for one in found] == list(range(6, 206))
    assert "brand_1_community_1_what.case_1_n_1" in indexes
