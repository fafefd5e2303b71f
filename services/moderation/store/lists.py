"""The built-in lists of words and phrases."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources

LISTS = ("ru-obscene", "ru-insults", "en-obscene", "en-insults", "spam")


def read_lists() -> Mapping[str, str]:
    """Return the built-in lists as they stand in their files."""
    folder = resources.files("services.moderation.rules") / "lists"
    return {name: (folder / f"{name}.txt").read_text(encoding="utf-8") for name in LISTS}
