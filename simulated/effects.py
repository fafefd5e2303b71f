"""What members saw: a list that only grows."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple


class Effect(NamedTuple):
    """One thing that changed for members. What changes nothing, a second deletion for example, is none."""

    order: int
    kind: str
    """`message`, `delete`, `restore`, `mute`, `unmute`, `ban`, `unban`, `pin`, `slow_mode` or `answer`."""
    target: str
    """Whom or what it happened to, in the platform's own ids: a chat for a message."""
    text: str = ""
    """What a message says; for others what else is of interest, as an end."""
    id: str = ""
    """Of the message, in the platform's own form."""


class Effects:
    """What happened, in order."""

    def __init__(self) -> None:
        self.all: list[Effect] = []

    def add(self, kind: str, target: object, text: object = "", id_: object = "") -> Effect:
        """Add one."""
        effect = Effect(len(self.all), kind, f"{target}", f"{text}", f"{id_}")
        self.all.append(effect)
        return effect

    def of(self, kind: str) -> list[Effect]:
        """Return those of a kind."""
        return [effect for effect in self.all if effect.kind == kind]

    def counts(self) -> Counter[str]:
        """Return how many of each kind there are."""
        return Counter(effect.kind for effect in self.all)
