"""How deep JSON is, found without reading it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.rules.depth import DEPTH_MAX, is_deep

JSON = st.recursive(
    st.none() | st.text('[]{}\\"a', max_size=200) | st.integers(),
    lambda inner: st.lists(inner, max_size=9) | st.dictionaries(st.text('[{\\"', max_size=9), inner, max_size=9),
    max_leaves=80,
)


def depth(found: Any) -> int:  # noqa: ANN401 - JSON
    inside = found.values() if isinstance(found, dict) else found if isinstance(found, list) else None
    return 0 if inside is None else 1 + max(map(depth, inside), default=0)


@given(JSON, st.integers(0, DEPTH_MAX + 5))
def test_it_is_as_deep_as_reading_it_says(found: Any, wrapped: int) -> None:  # noqa: ANN401 - JSON
    for _ in range(wrapped):
        found = {"a": found} if wrapped % 2 else [found]

    assert is_deep(json.dumps(found).encode()) == (depth(found) > DEPTH_MAX)


@pytest.mark.parametrize(
    "raw", [b"[" * 1_000_000, b'{"a":' * 200_000, b"[" * 65 + b"]" * 65], ids=["arrays", "objects", "one too deep"]
)
def test_what_nests_for_ever_is_found_out_at_once(raw: bytes) -> None:
    assert is_deep(raw)


def test_brackets_in_a_text_that_never_ends_are_text() -> None:
    assert not is_deep(b'"' + b"[" * 65)
