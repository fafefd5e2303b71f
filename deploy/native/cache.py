"""Downloads and builds that are made once and shared by all checkouts of a person."""

import hashlib
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.native.errors import StackError
from deploy.native.lock import locked

MAKE_TIMEOUT_S = 1500  # the collector's first build, on a slow machine
TOLD_LINES_MAX = 15


def once(target: Path, make: Callable[[Path], None]) -> Path:
    """Return `target`; where it is not there yet, `make` fills a folder that then gets its name.

    Only one process makes it at a time, and a half-made one is never seen under the final name.
    """
    if target.exists():
        return target
    with locked(target.with_name(f"{target.name}.lock")):
        if not target.exists():
            draft = target.with_name(f"{target.name}.draft")
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(parents=True)
            make(draft)
            draft.rename(target)
    return target


def run(command: Sequence[str | Path], folder: Path) -> None:
    """Run a command that downloads or builds; raises StackError with its last lines if it fails."""
    arguments = [str(part) for part in command]
    done = subprocess.run(
        arguments,
        cwd=folder,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        timeout=MAKE_TIMEOUT_S,
    )
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-TOLD_LINES_MAX:])
        raise StackError(f"`{' '.join(arguments)}` failed:\n{last}")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(path: Path, sha256: str) -> None:
    """Raise StackError unless a file is the one that was pinned."""
    found = sha256_of(path)
    if found != sha256:
        raise StackError(f"{path.name} is not what was pinned: its sha256 is {found}, expected {sha256}")


def verify_all(folder: Path, sums: Path) -> None:
    """Raise StackError unless a folder holds exactly the files of a list in `sha256sum`'s format."""
    pinned = {name: sha256 for sha256, name in map(str.split, sums.read_text().splitlines())}
    found = {path.name for path in folder.iterdir()}
    if found != pinned.keys():
        raise StackError(f"{folder} should hold {sums.name}'s files, but these differ: {found ^ pinned.keys()}")
    for name, sha256 in pinned.items():
        verify(folder / name, sha256)
