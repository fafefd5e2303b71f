"""Whatever is sent: events of the contract, a refusal, or Unprocessable."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Unprocessable
from shared.events import decode as read
from shared.events import encode
from tests.unit.ingest.test_telegram_hostile import NESTED, VALUES, put, spots
from tests.unit.ingest.vk_callbacks import CASES, Json, decode, said


@st.composite
def mutated(draw: st.DrawFn) -> Json:
    callback = CASES[draw(st.sampled_from(sorted(CASES)))]
    for _ in range(draw(st.integers(1, 3))):
        callback = put(callback, draw(st.sampled_from(spots(callback))), draw(VALUES))
    return callback


def survives(body: object) -> None:
    try:
        found = decode(body)
    except Unprocessable:
        return
    assert found.told or found.refused
    for event in found.told:
        assert read(encode(event)) == event


@given(mutated())
def test_a_mutated_callback_never_crashes(callback: Json) -> None:
    survives(callback)


@given(st.sampled_from(sorted(CASES)), st.integers(0, 1000), st.binary(max_size=3))
def test_a_callback_with_bytes_changed_never_crashes(name: str, at: int, junk: bytes) -> None:
    body = json.dumps(CASES[name], ensure_ascii=False).encode()
    survives(body[:at] + junk + body[at + len(junk) :])


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
    assert decode(sent()).told


def test_the_reason_quotes_nothing_of_the_payload() -> None:
    with pytest.raises(Unprocessable) as caught:
        decode(said(text=["my secret"]))

    assert "secret" not in str(caught.value)
