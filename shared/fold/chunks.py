"""The outputs of a batch, numbered and cut into what is published at once."""

from __future__ import annotations

from collections.abc import Sequence

from shared.bus.record import Outgoing
from shared.fold.draft import Sent
from shared.fold.limits import CHUNK_BYTES_MAX
from shared.fold.ports import Chunk
from shared.fold.progress import Progress, origin_header, origin_of_outputs


def chunked(group: str, q: int, progress: Progress, outputs: Sequence[Sent]) -> list[Chunk]:
    """Number the outputs, name their origin, and cut them into chunks by target partition, in order."""
    groups: dict[tuple[str, int], list[list[tuple[int, Sent]]]] = {}
    sizes: dict[tuple[str, int], int] = {}
    for sent in outputs:
        progress.seq += 1
        target = (sent.topic, sent.partition)
        size = sent.size
        pieces = groups.setdefault(target, [[]])
        if pieces[-1] and sizes[target] + size > CHUNK_BYTES_MAX:
            pieces.append([])
            sizes[target] = 0
        pieces[-1].append((progress.seq, sent))
        sizes[target] = sizes.get(target, 0) + size
    return sorted(_chunk(group, q, progress, target, piece) for target, pieces in groups.items() for piece in pieces)


def _chunk(group: str, q: int, progress: Progress, target: tuple[str, int], piece: list[tuple[int, Sent]]) -> Chunk:
    outputs = origin_of_outputs(group, q, progress)
    records = [Outgoing(sent.key, sent.value, (*sent.headers, origin_header(outputs, seq))) for seq, sent in piece]
    return Chunk(piece[0][0], *target, records)
