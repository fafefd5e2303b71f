from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.delivery import Delivery, Keys
from services.ingest.connectors.events import TOGETHER_BYTES_MAX, TOGETHER_MAX, apart, together
from services.ingest.connectors.payload import Decoded, Payload, Reason
from services.ingest.connectors.raw import Raw, from_record, to_record
from shared.errors import Unprocessable
from shared.events import Envelope, encode
from shared.events.commerce import Purchase, PurchaseMade
from shared.events.community import Content, ContentCreated
from shared.events.engagement import Points, PointsGranted
from shared.topics import RAW
from tests.fakes import FakeRecord

EVENTS = CONNECTORS["events"]
RECORDED = datetime(2026, 3, 1, 12, tzinfo=UTC)

TOLD = ContentCreated(
    id="review-1",
    source="forged/else",
    time=RECORDED - timedelta(hours=1),
    brand="somebody-else",
    recordedtime=RECORDED - timedelta(days=900),
    community="portal:shop",
    data=Content(content_id="portal:shop:1", kind="review", text="Отлично"),
)


def test_a_payload_comes_back_from_its_record_with_the_headers_that_were_kept() -> None:
    payload = Payload(
        body=b"{}", brand="acme", connection="hook", recordedtime=RECORDED, headers={"x-discourse-event": "post_created"}
    )

    record = to_record(Raw("discourse", payload))

    assert from_record(FakeRecord(RAW.name, 0, 0, 0, *record)) == Raw("discourse", payload)


def taken(event: Envelope | bytes, **history: Any) -> Decoded:  # noqa: ANN401 - fields of a payload
    body = event if isinstance(event, bytes) else encode(event)
    payload = Payload(
        body=body, brand="acme", connection="portal", community="portal:shop", recordedtime=RECORDED, **history
    )
    sent = to_record(Raw("events", payload))
    return EVENTS.decode(from_record(FakeRecord(RAW.name, 0, 0, 0, *sent)).payload)


def test_an_event_is_stamped_anew() -> None:
    (event,) = taken(TOLD, imported=True).events

    assert event == replace(TOLD, brand="acme", source="events/portal", recordedtime=RECORDED, imported=True)


def test_an_event_with_an_empty_id_is_refused_and_not_taken_for_another() -> None:
    with pytest.raises(Unprocessable, match="id is empty"):
        taken(replace(TOLD, id=""))


def test_a_sender_cannot_call_its_events_history_nor_have_it_earn_points() -> None:
    (event,) = taken(replace(TOLD, imported=True, backfillpoints=True)).events

    assert not event.imported
    assert not event.backfillpoints


@pytest.mark.parametrize("asked", [False, True])
def test_history_carries_whether_the_import_asked_for_points(asked: bool) -> None:  # noqa: FBT001
    (event,) = taken(TOLD, imported=True, backfill_points=asked).events

    assert event.imported
    assert event.backfillpoints == asked


def test_time_is_kept_in_utc() -> None:
    (event,) = taken(replace(TOLD, time=RECORDED.astimezone(timezone(timedelta(hours=3))))).events

    assert event.time.tzinfo == UTC
    assert event.time == RECORDED


def test_what_our_services_decide_is_not_taken_from_outside() -> None:
    points = Points(member="portal:1", cause="x", rule="r", version=1, uncapped=1_000_000)
    forged = PointsGranted(id="1", source="s", time=RECORDED, brand="b", recordedtime=RECORDED, community="c", data=points)

    assert taken(forged).refused[0].reason is Reason.NOT_ACCEPTED


def test_content_without_a_community_is_refused() -> None:
    assert taken(replace(TOLD, community=None)).refused[0].reason is Reason.NO_COMMUNITY


def test_a_purchase_needs_no_community() -> None:
    bought = Purchase(member="portal:1", order="o", amount=100, currency="RUB")
    event = PurchaseMade(id="1", source="s", time=RECORDED, brand="b", recordedtime=RECORDED, data=bought)

    assert taken(event).events


def test_an_unknown_type_is_refused() -> None:
    told = taken(encode(TOLD).replace(b"content.created", b"content.sung"))

    assert (told.refused[0].reason, told.refused[0].kind) == (Reason.UNKNOWN_KIND, "unknown")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"[" * 5000,
        encode(replace(TOLD, time=RECORDED + timedelta(days=1, seconds=1))),
        encode(TOLD).replace(b"2026-03-01T11:00:00Z", b"9999-12-31T23:59:59-12:00"),
        encode(TOLD).replace(b'"kind":"review"', b'"edition":%d' % 2**70),
        encode(TOLD).replace(b'"kind":"review"', b'"kind":"song"'),
    ],
)
def test_what_is_no_event_is_unprocessable(body: bytes) -> None:
    with pytest.raises(Unprocessable):
        taken(body)


def test_a_day_ahead_is_still_taken() -> None:
    assert taken(replace(TOLD, time=RECORDED + timedelta(days=1))).events


@pytest.mark.parametrize(
    ("body", "community"), [(encode(TOLD), "portal:shop"), (b"{}", None), (b"nothing", None), (b"[" * 5000, None)]
)
def test_the_place_is_the_community_that_is_named(body: bytes, community: str | None) -> None:
    assert EVENTS.place(body, {}) == community


def signed(body: bytes, secret: str) -> dict[str, str]:
    return {"x-veche-signature": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def genuine(headers: dict[str, str], *secrets: str) -> bool:
    return EVENTS.verify(Delivery(headers, b"raw", RECORDED), Keys(secrets))


def test_either_of_two_secrets_signs() -> None:
    assert genuine(signed(b"raw", "next"), "now", "next")
    assert genuine(signed(b"raw", "now"), "now", "next")


@pytest.mark.parametrize("headers", [signed(b"other", "now"), signed(b"raw", "else"), {}, {"x-veche-signature": "sha256="}])
def test_anything_else_is_not_genuine(headers: dict[str, str]) -> None:
    assert not genuine(headers, "now")


def test_without_secrets_nothing_is_genuine() -> None:
    assert not genuine(signed(b"raw", ""), "")
    assert not genuine(signed(b"raw", ""))


def test_events_that_were_sent_together_are_read_one_by_one() -> None:
    others = [replace(TOLD, id=f"review-{n}") for n in range(3)]
    (body,) = together([msgspec.Raw(encode(event)) for event in others])

    found = taken(body, imported=True)

    assert [event.id for event in found.events] == ["review-0", "review-1", "review-2"]
    assert all((event.brand, event.imported) == ("acme", True) for event in found.events)


def test_of_events_together_each_that_is_not_taken_says_why() -> None:
    found = taken(b"[" + encode(TOLD) + b',{"type":"community.weather.changed"}]')

    assert ([event.id for event in found.events], [refusal.reason for refusal in found.refused]) == (
        ["review-1"],
        [Reason.UNKNOWN_KIND],
    )


@pytest.mark.parametrize(
    "body", [b"[1]", b"[{}", b"[" * 5_000, b"[" + encode(TOLD) + b"," + encode(replace(TOLD, community="portal:b")) + b"]"]
)
def test_an_array_of_anything_else_is_unprocessable(body: bytes) -> None:
    with pytest.raises(Unprocessable):
        taken(body)


def test_events_go_together_in_order_and_not_too_many() -> None:
    many = [msgspec.Raw(b"%d" % number) for number in range(2 * TOGETHER_MAX + 5)]
    large = [msgspec.Raw(b"x" * (TOGETHER_BYTES_MAX - 10)), msgspec.Raw(b"y" * 20), msgspec.Raw(b"z" * TOGETHER_BYTES_MAX)]

    payloads = list(together(many))

    assert [len(apart(body)) for body in payloads] == [TOGETHER_MAX, TOGETHER_MAX, 5]
    assert [bytes(raw) for body in payloads for raw in apart(body)] == [bytes(raw) for raw in many]
    assert [len(body) for body in together(large)] == [TOGETHER_BYTES_MAX - 10, 20, TOGETHER_BYTES_MAX]
