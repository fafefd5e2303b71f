"""Whatever is sent: events of the contract in the part's one community, a refusal, or Unprocessable."""

from __future__ import annotations

import pytest
from hypothesis import given

from services.ingest.connectors.delivery import Unreadable
from services.ingest.connectors.meta import instagram, page
from shared.errors import Unprocessable
from tests.unit.ingest.hostile import NESTED, Json, damaged, mutated, survives
from tests.unit.ingest.meta_requests import CASES, FACEBOOK, bytes_of, comment, decode
from tests.unit.ingest.test_meta_connector import MIXED

ITEMS = {item for readers in page.FIELDS.values() for item in readers}
KINDS = {*ITEMS, *page.REFUSED, *page.SETTINGS, *instagram.READ, *instagram.NOT_FACTS, "messages", "mention"}
ALL = CASES | {"mixed": MIXED}


def withstood(body: bytes) -> None:
    """Take a delivery in and read all of it, as the edge and the normaliser do."""
    try:
        kept = FACEBOOK.keep(body)
    except Unreadable:
        return
    for part in FACEBOOK.parts(kept):
        place = FACEBOOK.place(part, {})
        found = survives(lambda part=part: decode(part), KINDS)  # type: ignore[misc] # bound now
        assert {event.community for event in found.events} <= {place}


@given(mutated(ALL))
def test_a_mutated_request_never_crashes(request: Json) -> None:
    withstood(bytes_of(request))


@given(damaged(ALL))
def test_a_request_with_bytes_changed_never_crashes(body: bytes) -> None:
    withstood(body)


def entry(value: bytes, time: bytes = b"1", id_: bytes = b'"1"') -> bytes:
    change = b'[{"field":"feed","value":' + value + b"}]"
    return b'{"object":"page","entry":[{"id":' + id_ + b',"time":' + time + b',"changes":' + change + b"}]}"


SAID = b'{"item":"comment","verb":"add","post_id":"1_2","comment_id":"2_3","message":%b}'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        NESTED,
        b"{}",
        b'{"object":"page","entry":[]}',
        b'{"object":"page","entry":[{"id":""}]}',
        b'{"object":"page","entry":[{"id":"1"},{"id":"2"}]}',
        entry(b'{"item":"comment","other":' + NESTED + b"}"),
        entry(b'{"item":"comment","verb":"add","post_id":"1_2"}'),
        entry(b'{"item":"status","verb":"add"}'),
        entry(b'{"item":"reaction","verb":"add"}'),
        entry(b'{"item":"comment","verb":"add","post_id":"1_2","comment_id":""}'),
        entry(SAID % NESTED),
        entry(SAID % b'"\\ud800"'),
        entry(SAID % b'"\xff"'),
        entry(SAID % (b'"' + b"x" * 100_001 + b'"')),
        entry(SAID % b'"a"', time=b"%d" % 2**60),
        entry(SAID % b'"a"', time=b"1e400"),
        entry(SAID % b'"a"', id_=b"%d" % 2**70),
        entry(SAID % b'"a"', id_=b"-1"),
    ],
)
def test_what_cannot_be_read_is_unprocessable(body: bytes) -> None:
    with pytest.raises(Unprocessable):
        decode(body)


def test_a_body_that_can_be_read_is_told() -> None:
    assert decode(entry(SAID % b'"a"')).events


def test_the_reason_quotes_nothing_of_the_payload() -> None:
    with pytest.raises(Unprocessable) as caught:
        decode(comment(message=["my secret"]))

    assert "secret" not in str(caught.value)
