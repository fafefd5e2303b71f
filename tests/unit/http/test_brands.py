from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from shared.http.brands import KEPT_S, Brands
from shared.http.problems import Problem


class World:
    """Declared brands, how often somebody looked, and a clock."""

    def __init__(self, *declared: str) -> None:
        self.declared, self.looked, self.now = set(declared), 0, 1_000.0
        self.brands = Brands(self, lambda: self.now)

    async def get(self, kind: str, brand: str, name: str) -> Mapping[str, Any] | None:
        assert (kind, brand) == ("Brand", name)
        self.looked += 1
        return {} if name in self.declared else None


async def test_a_brand_that_is_there_is_looked_up_once_in_a_while() -> None:
    world = World("acme")

    for _ in range(100):
        await world.brands.check("acme")
    world.now += KEPT_S
    await world.brands.check("acme")

    assert world.looked == 2


async def test_a_brand_that_nobody_declared_is_named_with_what_to_do() -> None:
    world = World("acme")

    with pytest.raises(Problem) as problem:
        await world.brands.check("acmee")

    assert problem.value.status == 404
    assert "no brand acmee" in problem.value.detail
    assert "`veche apply -f`" in problem.value.detail


async def test_a_brand_is_there_as_soon_as_it_is_declared_and_gone_soon_after_it_is_deleted() -> None:
    world = World()
    with pytest.raises(Problem):
        await world.brands.check("acme")

    world.declared.add("acme")
    await world.brands.check("acme")
    world.declared.clear()
    world.now += KEPT_S

    with pytest.raises(Problem):
        await world.brands.check("acme")
