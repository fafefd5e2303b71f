"""Whatever is sent: events of the contract, a refusal, or Unprocessable."""

from __future__ import annotations

import pytest
from hypothesis import given

from services.ingest.connectors.telegram.kinds import REFUSED, TOLD
from shared.errors import Unprocessable
from shared.events import decode as read
from shared.events import encode
from tests.unit.ingest.hostile import NESTED, Json, damaged, mutated, survives
from tests.unit.ingest.telegram_updates import CASES, decode, said

KINDS = {*TOLD, *REFUSED}


@given(mutated(CASES))
def test_a_mutated_update_never_crashes(update: Json) -> None:
    survives(lambda: decode(update), KINDS)


@given(damaged(CASES))
def test_an_update_with_bytes_changed_never_crashes(body: bytes) -> None:
    survives(lambda: decode(body), KINDS)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"\xef\xbb\xbf{}",
        NESTED,
        b'{"update_id":1,"x":' + NESTED + b"}",
        b'{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":1,"type":"group"},"rich_message":{"blocks":'
        + NESTED
        + b"}}}",
        b'{"update_id":%d}' % 2**70,
        b'{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":%d,"type":"group"},"text":"a"}}' % 2**70,
        b'{"update_id":1,"message":{"message_id":1,"date":1e400,"chat":{"id":1,"type":"group"},"text":"a"}}',
        b'{"update_id":1,"message":{"message_id":1,"date":%d,"chat":{"id":1,"type":"group"},"text":"a"}}' % 2**60,
        b'{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":1,"type":"group"},"text":"\\ud800"}}',
        b'{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":1,"type":"group"},"text":"\xff"}}',
    ],
)
def test_what_cannot_be_read_is_unprocessable(body: bytes) -> None:
    with pytest.raises(Unprocessable):
        decode(body)


def test_the_reason_quotes_nothing_of_the_payload() -> None:
    with pytest.raises(Unprocessable) as caught:
        decode(said(text=["my secret"]))

    assert "secret" not in str(caught.value)


def test_blocks_nested_as_deep_as_can_be_read_are_walked() -> None:
    blocks: object = "word"
    for _ in range(300):
        blocks = [blocks]

    (event,) = decode(said(rich_message={"blocks": blocks})).events

    assert event.data.text == "word"  # type: ignore[attr-defined] # a content


def test_a_name_may_hold_any_character() -> None:
    (event,) = decode(said(text="a", **{"from": {"id": 1, "first_name": "\x00 \u202e"}})).events

    assert read(encode(event)) == event
