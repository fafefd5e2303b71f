"""What nobody should send: payloads with values and bytes changed, for every platform that speaks JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from hypothesis import strategies as st

from services.ingest.connectors.payload import Decoded
from shared.errors import Unprocessable
from shared.events import decode as read
from shared.events import encode

Json = dict[str, Any]

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

NESTED = b"[" * 5000 + b"]" * 5000
"""Too deep for any reader that calls itself."""


def spots(node: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a payload that something else can be put in."""
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [spot for key, value in parts for spot in ((*path, key), *spots(value, (*path, key)))]


def put(payload: Json, path: tuple[str | int, ...], value: object) -> Json:
    """The payload with that value in that place."""
    copy: Json = json.loads(json.dumps(payload))
    node = copy
    for key in path[:-1]:
        node = node[key]  # type: ignore[index] # a list's index or a dict's key
    node[path[-1]] = value  # type: ignore[index] # a list's index or a dict's key
    return copy


@st.composite
def mutated(draw: st.DrawFn, cases: Mapping[str, Json]) -> Json:
    """One of the payloads with up to three values changed."""
    payload = cases[draw(st.sampled_from(sorted(cases)))]
    for _ in range(draw(st.integers(1, 3))):
        payload = put(payload, draw(st.sampled_from(spots(payload))), draw(VALUES))
    return payload


@st.composite
def damaged(draw: st.DrawFn, cases: Mapping[str, Json]) -> bytes:
    """The bytes of one of the payloads with up to three of them changed."""
    body = json.dumps(cases[draw(st.sampled_from(sorted(cases)))], ensure_ascii=False).encode()
    at, junk = draw(st.integers(0, 1000)), draw(st.binary(max_size=3))
    return body[:at] + junk + body[at + len(junk) :]


def survives(decode: Callable[[], Decoded], kinds: Collection[str]) -> Decoded:
    """What was decoded, which is something, and fits the contract; nothing where it is unprocessable.

    What is refused is of one of these kinds, or `unknown`: they are labels of a metric.
    """
    try:
        found = decode()
    except Unprocessable:
        return Decoded()
    assert found.told or found.refused or found.poll_answers
    assert {refusal.kind for refusal in found.refused} <= {*kinds, "unknown"}
    for event in found.told:
        assert read(encode(event)) == event
    return found
