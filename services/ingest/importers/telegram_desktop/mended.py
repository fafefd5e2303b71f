r"""Telegram Desktop's JSON made JSON: it writes a control character as `\x0B`, which JSON does not know.

Source: `SerializeString` in Telegram/SourceFiles/export/output/export_output_json.cpp of telegramdesktop/tdesktop.
"""

from __future__ import annotations

import re
from typing import IO

ESCAPE = re.compile(rb"\\x([0-9A-Fa-f]{2})")
PIECE = re.compile(rb"(?:x[0-9A-Fa-f]?)?\Z")
"""What may stand at the end of a chunk behind the backslash of an escape that the next chunk goes on with."""


class Mended:
    r"""A stream of bytes that reads as its source does, with every `\xNN` as `\u00NN`."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._held = source, b""

    def read(self, size: int = -1) -> bytes:
        """Return about as many bytes as asked for; none at the end alone."""
        if size == 0:
            return b""
        while True:
            read = self._source.read(size)
            data, self._held = self._held + read, b""
            if read:
                whole = _whole(data)
                data, self._held = data[:whole], data[whole:]
            if data or not read:
                return mended(data)


def mended(data: bytes) -> bytes:
    r"""Return the bytes with the escapes mended that are ones: `\\x41` is a backslash and an x41."""
    if rb"\x" not in data:
        return data
    return rb"\\".join(ESCAPE.sub(rb"\\u00\1", part) for part in data.split(rb"\\"))


def _whole(data: bytes) -> int:
    """Return where an escape may begin that is not there to its end: at the first of the last run of backslashes."""
    match = PIECE.search(data, max(0, len(data) - 2))
    end = len(data) if match is None else match.start()
    begin = len(data[:end].rstrip(b"\\"))
    return begin if begin < end else len(data)
