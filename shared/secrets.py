"""Credentials by reference: documents name an environment variable or a file; only the service that uses it reads it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from shared.documents.directory import SecretRef
from shared.errors import Retryable

FILE_BYTES_MAX = 4_096
"""A credential is a line; what is larger is some other file."""


def resolve(ref: SecretRef) -> str:
    """Return the credential. Raises Retryable, naming the reference and never the value, where there is none."""
    if ref.env is not None:
        value = os.environ.get(ref.env, "")  # noqa: TID251 - a reference to the environment, made by a person
        name = f"environment variable {ref.env}"
    else:
        path = Path(ref.file or "")
        value = _read(path)
        name = f"file {path}"
    if not value:
        raise Retryable(f"the {name} holds no credential; set it where the ingest service runs")
    return value


def _read(path: Path) -> str:
    """Return the text of a small regular file. Raises Retryable, which says what to do."""
    try:
        content = _bytes(path)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a path"
        raise Retryable(f"cannot read the file {path} ({why}); let the ingest service read it") from None
    if content is None:
        raise Retryable(f"{path} is not a regular file; write the credential into one")
    if len(content) > FILE_BYTES_MAX:
        raise Retryable(f"the file {path} is above {FILE_BYTES_MAX} bytes; write nothing but the credential into it")
    try:
        return content.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise Retryable(f"the file {path} is not UTF-8 text; write nothing but the credential into it") from None


def _bytes(path: Path) -> bytes | None:
    """Return the bytes up to one above the limit, or None of what is no regular file; a pipe is not waited for."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        return os.read(descriptor, FILE_BYTES_MAX + 1) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
    finally:
        os.close(descriptor)
