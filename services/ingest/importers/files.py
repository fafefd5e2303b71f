"""The files of an export: which there are, and how many records they hold."""

from __future__ import annotations

from pathlib import Path

from shared.errors import Unprocessable

CHUNK_BYTES = 1 << 20
"""What is read at once when records are counted."""


def occurrences(file: Path, mark: bytes) -> int:
    """Return how often the mark, which never overlaps itself, stands in the file; 0 where there is no file."""
    if not file.is_file():
        return 0
    with file.open("rb") as source:
        found, tail = 0, b""
        while chunk := source.read(CHUNK_BYTES):
            found += (tail + chunk).count(mark)
            tail = chunk[1 - len(mark) :] if len(mark) > 1 else b""
    return found


def files_of(path: Path, *endings: str) -> list[Path]:
    """Return the file itself, or those of a folder that end so, in the order of their names. Raises Unprocessable."""
    if path.is_file():
        return [path]
    found = sorted(file for file in path.iterdir() if file.is_file() and file.name.endswith(endings))
    if not found:
        raise Unprocessable(f"{path.name} holds no file that ends with {' or '.join(endings)}")
    return found
