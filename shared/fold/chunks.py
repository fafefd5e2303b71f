"""The outputs of a batch, numbered and cut into what is published at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.bus.record import Outgoing
from shared.fold.draft import Sent
from shared.fold.limits import CHUNK_BYTES_MAX
from shared.fold.ports import Chunk
from shared.fold.progress import Progress, origin_header, origin_of_outputs


@dataclass(slots=True)
class _Piece:
    """A chunk that grows."""

    seq: int
    size: int = 0
    records: list[Outgoing] = field(default_factory=list)


def chunked(group: str, q: int, progress: Progress, outputs: Sequence[Sent]) -> list[Chunk]:
    """Number the outputs, name their origin, and cut them into chunks by target partition, in order."""
    chunks: list[Chunk] = []
    growing: dict[tuple[str, int], _Piece] = {}
    origin = origin_of_outputs(group, q, progress)
    for seq, sent in enumerate(outputs, progress.seq + 1):
        target, size = (sent.topic, sent.partition), sent.size
        piece = growing.get(target)
        if piece is None or piece.size + size > CHUNK_BYTES_MAX:
            piece = growing[target] = _Piece(seq)
            chunks.append(Chunk(seq, *target, piece.records))
        piece.size += size
        piece.records.append(Outgoing(sent.key, sent.value, (*sent.headers, origin_header(origin, seq))))
    progress.seq += len(outputs)
    return chunks
