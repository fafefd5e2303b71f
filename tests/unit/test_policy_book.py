"""Policies by time; and a stored version that this release cannot use, which stops only what it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.errors import Unprocessable
from shared.policy import DEFAULT, PolicyBook, Version

BORN = datetime(2026, 3, 2, tzinfo=UTC)


class Shelf:
    def __init__(self, *versions: Version) -> None:
        self._versions = versions

    async def all(self, kind: str) -> Iterable[Version]:
        return [version for version in self._versions if version.kind == kind]


def stored(brand: str, number: int, spec: Mapping[str, Any], name: str = DEFAULT) -> Version:
    return Version("RewardsPolicy", brand, name, number, BORN + timedelta(days=number), spec)


def points(version: int, spec: Mapping[str, Any]) -> tuple[int, int]:
    return version, spec["points"]


async def book(*versions: Version) -> PolicyBook[tuple[int, int]]:
    found = PolicyBook(Shelf(*versions), "RewardsPolicy", points, (0, 0), refresh_s=60)
    await found.refresh()
    return found


async def test_the_version_in_force_at_a_moment_is_the_last_before_it_and_a_community_has_its_own() -> None:
    brands = [stored("acme", number, {"points": points}) for number, points in ((1, 5), (2, 7))]
    found = await book(*brands, stored("acme", 1, {"points": 9}, "c"))

    at = [found.at("acme", None, BORN + timedelta(days=day)) for day in range(4)]

    assert at == [(0, 0), (1, 5), (2, 7), (2, 7)]
    assert found.at("acme", "c", BORN + timedelta(days=3)) == (1, 9)
    assert found.at("other", None, BORN + timedelta(days=3)) == (0, 0)


async def test_a_version_that_cannot_be_used_stops_what_it_concerns_and_nobody_else() -> None:
    unusable = stored("acme", 2, {"gone": 1})
    found = await book(stored("acme", 1, {"points": 5}), unusable, stored("other", 1, {"points": 3}))

    assert found.at("acme", None, BORN + timedelta(days=1)) == (1, 5)
    assert found.at("other", None, BORN + timedelta(days=9)) == (1, 3)
    with pytest.raises(Unprocessable, match="version 2 of RewardsPolicy default of acme"):
        found.at("acme", None, BORN + timedelta(days=2))
