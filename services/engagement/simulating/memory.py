"""The states of a fold under two policies, packed as the fold stores them; where both are alike, they are held once."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import msgspec

from shared.fold.definition import Document

S = TypeVar("S")

NONE = b""
"""Stands for no state."""


class Side(IntEnum):
    """Under which policies."""

    LIVE = 0
    CANDIDATE = 1


class Codec(Protocol[S]):
    """How a fold stores its states."""

    def encode(self, state: S) -> Document:
        """Return the state as a document."""

    def decode(self, document: Document) -> S:
        """Return the state from its document."""


class Both(NamedTuple):
    """Two documents of one key, as they are stored; None where there is no state."""

    live: Document | None
    candidate: Document | None


_pack = msgspec.msgpack.Encoder().encode
_unpack: msgspec.msgpack.Decoder[dict[str, Any]] = msgspec.msgpack.Decoder(dict[str, Any])


class Memory(Generic[S]):
    """States by key, under both policies."""

    def __init__(self, codec: Codec[S]) -> None:
        self._codec = codec
        self._live: dict[str, bytes] = {}
        self._other: dict[str, bytes] = {}
        """The candidate's, where it is another one."""

    def state(self, side: Side, key: str) -> S | None:
        """Return the state of a key; None where there is none."""
        packed = self._live.get(key, NONE)
        if side is Side.CANDIDATE:
            packed = self._other.get(key, packed)
        return None if packed == NONE else self._codec.decode(_unpack.decode(packed))

    def put(self, side: Side, key: str, state: S, *, for_both: bool = False) -> None:
        """Keep a state of one side, or of both; else the other's stays as it is."""
        packed, live = _pack(self._codec.encode(state)), self._live.get(key, NONE)
        if side is Side.LIVE or for_both:
            live, candidate = packed, packed if for_both else self._other.get(key, live)
        else:
            candidate = packed
        self._live[key] = live
        if candidate == live:
            self._other.pop(key, None)
        else:
            self._other[key] = candidate

    def documents(self) -> Iterator[Both]:
        """Yield the documents of each key."""
        for key, live in self._live.items():
            yield Both(_document(live), _document(self._other.get(key, live)))


def _document(packed: bytes) -> Document | None:
    return None if packed == NONE else _unpack.decode(packed)
