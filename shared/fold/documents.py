"""What the store of a fold keeps for itself, as documents: progress, chunks of the outbox, timers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bson
import msgspec
import zstandard

from shared.bus.record import Outgoing
from shared.fold.ports import Chunk, DueTimer
from shared.fold.progress import Place, Progress, Watermark

ZSTD_LEVEL = 1
"""The quickest: outputs of one batch are much alike, and what MongoDB does with them costs by their bytes."""

_packer = msgspec.msgpack.Encoder()
_unpacker = msgspec.msgpack.Decoder(list[Outgoing])
_squeezer = zstandard.ZstdCompressor(level=ZSTD_LEVEL)  # a new one costs more than most chunks do


def progress_document(id_: str, progress: Progress) -> dict[str, Any]:
    """Return the progress of a partition as it is stored."""
    return {
        "_id": id_,
        "version": progress.version,
        "epoch": progress.epoch,
        "seq": progress.seq,
        "dead": progress.dead,
        "window": progress.window,
        "places": [{"topic": t, "next": p.next, "below": p.below} for t, p in progress.places.items()],
        "origins": [
            {"topic": topic, "writer": writer, "epoch": mark.epoch, "seq": mark.seq}
            for topic, writers in progress.origins.items()
            for writer, mark in writers.items()
        ],
    }


def progress_of(document: Mapping[str, Any]) -> Progress:
    """Return the progress; numbers come back as BSON's own Int64, which only `int` makes plain."""
    origins: dict[str, dict[str, Watermark]] = {}
    for mark in document["origins"]:
        origins.setdefault(mark["topic"], {})[mark["writer"]] = Watermark(mark["epoch"], int(mark["seq"]))
    return Progress(
        epoch=document["epoch"],
        version=int(document["version"]),
        seq=int(document["seq"]),
        dead=int(document["dead"]),
        window=int(document["window"]),
        places={p["topic"]: _read_place(p) for p in document["places"]},
        origins=origins,
    )


def _read_place(document: Mapping[str, Any]) -> Place:
    below = document["below"]
    return Place(int(document["next"]), None if below is None else int(below))


def chunk_document(group: str, q: int, chunk: Chunk) -> bytes:
    """Return a chunk of the outbox as it is stored."""
    document = {
        "_id": f"{group}/{q}/{chunk.seq}",
        "group": group,
        "q": q,
        "seq": chunk.seq,
        "topic": chunk.topic,
        "partition": chunk.partition,
        "zstd": _squeezer.compress(_packer.encode(chunk.records)),
    }
    raw: bytes = bson.encode(document)
    return raw


def chunk_of(document: Mapping[str, Any]) -> Chunk:
    """Return a chunk of the outbox; also one that was left there before chunks were compressed."""
    packed = zstandard.decompress(document["zstd"]) if "zstd" in document else document["records"]
    return Chunk(int(document["seq"]), document["topic"], document["partition"], _unpacker.decode(packed))


def timer_document(q: int, timer: DueTimer) -> dict[str, Any]:
    """Return a timer as it is stored."""
    return {
        "_id": timer.id,
        "q": q,
        "due": timer.due_ms,
        "topic": timer.topic,
        "key": timer.key,
        "command": timer.command,
        "headers": [list(pair) for pair in timer.headers],
    }
