"""Credentials by reference: documents name an environment variable or a file; only the service that uses it reads it."""

from __future__ import annotations

import os
from pathlib import Path

from shared.documents.directory import SecretRef
from shared.errors import Retryable


def resolve(ref: SecretRef) -> str:
    """Return the credential. Raises Retryable, naming the reference and never the value, where there is none."""
    if ref.env is not None:
        value = os.environ.get(ref.env, "")  # noqa: TID251 - a reference to the environment, made by a person
        name = f"environment variable {ref.env}"
    else:
        path = Path(ref.file or "")
        value = path.read_text(encoding="utf-8").strip() if path.is_file() else ""
        name = f"file {path}"
    if not value:
        raise Retryable(f"the {name} holds no credential")
    return value
