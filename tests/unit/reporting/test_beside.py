"""What stands beside what: partners and links beside other joins, communities beside the brand's others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from statistics import median
from typing import Any

import pytest
from msgspec.structs import replace

from services.reporting.figures.buckets.membership import Membership
from services.reporting.figures.tables import BY_ID
from services.reporting.figures.tables.peers import beside_others, rows_of
from tests import builders
from tests.builders import AT
from tests.unit.reporting.folding import folded, material
from tests.unit.reporting.test_tables import QUARTER, joined, rows, wrote


def known(member: int, day: float) -> Membership:
    return Membership("acme", "telegram:-9", f"telegram:{member}", first=((AT + timedelta(days=day)).timestamp(), "x"))


def test_partners_and_links_tell_who_stayed_beside_all_others() -> None:
    events = [joined(n, 0, "blog" if n < 10 else None) for n in range(30)]
    events += [wrote(n, 2 + day) for n in range(8) for day in range(n)] + [wrote(n, 5) for n in range(20, 23)]
    told = replace(material(folded(events)), partners={"telegram:-9": [known(20, -5), known(21, -90), known(25, 3)]})

    found: list[list[Any]] = [list(row) for row in BY_ID["partners"].rows(told, QUARTER)]
    partner, link = found

    assert (partner[1], partner[2], partner[3]) == ("telegram:-9", 2, 2), (
        "who was known there after joining did not come from it"
    )
    assert (partner[4], partner[7]) == (1, pytest.approx(8 / 28))
    assert (link[1], link[2], link[3]) == ("blog", 10, 10)
    assert (link[4], link[7], link[8]) == (0.7, pytest.approx(3 / 20), pytest.approx(0.55))
    assert 0 < link[9] < 0.55 < link[10]
    assert link[11] == pytest.approx(sum(range(8)) / 10), "days on which they wrote"
    assert link[12] < link[11] < link[13]
    assert link[14] == pytest.approx(3 / 20)


def test_who_joined_a_partner_s_community_did_not_join_the_brand_s_own_though_both_are_asked_for() -> None:
    events = [joined(n, 0, "blog") for n in range(4)]
    events += [
        builders.member_joined(member=f"telegram:{n}", community="telegram:-9", time=AT, via="blog", id=f"p{n}")
        for n in range(3, 9)
    ]
    told = replace(material(folded(events)), partners={"telegram:-9": [known(3, -5), known(7, -5)]}, others=["telegram:-9"])

    found = [(row[1], row[2]) for row in BY_ID["partners"].rows(told, QUARTER)]

    assert found == [("telegram:-9", 1), ("blog", 4)]


def test_without_a_source_or_a_partner_there_is_no_such_table() -> None:
    assert rows("partners", folded([joined(1, 0, None), wrote(1, 3)])) == []


def values(content: float, active: float | None = 100, **more: float | None) -> dict[str, float | None]:
    return {"content": content, "active_members": active, "stickiness": 0.2} | more


def test_a_community_stands_beside_the_quartiles_of_the_others_by_its_size() -> None:
    places = {f"telegram:-{n}": values(n * 100, 50 * n) for n in range(1, 5)} | {"vk:-1": values(10_000, 10)}
    places["telegram:-4"] = values(900, 100)

    found = {one.figure.id: one for one in beside_others(places, "telegram:-4")}

    content = found["content"]
    assert (content.value, content.median, content.rank, content.others) == (900, 200, 1, 3)
    assert content.is_same_platform
    assert found["active_members"].median == 100
    assert found["active_members"].rank == 2
    assert "first_response" not in found, "nobody tells it"
    assert {one.is_same_platform for one in beside_others(places, "vk:-1")} == {False}, "no other is of its platform"


def test_too_few_others_are_no_comparison_and_none_is_made_with_partners() -> None:
    places = {f"telegram:-{n}": values(n) for n in range(4)}

    assert list(beside_others({name: places[name] for name in list(places)[:3]}, "telegram:-1")) == []
    assert rows_of(places, frozenset({"telegram:-0"})) == []
    assert {row[0] for row in rows_of(places)} == set(places)


def test_quartiles_are_those_of_the_others_alone() -> None:
    active = [7, 3, 11, 20, 2]
    places = {f"telegram:-{n}": values(1, one) for n, one in enumerate(active)}

    (found,) = (one for one in beside_others(places, "telegram:-3") if one.figure.id == "active_members")

    others = sorted(active[:3] + active[4:])
    assert (found.median, found.rank, found.others) == (median(others), 1, 4)
    assert (found.low, found.high) == (
        others[0] + 0.75 * (others[1] - others[0]),
        others[2] + 0.25 * (others[3] - others[2]),
    )


def test_the_table_is_made_of_what_is_stored() -> None:
    events = [wrote(n, day, community=f"telegram:-{n}") for n in range(1, 5) for day in range(n)]

    table: Sequence[Sequence[Any]] = rows("peers", folded(events))

    content = {row[0]: row[2:7] for row in table if row[1].en.startswith("Content,")}
    assert content["telegram:-4"] == [400, 150, 200, 250, 1]
    assert content["telegram:-1"] == [100, 250, 300, 350, 4]
