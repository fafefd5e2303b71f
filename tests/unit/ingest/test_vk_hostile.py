"""Whatever is sent: events of the contract, a refusal, or Unprocessable."""

from __future__ import annotations

import pytest
from hypothesis import given

from services.ingest.connectors.vk.callbacks import READ, REFUSED
from shared.errors import Unprocessable
from tests.unit.ingest.hostile import NESTED, Json, damaged, mutated, survives
from tests.unit.ingest.vk_callbacks import CASES, decode, said

KINDS = {*READ, *REFUSED}


@given(mutated(CASES))
def test_a_mutated_callback_never_crashes(callback: Json) -> None:
    survives(lambda: decode(callback), KINDS)


@given(damaged(CASES))
def test_a_callback_with_bytes_changed_never_crashes(body: bytes) -> None:
    survives(lambda: decode(body), KINDS)


MESSAGE = b'{"date":1,"from_id":%d,"peer_id":2000000001,"conversation_message_id":1,"text":%b}'


def sent(from_id: int = 1, text: bytes = b'"a"') -> bytes:
    return b'{"type":"message_new","group_id":1,"object":{"message":' + MESSAGE % (from_id, text) + b"}}"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"\xef\xbb\xbf",
        NESTED,
        b'{"type":"group_join","group_id":1,"object":' + NESTED + b"}",
        b'{"type":"group_join","group_id":1,"other":' + NESTED + b"}",
        sent(text=NESTED),
        sent(from_id=2**70),
        sent(text=b'"\\ud800"'),
        sent(text=b'"\xff"'),
        b'{"type":"group_join","group_id":%d,"object":{"user_id":1}}' % 2**70,
        b'{"type":"group_join","group_id":-1,"object":{"user_id":1}}',
        b'{"type":"group_join","group_id":1,"object":{"user_id":1e400}}',
        b'{"type":"user_block","group_id":1,"object":{"user_id":1,"unblock_date":%d}}' % 2**60,
        b'{"type":"donut_subscription_create","group_id":1,"object":{"user_id":1,"amount":1e300}}',
        b'{"type":7,"group_id":1,"object":{"user_id":1}}',
    ],
)
def test_what_cannot_be_read_is_unprocessable(body: bytes) -> None:
    with pytest.raises(Unprocessable):
        decode(body)


def test_a_body_that_can_be_read_is_told() -> None:
    assert decode(sent()).events


def test_the_reason_quotes_nothing_of_the_payload() -> None:
    with pytest.raises(Unprocessable) as caught:
        decode(said(text=["my secret"]))

    assert "secret" not in str(caught.value)
