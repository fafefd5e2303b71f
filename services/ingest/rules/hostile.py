"""A NUL in a name: nothing that people write, refused by databases and terminals alike, so refused here, with a reason."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from shared.errors import Unprocessable

TRACES = (b"u0000", b"%00")
"""How a NUL stands in JSON, in JSON inside a form, and in a form. Where there is no trace of one, nothing is looked at."""

NAMING = frozenset(
    {
        *("id", "source", "brand", "community", "subject", "content_id", "content_author", "parent", "thread", "question"),
        "replied_to",
        *("channel", "message", "poll", "member", "by", "order", "currency", "type"),
    }
)
"""Fields of the contract that name something."""

SHOWN = NAMING | {"name", "title"}
"""These, and the names that people are shown. A text may quote a NUL."""


def may_hold_nul(body: bytes) -> bool:
    """Say whether there is a trace of a NUL."""
    return any(trace in body for trace in TRACES)


def refuse_nul(told: msgspec.Struct, body: bytes) -> None:
    """Raise Unprocessable where a name in what was decoded from the body holds a NUL."""
    if may_hold_nul(body):
        _refuse(msgspec.to_builtins(told))


def _refuse(value: object) -> None:
    match value:
        case dict():
            for name, inner in value.items():
                if name in SHOWN and isinstance(inner, str) and "\0" in inner:
                    raise Unprocessable("a NUL character in a name")
                _refuse(inner)
        case list() | tuple():
            _all(value)
        case _:
            pass


def _all(values: Iterable[object]) -> None:
    for value in values:
        _refuse(value)
