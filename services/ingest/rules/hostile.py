"""A NUL in a name: nothing that people write, refused by databases and terminals alike, so refused here, with a reason."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from shared.errors import Unprocessable

ESCAPED_NUL = b"\\u0000"


def refuse_nul(body: bytes) -> None:
    """Raise Unprocessable where a field's name, or a short value like a name or id, holds a NUL; a text may quote one."""
    if ESCAPED_NUL not in body:
        return
    try:
        _refuse(json.loads(body))
    except (ValueError, RecursionError):
        return  # the connector says better what is wrong


def _refuse(value: object) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            if "\0" in name or (name in NAMES and isinstance(inner, str) and "\0" in inner):
                raise Unprocessable("a NUL character in a name")
            _refuse(inner)
    elif isinstance(value, list):
        _all(value)


def _all(values: Iterable[Any]) -> None:
    for value in values:
        _refuse(value)


NAMES = frozenset(
    {"id", "name", "first_name", "last_name", "username", "title", "community", "content_id", "content_author"}
)
"""Fields that name somebody or something, in the platforms' formats and in ours."""
