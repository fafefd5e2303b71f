"""Events that a portal sends to the edge."""

from __future__ import annotations

from shared.events import encode
from tests import builders


def events(number: int) -> list[bytes]:
    return [encode(builders.content_created(id=f"e{n}")) for n in range(number)]
