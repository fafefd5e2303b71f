"""How events of one request go to Kafka: under their communities, in order, stamped once, some of them together."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from services.ingest.batches import checked, split
from services.ingest.connectors.events import TOGETHER_MAX, apart
from services.ingest.connectors.raw import from_record
from services.ingest.store import Intake, Sender
from shared.bus.record import Outgoing
from shared.clock import SetClock
from shared.events import Envelope, encode
from tests.builders import AT, RECORDED, content_created, kpi_observed
from tests.fakes import FakeRecord
from tests.unit.ingest.doors import FakePublisher

SENDER = Sender("acme", "portal-key", {"portal:theirs": "competitor"})


async def taken(events: Sequence[Envelope], *, imported: bool = False) -> list[Outgoing]:
    publisher = FakePublisher()
    intake = Intake(publisher, SetClock(RECORDED))  # type: ignore[arg-type] # a fake
    body = b"[" + b",".join(map(encode, events)) + b"]"
    batch = checked(body, split(body), "acme", AT, imported=imported)
    await intake.events(SENDER, batch, imported=imported, backfill_points=False)
    (together,) = publisher.sent
    return together


def told(record: Outgoing) -> list[str]:
    raws = apart(record.value) if record.value.startswith(b"[") else [msgspec.Raw(record.value)]
    return [msgspec.json.decode(raw)["id"] for raw in raws]


async def test_events_of_each_community_stand_under_its_key_in_their_order() -> None:
    places = ["portal:a", "portal:theirs", "portal:a", None, "portal:theirs", "portal:a"]
    events = [
        content_created(id=f"e{n}", community=place) if place else kpi_observed(id=f"e{n}", community=None)
        for n, place in enumerate(places)
    ]

    records = await taken(events)

    assert [(record.key, told(record)) for record in records] == [
        (b"acme/portal:a", ["e0", "e2", "e5"]),
        (b"acme/portal:theirs", ["e1", "e4"]),
        (b"acme/portal-key", ["e3"]),
    ]


async def test_whose_a_community_is_goes_with_its_events_alone() -> None:
    events = [content_created(id=f"e{n}", community=place) for n, place in enumerate(["portal:a", "portal:theirs"])]

    records = await taken(events, imported=True)

    raws = [from_record(FakeRecord("raw", 0, 0, 0, *record)).payload for record in records]
    assert [(raw.community, raw.purpose) for raw in raws] == [("portal:a", None), ("portal:theirs", "competitor")]
    assert all((raw.connection, raw.imported, raw.recordedtime) == ("portal-key", True, AT) for raw in raws)


async def test_a_large_request_is_several_records_whose_headers_are_made_once() -> None:
    events = [content_created(id=f"e{n}", community="portal:a") for n in range(2 * TOGETHER_MAX + 1)]

    records = await taken(events)

    assert [len(told(record)) for record in records] == [TOGETHER_MAX, TOGETHER_MAX, 1]
    assert [id_ for record in records for id_ in told(record)] == [event.id for event in events]
    assert all(record.headers is records[0].headers for record in records)
