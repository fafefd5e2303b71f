from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Unprocessable
from shared.learned import artifact
from shared.learned.artifact import MAGIC, MODEL_BYTES_MAX, packed, unpacked
from shared.learned.model import probabilities
from shared.learned.page import page
from shared.terms.text import plain
from tests.unit.moderation.learned.classifiers import small, small_file

HEADER_AT = len(MAGIC) + 4


def signed(body: bytes) -> bytes:
    """As whoever means harm would write it."""
    return body + hashlib.sha256(body).digest()


def with_header(change: dict[str, object]) -> bytes:
    body = small_file()[:-32]
    end = HEADER_AT + int.from_bytes(body[len(MAGIC) : HEADER_AT], "little")
    header = msgspec.json.encode(msgspec.json.decode(body[HEADER_AT:end]) | change)
    return signed(MAGIC + len(header).to_bytes(4, "little") + header + body[end:])


def with_model(**change: Any) -> bytes:  # noqa: ANN401 - as the fields are
    return packed(small().model._replace(**change), small().card)


def test_what_was_written_is_read() -> None:
    model, card = small()

    found = unpacked(small_file())

    assert found.card == card
    assert packed(found.model, found.card) == small_file()
    assert probabilities(found.model, plain("win a prize")) == probabilities(model, plain("win a prize"))


def test_the_version_is_of_the_whole_file() -> None:
    other = msgspec.structs.replace(small().card, made="2026-11-22")

    assert len(unpacked(small_file()).version) == 16
    assert unpacked(packed(small().model, other)).version != unpacked(small_file()).version


@pytest.mark.parametrize("file", [b"", b"PK\x03\x04", b"\x80\x04\x95", MAGIC, MAGIC + b"\xff" * 3, MAGIC + bytes(100)])
def test_what_is_no_classifier_is_refused(file: bytes) -> None:
    with pytest.raises(Unprocessable):
        unpacked(file)


@given(st.integers(0), st.integers(0, 255))
def test_a_damaged_file_is_refused(place: int, value: int) -> None:
    file = bytearray(small_file())
    place %= len(file)
    if file[place] == value:
        return
    file[place] = value

    with pytest.raises(Unprocessable):
        unpacked(bytes(file))


@given(st.integers(0))
def test_a_truncated_file_is_refused(length: int) -> None:
    with pytest.raises(Unprocessable):
        unpacked(small_file()[: length % len(small_file())])


def test_too_large_a_file_is_refused_before_it_is_read() -> None:
    with pytest.raises(Unprocessable, match="64 MB"):
        unpacked(MAGIC + bytes(MODEL_BYTES_MAX))


@given(st.lists(st.tuples(st.integers(0), st.binary(max_size=12)), max_size=4), st.sampled_from([2_000, 1 << 30]))
def test_a_hostile_file_with_a_right_digest_is_refused_or_harmless(changes: list[tuple[int, bytes]], within: int) -> None:
    body = bytearray(small_file()[:-32])
    for place, piece in changes:
        at = place % min(within, len(body))
        body[at : at + len(piece)] = piece

    try:
        found = unpacked(signed(bytes(body)))
    except Unprocessable:
        return

    shares = probabilities(found.model, plain("win a free prize, дурак"))
    assert all(0 <= share <= 1 for share in shares.values())
    assert page(found.card, found.version)


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"labels": ["spam", "spam", "ham"]},
        {"labels": ["spam"]},
        {"labels": [f"l{number}" for number in range(11)]},
        {"labels": ["", "a", "b"]},
        {"ngrams": [1, 1]},
        {"ngrams": [-1, 1]},
        {"ngrams": [10**9, 1]},
        {"ngrams": [1]},
        {"leans": [0.0, 1.0, 1.0]},
        {"slopes": [1e300, 1.0, 1.0]},
        {"offsets": [1.0]},
        {"intercepts": ["1", 1.0, 1.0]},
        {"card": {}},
        {"card": None},
    ],
)
def test_a_header_that_does_not_fit_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Unprocessable):
        unpacked(with_header(change))


def test_a_header_of_endless_depth_or_length_is_refused() -> None:
    deep = b"[" * 100_000
    for header, length in ((deep, len(deep)), (b"{}", 1 << 31)):
        with pytest.raises(Unprocessable):
            unpacked(signed(MAGIC + length.to_bytes(4, "little") + header))


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers_are_refused(number: float) -> None:
    pieces, words = small().model.blocks
    weights = words.weights.copy()
    weights[-1, -1] = number

    with pytest.raises(Unprocessable, match="no number"):
        unpacked(with_model(blocks=(pieces, words._replace(weights=weights))))


def test_ngrams_out_of_order_are_refused() -> None:
    pieces, words = small().model.blocks

    with pytest.raises(Unprocessable, match="in order"):
        unpacked(with_model(blocks=(pieces._replace(keys=pieces.keys[::-1]), words)))


def test_a_classifier_that_knows_no_ngram_judges_all_texts_alike() -> None:
    nothing = tuple(
        block._replace(keys=block.keys[:0], idf=block.idf[:0], weights=block.weights[:0]) for block in small().model.blocks
    )

    model = unpacked(with_model(blocks=nothing)).model

    assert probabilities(model, plain("one")) == probabilities(model, plain("другой"))


def test_the_largest_classifier_fits_into_a_file() -> None:
    numbers = 2 * artifact.NGRAMS_MAX * (12 + 4 * artifact.LABELS_MAX)

    assert numbers + artifact.HEADER_BYTES_MAX < MODEL_BYTES_MAX
