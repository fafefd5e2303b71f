"""What a route takes of one sender."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple


class Limits(NamedTuple):
    """How much a request may be, and how many there may be."""

    bytes_max: int
    taken: Callable[[str, int], Awaitable[float]]
    """Takes tokens of a key; returns 0, or after how many seconds to come again."""
