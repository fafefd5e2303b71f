"""A text cut into pieces, so that a page marks what rules matched in the author's own characters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple


class Piece(NamedTuple):
    """Some characters of a text, matched or not."""

    text: str
    is_matched: bool


def pieces(text: str, spans: Iterable[Mapping[str, int]]) -> Sequence[Piece]:
    """Return the pieces of a text; together they are the text. Spans may overlap, touch, or lie beyond its end."""
    found: list[Piece] = []
    at = 0
    for start, end in _joined(spans, len(text)):
        found += [Piece(text[at:start], is_matched=False), Piece(text[start:end], is_matched=True)]
        at = end
    return [piece for piece in (*found, Piece(text[at:], is_matched=False)) if piece.text]


def _joined(spans: Iterable[Mapping[str, int]], length: int) -> Iterator[tuple[int, int]]:
    """Yield spans in order, those that overlap or touch as one."""
    held: tuple[int, int] | None = None
    for span in sorted((max(0, one["start"]), min(length, one["end"])) for one in spans):
        if held is not None and span[0] <= held[1]:
            held = held[0], max(held[1], span[1])
            continue
        if held is not None and held[0] < held[1]:
            yield held
        held = span
    if held is not None and held[0] < held[1]:
        yield held
