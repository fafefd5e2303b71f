"""The file of a classifier: numbers and a card, nothing that could be executed.

    12 bytes   magic
     4 bytes   length of the header
               header: JSON of `Header`
               for each of the two blocks: keys (8 bytes each), idf (4), weights (4 for each label)
    32 bytes   SHA-256 of everything before

All numbers are little-endian. The digest tells of damage, not of malice: whoever made a file made its digest too, so
everything that is read is checked as if there were none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated, NamedTuple

import msgspec
import numpy as np
from msgspec import Meta

from shared.errors import Unprocessable
from shared.learned.card import Card
from shared.learned.model import Block, Calibration, Model

MODEL_BYTES_MAX = 64 << 20
"""Of a file: the largest that the limits below allow has 42 MB of numbers."""

NGRAMS_MAX = 400_000
"""Of a block; 25,000 tweets have 340,000 pieces of words."""

LABELS_MIN, LABELS_MAX = 2, 10
"""A moderator tells hardly more apart, and each costs a weight an n-gram."""

LABEL_CHARS_MAX = 64
"""A label stands in rules and in tables."""

HEADER_BYTES_MAX = 1 << 20
"""Ten labels with their curves need 20 kB."""

NUMBER_MAX = 1e6
"""Of a header's numbers: trained ones are below a hundred, and their products must stay far from infinity."""

MAGIC = b"veche-model\n"
FORMAT = 1
_LENGTH = 4
_DIGEST = 32
_PER_NGRAM = 12
"""Bytes of a key and an idf."""

_Label = Annotated[str, Meta(min_length=1, max_length=LABEL_CHARS_MAX)]
_Sizes = Annotated[int, Meta(ge=0, le=NGRAMS_MAX)]


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says of its numbers."""

    format: int
    labels: Annotated[tuple[_Label, ...], Meta(min_length=LABELS_MIN, max_length=LABELS_MAX)]
    ngrams: tuple[_Sizes, _Sizes]
    intercepts: tuple[float, ...]
    slopes: tuple[float, ...]
    offsets: tuple[float, ...]
    leans: tuple[float, ...]
    card: Card


class Artifact(NamedTuple):
    """A classifier and its card, as they were read from a file."""

    version: str
    """The first 16 hexadecimal digits of the file's SHA-256."""
    model: Model
    card: Card


def packed(model: Model, card: Card) -> bytes:
    """Return the file of a classifier. The same classifier and card make the same bytes."""
    header = msgspec.json.encode(
        Header(
            format=FORMAT,
            labels=model.labels,
            ngrams=(len(model.blocks[0].keys), len(model.blocks[1].keys)),
            intercepts=model.intercepts,
            slopes=model.calibration.slopes,
            offsets=model.calibration.offsets,
            leans=model.leans,
            card=card,
        ),
        order="deterministic",
    )
    parts = [MAGIC, len(header).to_bytes(_LENGTH, "little"), header]
    for block in model.blocks:
        numbers = (block.keys.astype("<u8"), block.idf.astype("<f4"), block.weights.astype("<f4"))
        parts += [column.tobytes() for column in numbers]
    body = b"".join(parts)
    return body + hashlib.sha256(body).digest()


def unpacked(file: bytes) -> Artifact:
    """Return the classifier of a file. Raises Unprocessable with a sentence where it is none, or a damaged one."""
    if len(file) > MODEL_BYTES_MAX:
        raise Unprocessable(f"a classifier's file has at most {MODEL_BYTES_MAX >> 20} MB")
    if not file.startswith(MAGIC):
        raise Unprocessable("this is no file of a classifier")
    body = file[:-_DIGEST]
    if len(body) < len(MAGIC) + _LENGTH or hashlib.sha256(body).digest() != file[-_DIGEST:]:
        raise Unprocessable("the classifier's file is damaged: its digest is another")
    header, at = _header(body)
    model = Model(
        labels=header.labels,
        blocks=_blocks(memoryview(body)[at:], header.ngrams, len(header.labels)),
        intercepts=header.intercepts,
        calibration=Calibration(header.slopes, header.offsets),
        leans=header.leans,
    )
    return Artifact(hashlib.sha256(file).hexdigest()[:16], model, header.card)


def _header(body: bytes) -> tuple[Header, int]:
    """Return the header, checked, and where it ends."""
    start = len(MAGIC) + _LENGTH
    length = int.from_bytes(body[len(MAGIC) : start], "little")
    if length > min(HEADER_BYTES_MAX, len(body) - start):
        raise Unprocessable("the classifier's header is longer than it may be")
    try:
        header = msgspec.json.decode(body[start : start + length], type=Header)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unprocessable("the classifier's header cannot be read") from error
    if header.format != FORMAT:
        raise Unprocessable(f"the classifier's file has format {header.format}; this program reads {FORMAT}")
    if len(set(header.labels)) < len(header.labels):
        raise Unprocessable("a label of the classifier stands twice")
    _check_numbers(header)
    return header, start + length


def _check_numbers(header: Header) -> None:
    for numbers in (header.intercepts, header.slopes, header.offsets, header.leans):
        if len(numbers) != len(header.labels) or not all(abs(number) <= NUMBER_MAX for number in numbers):
            raise Unprocessable("the classifier needs a number of common size for each label")
    if min(header.leans) < 1 / NUMBER_MAX:
        raise Unprocessable("what a probability is divided by must be above zero")


def _blocks(numbers: memoryview, sizes: Sequence[int], labels: int) -> tuple[Block, Block]:
    ends = [size * (_PER_NGRAM + 4 * labels) for size in sizes]
    if len(numbers) != sum(ends):
        raise Unprocessable("the classifier's file has not as many numbers as its header says")
    return _block(numbers[: ends[0]], sizes[0], labels), _block(numbers[ends[0] :], sizes[1], labels)


def _block(numbers: memoryview, size: int, labels: int) -> Block:
    keys = np.frombuffer(numbers, "<u8", size)
    idf = np.frombuffer(numbers, "<f4", size, offset=8 * size)
    weights = np.frombuffer(numbers, "<f4", size * labels, offset=_PER_NGRAM * size).reshape(size, labels)
    if not (keys[1:] > keys[:-1]).all():
        raise Unprocessable("the classifier's n-grams are not in order")
    if not (np.isfinite(idf).all() and (idf >= 0).all() and np.isfinite(weights).all()):
        raise Unprocessable("a weight of the classifier is no number")
    return Block(keys.astype(np.uint64), idf.astype(np.float32), weights.astype(np.float32))
