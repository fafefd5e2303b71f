"""Policies by time; and a stored version that this release cannot use, which stops only what it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared import policy as module
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


async def test_a_document_that_was_deleted_is_none_from_then_on_and_in_force_at_the_times_before() -> None:
    brand = [stored("acme", 1, {"points": 5}), stored("acme", 4, {"points": 6})]
    gone = [
        Version("RewardsPolicy", "acme", name, number, BORN + timedelta(days=number), {}, deleted=True)
        for name, number in ((DEFAULT, 3), ("c", 2))
    ]
    found = await book(*brand, *gone, stored("acme", 1, {"points": 9}, "c"))

    of_brand, of_community = (
        [found.at("acme", place, BORN + timedelta(days=day)) for day in range(1, 5)] for place in (None, "c")
    )

    assert of_brand == [(1, 5), (1, 5), (0, 0), (4, 6)]
    assert of_community == [(1, 9), (1, 5), (0, 0), (4, 6)], "the brand's holds there again"
    assert [version.name for version in found.newest()] == [DEFAULT]


async def test_a_version_that_cannot_be_used_stops_what_it_concerns_and_nobody_else() -> None:
    unusable = stored("acme", 2, {"gone": 1})
    found = await book(stored("acme", 1, {"points": 5}), unusable, stored("other", 1, {"points": 3}))

    assert found.at("acme", None, BORN + timedelta(days=1)) == (1, 5)
    assert found.at("other", None, BORN + timedelta(days=9)) == (1, 3)
    with pytest.raises(Unprocessable, match="version 2 of RewardsPolicy default of acme"):
        found.at("acme", None, BORN + timedelta(days=2))


class Counting:
    """Builds, and counts how often."""

    def __init__(self) -> None:
        self.built = 0

    def __call__(self, version: int, spec: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        self.built += 1
        if "broken" in spec:
            raise ValueError
        return version, dict(spec)


async def merging(build: Counting, *versions: Version) -> PolicyBook[tuple[int, dict[str, Any]]]:
    found = PolicyBook(Shelf(*versions), "RewardsPolicy", build, (0, {}), 60, lambda above, own: {**above, **own})
    await found.refresh()
    return found


async def test_a_communitys_policy_is_merged_with_its_brands_of_the_same_moment() -> None:
    brands = [stored("acme", 2, {"a": 1, "b": 1}), stored("acme", 4, {"a": 2, "b": 2})]
    communities = [stored("acme", 1, {"b": 9}, "c"), stored("acme", 3, {"b": 8}, "c")]
    found = await merging(Counting(), *brands, *communities)

    at = [found.at("acme", "c", BORN + timedelta(days=day)) for day in range(5)]

    assert at[:2] == [(0, {}), (1, {"b": 9})]
    assert at[2:] == [(3, {"a": 1, "b": 9}), (5, {"a": 1, "b": 8}), (7, {"a": 2, "b": 8})]
    assert found.at("acme", "other", BORN + timedelta(days=4)) == (4, {"a": 2, "b": 2})
    assert [version for version, _ in at] == sorted({version for version, _ in at})


async def test_a_pair_of_versions_is_built_once_and_no_more_are_kept_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MERGED_MAX", 2)
    build = Counting()
    found = await merging(build, stored("acme", 1, {}), *(stored("acme", 1, {}, name) for name in "cde"))
    moment = BORN + timedelta(days=9)

    before = build.built
    for name in "ccddee":
        found.at("acme", name, moment)
    once = build.built
    found.at("acme", "c", moment)

    assert (before, once, build.built) == (3, 4, 5)


async def test_a_pair_that_cannot_be_used_stops_its_community_alone() -> None:
    found = await merging(Counting(), stored("acme", 1, {"a": 1}), stored("acme", 1, {"broken": 1}, "c"))

    assert found.at("acme", None, BORN + timedelta(days=9)) == (1, {"a": 1})
    with pytest.raises(Unprocessable, match="version 1 of RewardsPolicy c of acme on version 1 of the brand's"):
        found.at("acme", "c", BORN + timedelta(days=9))
