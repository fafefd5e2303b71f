"""What the store of a fold keeps for itself reads back as it was."""

from __future__ import annotations

import bson
import msgspec

from shared.bus.record import Outgoing
from shared.fold.documents import chunk_document, chunk_of
from shared.fold.ports import Chunk

CHUNK = Chunk(7, "out.a", 3, [Outgoing(b"brand/member", b'{"points":5}' * 50, [("origin", b"sums/0@e/7")])])


def test_a_chunk_of_the_outbox_reads_back_and_is_stored_in_less_than_it_holds() -> None:
    raw = chunk_document("sums", 0, CHUNK)

    assert chunk_of(bson.decode(raw)) == CHUNK
    assert len(raw) < len(CHUNK.records[0].value or b"")


def test_a_chunk_that_was_left_before_they_were_compressed_is_published_still() -> None:
    left = bson.decode(chunk_document("sums", 0, CHUNK))
    del left["zstd"]

    assert chunk_of(left | {"records": msgspec.msgpack.encode(CHUNK.records)}) == CHUNK
