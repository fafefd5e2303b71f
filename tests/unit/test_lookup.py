"""Looking up for many at once: few questions, and no answer that is older than its question."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping

import pytest

from shared.errors import Retryable
from shared.lookup import Lookup


class Stored:
    """A database: what it held when a question began is the answer, later."""

    def __init__(self) -> None:
        self.values = {"a": 1, "b": 2}
        self.asked: list[set[str]] = []
        self.was_asked, self.answering = asyncio.Event(), asyncio.Event()
        self.is_away = False

    async def find(self, keys: Collection[str]) -> Mapping[str, int]:
        self.asked.append(set(keys))
        self.was_asked.set()
        found = {key: self.values[key] for key in keys if key in self.values}
        await self.answering.wait()
        if self.is_away:
            raise Retryable("away")
        return found


@pytest.fixture
def stored() -> Stored:
    return Stored()


async def test_who_asks_together_is_answered_by_one_question(stored: Stored) -> None:
    lookup = Lookup(stored.find)
    stored.answering.set()

    assert await asyncio.gather(*(lookup.get(key) for key in ["a", "b", "a", "c"])) == [1, 2, 1, None]
    assert stored.asked == [{"a", "b", "c"}]
    assert await lookup.get("b") == 2


async def test_who_asks_after_a_change_sees_it_though_a_question_was_under_way(stored: Stored) -> None:
    lookup = Lookup(stored.find)
    before = asyncio.create_task(lookup.get("a"))
    await stored.was_asked.wait()
    del stored.values["a"]
    after = [asyncio.create_task(lookup.get("a")) for _ in range(3)]
    await asyncio.sleep(0)

    stored.answering.set()

    assert await before == 1
    assert await asyncio.gather(*after) == [None, None, None]
    assert len(stored.asked) == 2


async def test_who_leaves_takes_nobody_along(stored: Stored) -> None:
    lookup = Lookup(stored.find)
    gone, stays = (asyncio.create_task(lookup.get("a")) for _ in range(2))
    await stored.was_asked.wait()

    gone.cancel()
    stored.answering.set()

    assert await stays == 1


async def test_a_failure_is_told_to_all_who_asked_and_the_next_question_is_asked(stored: Stored) -> None:
    lookup = Lookup(stored.find)
    stored.is_away = True
    stored.answering.set()

    found = await asyncio.gather(*(lookup.get("a") for _ in range(2)), return_exceptions=True)
    stored.is_away = False

    assert [type(error) for error in found] == [Retryable, Retryable]
    assert await lookup.get("a") == 1


async def test_a_question_that_hangs_is_given_up_and_the_next_one_asked(
    stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.lookup.ANSWER_S", 0.05)
    lookup = Lookup(stored.find)

    with pytest.raises(Retryable):
        await lookup.get("a")

    stored.answering.set()
    assert await lookup.get("a") == 1


async def test_who_waits_is_told_where_asking_ends_with_the_service(stored: Stored) -> None:
    lookup = Lookup(stored.find)
    waiting = asyncio.create_task(lookup.get("a"))
    await stored.was_asked.wait()
    (asking,) = asyncio.all_tasks() - {waiting, asyncio.current_task()}

    asking.cancel()

    with pytest.raises(Retryable):
        await waiting


async def test_each_hears_of_a_failure_by_an_error_of_its_own(stored: Stored) -> None:
    lookup = Lookup(stored.find)
    stored.is_away = True
    stored.answering.set()

    first, second = await asyncio.gather(*(lookup.get("a") for _ in range(2)), return_exceptions=True)

    assert first is not second
