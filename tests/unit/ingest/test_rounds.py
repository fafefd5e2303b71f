"""Rounds: in which order communities are looked at, what is remembered of them, what a person hears, and when one waits."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

import pytest

from services.ingest.sources import rounds as rounds_source
from services.ingest.sources.rounds import AGAIN_S, Found, rounds
from services.ingest.sources.source import Busy, Page, Refused, packed, unpacked
from services.ingest.store import Piece
from shared.errors import Retryable
from tests.unit.ingest.asking import connection

EVERY_S = 3_600.0


class Platform:
    """Communities whose places move on by one with each look, unless one is in trouble; so many looks a window."""

    def __init__(self, window: int = 1_000) -> None:
        self.window = self.left = window
        self.troubles: dict[str, Exception] = {}
        self.pauses: dict[str, float] = {}
        self.silent: set[str] = set()
        self.looked: list[str] = []

    async def look(self, community: str, place: str) -> Found:
        if not self.left:
            raise Busy("too many requests", 60)
        self.left -= 1
        self.looked.append(community)
        if community in self.silent:
            await asyncio.get_running_loop().create_future()
        if community in self.troubles:
            raise self.troubles[community]
        return Found([Piece(community.encode())], str(int(place or 0) + 1), self.pauses.get(community, 0.0))

    async def first(self, count: int, *communities: str, place: str = "") -> list[Page]:
        """Return the first pages of rounds over these communities."""
        pages = rounds(connection(*communities), place, self.look, EVERY_S)
        found = [await anext(pages) for _ in range(count)]
        await pages.aclose()
        return found

    async def until_busy(self, *communities: str, place: str) -> str:
        """Look for as long as the platform allows; return the place that was reached."""
        self.left = self.window
        with contextlib.suppress(Busy):
            async for page in rounds(connection(*communities), place, self.look, EVERY_S):
                place = page.place
        return place


def places(page: Page) -> Mapping[str, str] | None:
    return unpacked(page.place, dict[str, str])


async def test_places_of_communities_that_are_listed_no_longer_are_dropped_and_those_of_others_kept() -> None:
    told = packed({"gone": "7", "b": "4", "a": "1"})

    (page,) = await Platform().first(1, "a", "b", place=told)

    assert places(page) == {"a": "1", "b": "5"}


async def test_a_community_in_trouble_keeps_its_place() -> None:
    platform = Platform()
    platform.troubles["b"] = Retryable("it is away")

    *_, page = await platform.first(3, "a", "b", "c", place=packed({"a": "1", "b": "4", "c": "7"}))

    assert places(page) == {"a": "2", "b": "4", "c": "8"}


async def test_what_is_missing_is_told_at_the_end_of_a_round_and_taken_back_after_one_that_went_well() -> None:
    platform = Platform()
    platform.troubles = {"a": Refused("it is private"), "b": ZeroDivisionError("with a token")}
    pages = rounds(connection("a", "b", "c"), "", platform.look, EVERY_S)

    ill = [(await anext(pages)).missing for _ in range(3)]
    platform.troubles.clear()
    well = [(await anext(pages)).missing for _ in range(3)]

    assert ill == [None, None, ["a: it is private", "b: a bug: ZeroDivisionError"]]
    assert well == [None, None, []]


async def test_the_pause_of_a_round_comes_after_its_last_community_alone() -> None:
    platform = Platform()
    platform.pauses = {"b": 7.0}

    pages = await platform.first(6, "a", "b", "c")

    assert [page.pause_s for page in pages] == [0, 7, EVERY_S, 0, 7, EVERY_S]


async def test_a_round_in_which_something_was_missing_is_followed_by_a_shorter_pause() -> None:
    platform = Platform()
    platform.troubles["a"] = Retryable("it is away")

    pages = await platform.first(2, "a", "b")

    assert [page.pause_s for page in pages] == [0, AGAIN_S]


async def test_who_was_looked_at_longest_ago_comes_first_and_who_never_was_before_all() -> None:
    platform = Platform()

    await platform.first(8, "a", "b", "c", "new", place=packed({"c": "1", "a": "1", "b": "1"}))

    assert platform.looked == ["new", "c", "a", "b"] * 2


@pytest.mark.parametrize("window", [1, 2, 3, 4])
async def test_all_are_looked_at_in_turn_though_a_window_does_not_allow_a_round(window: int) -> None:
    platform, place = Platform(window), ""

    for _ in range(10):
        place = await platform.until_busy("a", "b", "c", "d", "e", place=place)

    assert "".join(platform.looked) == ("abcde" * 10)[: 10 * window]


async def test_a_look_that_does_not_end_is_given_up_and_the_others_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds_source, "LOOK_S", 0.01)
    platform = Platform()
    platform.silent = {"a"}

    async with asyncio.timeout(5):
        one, two = await platform.first(2, "a", "b", place=packed({"a": "3", "b": "5"}))

    assert [len(page.pieces) for page in (one, two)] == [0, 1]
    assert places(two) == {"a": "3", "b": "6"}
    assert two.missing == ["a: a look at it took longer than 0 s"]
