"""What the API tells, as templates read it: a field that is left out because it says nothing is None, and no mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Told(dict[str, Any]):
    """A document whose absent fields are None."""

    def __missing__(self, name: str) -> None:
        """Return what an absent field is."""


def told(value: Any) -> Any:  # noqa: ANN401 - a document
    """Return a document, and all documents within, with absent fields that are None."""
    if isinstance(value, Mapping):
        return Told({name: told(one) for name, one in value.items()})
    return [told(one) for one in value] if isinstance(value, list | tuple) else value
