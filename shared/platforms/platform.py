"""A platform and what it can tell."""

from __future__ import annotations

from msgspec import Struct

from shared.platforms.facts import Fact
from shared.said import Said


class Note(Struct, frozen=True):
    """On what it depends whether a fact is told, or what of it is not."""

    fact: Fact
    said: Said


class Platform(Struct, frozen=True, kw_only=True):
    """What a platform tells, whichever way it comes, once everything is allowed that the notes name."""

    id: str
    """The first part of the ids of its communities."""
    name: str
    tells: frozenset[Fact]
    notes: tuple[Note, ...] = ()
    limits: tuple[Said, ...] = ()
    """Where a fact may be counted once too often or too seldom, for want of what the platform does not tell."""
