"""Whatever is sent: events of the contract in the forum alone, a refusal, or Unprocessable; and no personal data is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.connectors.delivery import Unreadable
from services.ingest.connectors.discourse.deliveries import READ, REFUSED
from shared.errors import Unprocessable
from tests.unit.ingest.discourse_deliveries import CASES, DISCOURSE, bytes_of, decode, posted
from tests.unit.ingest.hostile import NESTED, Json, damaged, mutated, survives

BODIES = {name: case.body for name, case in CASES.items()}
EVENTS = st.sampled_from(sorted({case.event for case in CASES.values()}))


def withstood(event: str, body: bytes) -> None:
    """Take a delivery in and read it, as the edge and the normaliser do."""
    try:
        kept = DISCOURSE.keep(body)
    except Unreadable:
        return
    assert DISCOURSE.keep(kept) == kept
    found = survives(lambda: decode(event, kept), {*READ, *REFUSED})
    assert {one.community for one in found.events} <= {"discourse:forum.example"}


@given(mutated(BODIES), EVENTS)
def test_a_mutated_delivery_of_any_kind_never_crashes(body: Json, event: str) -> None:
    withstood(event, bytes_of(body))


@given(mutated({name: {"event": case.event, "body": case.body} for name, case in CASES.items()}))
def test_a_mutated_delivery_never_crashes(case: Json) -> None:
    withstood(str(case["event"]), bytes_of(case["body"]))


@given(damaged(BODIES), EVENTS)
def test_a_delivery_with_bytes_changed_never_crashes(body: bytes, event: str) -> None:
    withstood(event, body)


POST = b'{"id":1,"topic_id":1,"post_number":1,"created_at":"2026-01-01T00:00:00Z","raw":%b}'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        NESTED,
        b"{}",
        b'{"user":{}}',
        b'{"post":[]}',
        b'{"post":{"id":1}}',
        b'{"post":' + POST % NESTED + b"}",
        b'{"post":' + POST % b"[1]" + b"}",
        b'{"post":' + POST % b'"\\ud800"' + b"}",
        b'{"post":' + POST % b'"\xff"' + b"}",
        b'{"post":' + POST % (b'"' + b"x" * 100_001 + b'"') + b"}",
    ],
)
def test_what_cannot_be_read_is_unprocessable(body: bytes) -> None:
    with pytest.raises(Unprocessable):
        decode("post_created", body)


def test_a_body_that_can_be_read_is_told() -> None:
    assert decode("post_created", b'{"post":' + POST % b'"a"' + b"}").events


def test_the_reason_quotes_nothing_of_the_payload() -> None:
    with pytest.raises(Unprocessable) as caught:
        decode(*posted(raw=["my secret"]))

    assert "secret" not in str(caught.value)
