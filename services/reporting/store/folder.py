"""The operator's folder of scheduled reports: a folder a brand in it, and in that a file for each language and format.

A file is there as a whole or not at all: whoever fetches files never finds a half of one.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from contextlib import suppress
from pathlib import Path

import msgspec

from shared.documents.shape import Slug
from shared.errors import Unprocessable

READABLE = 0o640
"""By the operator's group, and by nobody else."""

BESIDE = ".part"
"""What the name of a file ends with that is being written."""
LEFT_S = 86_400.0
"""What is being written for so long was left by a process that was killed."""


class Folder:
    """Puts files into it. It has to be there: one that is made anew where a mount is away would fill another disk."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, brand: str, name: str, content: bytes) -> str:
        """Put a file there, in the place of one of that name; return where it is, below the folder.

        Raises Unprocessable where it is not there or cannot be written, or where the name is none.
        """
        return await asyncio.to_thread(self._put, brand, name, content)

    def _put(self, brand: str, name: str, content: bytes) -> str:
        try:
            msgspec.convert((brand, name.partition("/")[0]), tuple[Slug, Slug])
        except msgspec.ValidationError as error:
            raise Unprocessable("a file has a name that cannot be one") from error
        if not self._root.is_dir():
            raise Unprocessable("VECHE_REPORTS names no folder that is there: make it, or mount what is to be there")
        place = self._root / brand / name
        if not place.resolve().is_relative_to((self._root / brand).resolve()):
            raise Unprocessable("a file would lie outside of its brand's folder")
        try:
            for folder in (self._root / brand, place.parent):
                folder.mkdir(exist_ok=True)
            _replace(place, content)
        except OSError as error:
            raise Unprocessable(f"VECHE_REPORTS cannot be written to: {error.strerror}") from error
        return f"{brand}/{name}"


def _replace(place: Path, content: bytes) -> None:
    handle, beside = tempfile.mkstemp(prefix=".", suffix=BESIDE, dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            _sweep(place.parent, os.fstat(handle).st_mtime - LEFT_S)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(READABLE)
        Path(beside).replace(place)
    except BaseException:
        with suppress(OSError):
            Path(beside).unlink()
        raise


def _sweep(folder: Path, before: float) -> None:
    """Remove what was left there before that time of the folder's own clock, in seconds since 1970."""
    for left in folder.glob(f".*{BESIDE}"):
        with suppress(OSError):  # another process removes it at this moment
            if left.stat().st_mtime < before:
                left.unlink()
