"""Whatever is sent: events of the contract, a refusal, or Unprocessable."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Unprocessable
from shared.events import decode as read
from shared.events import encode
from tests.unit.ingest.telegram_updates import CASES, Json, decode, said

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(["\x00", "x" * 600, "kicked", "emoji", "private", "👍"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def spots(node: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in the update that something else can be put in."""
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [spot for key, value in parts for spot in ((*path, key), *spots(value, (*path, key)))]


def put(update: Json, path: tuple[str | int, ...], value: object) -> Json:
    copy: Json = json.loads(json.dumps(update))
    node = copy
    for key in path[:-1]:
        node = node[key]  # type: ignore[index] # a list's index or a dict's key
    node[path[-1]] = value  # type: ignore[index] # a list's index or a dict's key
    return copy


@st.composite
def mutated(draw: st.DrawFn) -> Json:
    update = CASES[draw(st.sampled_from(sorted(CASES)))]
    for _ in range(draw(st.integers(1, 3))):
        update = put(update, draw(st.sampled_from(spots(update))), draw(VALUES))
    return update


def survives(body: object) -> None:
    try:
        told = decode(body)
    except Unprocessable:
        return
    for event in told.events:
        assert read(encode(event)) == event


@given(mutated())
def test_a_mutated_update_never_crashes(update: Json) -> None:
    survives(update)


@given(st.sampled_from(sorted(CASES)), st.integers(0, 2000), st.binary(max_size=3))
def test_an_update_with_bytes_changed_never_crashes(name: str, at: int, junk: bytes) -> None:
    body = json.dumps(CASES[name], ensure_ascii=False).encode()
    survives(body[:at] + junk + body[at + len(junk) :])


NESTED = b"[" * 5000 + b"]" * 5000


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
