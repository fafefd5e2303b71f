"""Parts of a large JSON value, taken out of the stream of its tokens (ijson's: prefix, event, value)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import ijson

Tokens = Iterator[tuple[str, str, Any]]

UNREADABLE = (ijson.JSONError, UnicodeDecodeError)
"""What a stream raises where its file breaks off or is no JSON."""

READ_BYTES = 1 << 16

BREAKS_OFF = "the file breaks off, or goes on in another way than JSON"


def tokens(source: Any) -> Tokens:  # noqa: ANN401 - anything that reads bytes
    """Return the tokens of a stream of bytes."""
    return iter(ijson.parse(source, buf_size=READ_BYTES, use_float=True))


def packed(value: object) -> bytes:
    """Return a part of the stream as JSON again."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def built(rest: Tokens) -> dict[str, Any]:
    """Return the object whose beginning was read, reading to its end."""
    whole: dict[str, Any] = {}
    around: list[Any] = [whole]
    names: list[str] = [""]
    for _, event, value in rest:
        if event == "map_key":
            names[-1] = value
            continue
        if event in {"end_map", "end_array"}:
            around.pop()
            names.pop()
            if not around:
                break
            continue
        found: Any = {} if event == "start_map" else [] if event == "start_array" else value
        if isinstance(around[-1], list):
            around[-1].append(found)
        else:
            around[-1][names[-1]] = found
        if event in {"start_map", "start_array"}:
            around.append(found)
            names.append("")
    return whole


def skip(rest: Tokens) -> None:
    """Read to the end of the object whose beginning was read, and forget it."""
    depth = 1
    for _, event, _ in rest:
        depth += (event == "start_map") - (event == "end_map")
        if not depth:
            return
