"""A bounded cache of states: two generations, so that forgetting costs nothing."""

from __future__ import annotations

from typing import Generic, TypeVar

V = TypeVar("V")


class Cache(Generic[V]):
    """Keeps between `size` and twice `size` of the values used last. A kept None means: known to be absent."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._young: dict[str, V | None] = {}
        self._old: dict[str, V | None] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._young or key in self._old

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def get(self, key: str) -> V | None:
        """Return the value; None also where it is not kept."""
        if key in self._young:
            return self._young[key]
        if key not in self._old:
            return None
        value = self._old.pop(key)
        self.put(key, value)
        return value

    def put(self, key: str, value: V | None) -> None:
        """Keep a value; the generation before last is forgotten when this one is full."""
        if len(self._young) >= self._size:
            self._old, self._young = self._young, {}
        self._young[key] = value
