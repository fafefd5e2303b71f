"""Leaderboards over the real parts: equal to what was granted, whatever becomes of Redis."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from redis.asyncio import Redis

from services.engagement.cli.boards import rebuild_boards
from services.engagement.rules.boards import Board, Metric, Period, first_of
from shared.directory import Scope
from tests.integration.boards import HERE, THERE, TODAY, World, boards, crowd, expected, grant, moment, query, tell, world
from tests.integration.services import token
from tests.parts import StackFactory

ALL = Board("acme", None, Period.ALL, 0, Metric.POINTS)
THIS_WEEK = Board("acme", HERE, Period.WEEK, first_of(Period.WEEK, TODAY.toordinal()), Metric.POINTS)


@pytest.mark.timeout(300)
async def test_the_boards_are_what_was_granted_whatever_becomes_of_redis(
    own_stack: StackFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(own_stack) as here:
        granted = crowd(600, members=200)
        await tell(here.settings.kafka, granted)
        await here.become_equal(granted)

        await as_of_now_they_are_the_same(here)
        granted += await while_redis_is_emptied(here)
        granted += await while_redis_is_gone(here)
        await here.become_equal(granted)
        await what_redis_remembers_of_another_life_is_not_shown(here)
        await the_command_writes_them_anew(here, monkeypatch)
        await here.become_equal(granted)


async def as_of_now_they_are_the_same(here: World) -> None:
    for board in boards():
        live, past = await here.told(board), await here.told(board, as_of=moment())
        assert past["source"] == "ledger"
        assert (past["places"], past["members"]) == (live["places"], live["members"])


async def while_redis_is_emptied(here: World) -> list[Any]:
    """Every answer meanwhile is a right one: of what was granted before, for nothing was granted since."""
    before = await here.told(ALL)
    async with Redis.from_url(here.settings.redis) as redis:
        await redis.flushall()
    found: Any = {}
    while found.get("source") != "live":
        found = await here.told(ALL)
        assert (found["places"], found["members"]) == (before["places"], before["members"])

    more = crowd(300, members=200, seed=2)
    half = len(more) // 2
    await tell(here.settings.kafka, more[:half])
    async with Redis.from_url(here.settings.redis) as redis:
        await redis.flushall()
    await tell(here.settings.kafka, more[half:])
    return more


async def while_redis_is_gone(here: World) -> list[Any]:
    more = crowd(200, members=200, seed=3)
    here.stack.stop("redis", hard=True)
    await tell(here.settings.kafka, more)
    assert (await here.told(ALL))["source"] == "ledger"
    await asyncio.sleep(2)
    here.stack.start("redis")
    return more


async def what_redis_remembers_of_another_life_is_not_shown(here: World) -> None:
    """A life that another run of the server had is no life of this one, whatever marks there are."""
    async with Redis.from_url(here.settings.redis) as redis:
        base = f"{here.service.database}/boards"
        await redis.set(base, "0" * 40 + ".old")
        for q in range(6):
            await redis.set(f"{base}/{'0' * 40}.old/whole/{q}", 1)
        await redis.zadd(f"{base}/{'0' * 40}.old/of/all/0/points/acme/", {"telegram:liar": -1_000_000})
        while (found := await here.told(ALL))["source"] == "ledger":
            assert "telegram:liar" not in str(found["places"])
        assert "telegram:liar" not in str(found["places"])
        left = [key async for key in redis.scan_iter(f"{base}/*.old/*")]
        assert not left


async def the_command_writes_them_anew(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what somebody changed by hand."""
    async with Redis.from_url(here.settings.redis, decode_responses=True) as redis:
        base = f"{here.service.database}/boards"
        life = str(await redis.get(base))
        await redis.zadd(f"{base}/{life}/of/all/0/points/acme/", {"telegram:liar": -1_000_000})
        assert (await here.told(ALL))["places"][0]["member"] == "telegram:liar"
        monkeypatch.setenv("VECHE_REDIS", here.settings.redis)
        monkeypatch.setenv("VECHE_DATABASE_PREFIX", here.settings.database_prefix)

        await asyncio.to_thread(rebuild_boards)

        assert (await here.told(ALL))["places"][0]["member"] != "telegram:liar"


@pytest.mark.timeout(200)
async def test_places_past_moments_and_final_standings(own_stack: StackFactory) -> None:
    async with world(own_stack) as here:
        first = [grant(1, "telegram:1", 5, ago=6), grant(2, "telegram:2", 5, ago=6), grant(3, "telegram:3", 2, ago=6)]
        later = [grant(4, "telegram:3", 9, community=THERE), grant(5, "telegram:2", -5)]
        await tell(here.settings.kafka, [*first, *later])
        await here.become_equal([*first, *later])

        await a_past_moment_is_what_had_happened_by_then(here, first)
        await places_are_told_with_those_around(here)
        await what_is_kept_stays(here)
        await who_is_limited_to_a_community_sees_its_boards(here)
        await an_order_changes_no_board(here)


async def a_past_moment_is_what_had_happened_by_then(here: World, first: list[Any]) -> None:
    past = await here.told(ALL, as_of=moment(5))

    assert past["places"] == [one._asdict() for one in expected(first, ALL)]
    assert [(one["place"], one["member"]) for one in past["places"]] == [
        (1, "telegram:1"),
        (1, "telegram:2"),
        (3, "telegram:3"),
    ]


async def places_are_told_with_those_around(here: World) -> None:
    for source, more in (("live", {}), ("ledger", {"as_of": moment()})):
        path = "/v1/boards/members/telegram:1"
        found = (await here.points.get(path, params=query(ALL) | {"around": "1"} | more)).json()
        gone = (await here.points.get("/v1/boards/members/telegram:2", params=query(ALL) | more)).json()

        assert (found["source"], found["place"], found["value"], found["members"]) == (source, 2, 5, 2)
        assert [one["member"] for one in found["places"]] == ["telegram:3", "telegram:1"]
        assert (gone["place"], gone["value"], gone["places"]) == (None, 0, [])


async def what_is_kept_stays(here: World) -> None:
    body = {"name": "spring", "period": "all", "metric": "points", "as_of": moment(5)}
    answers = [await here.points.post("/v1/standings", json=one) for one in (body, body, body | {"metric": "karma"})]
    early = await here.points.get("/v1/standings/spring")
    await tell(here.settings.kafka, [grant(6, "telegram:3", 50, ago=6)])
    past = await here.told(ALL, as_of=moment(5))
    while past["places"][0]["member"] != "telegram:3":
        past = await here.told(ALL, as_of=moment(5))

    late = await here.points.get("/v1/standings/spring")
    again = await here.points.post("/v1/standings", json=body)

    assert [answer.status_code for answer in answers] == [201, 200, 409]
    assert [one["member"] for one in early.json()["places"]] == ["telegram:1", "telegram:2", "telegram:3"]
    assert late.json() == early.json()
    assert again.json() == answers[0].json()
    assert [one["name"] for one in (await here.points.get("/v1/standings")).json()] == ["spring"]
    assert (await here.points.get("/v1/standings/spring", params={"offset": 2})).json()["places"][0]["place"] == 3
    assert (await here.points.post("/v1/standings", json={"name": "Not a name"})).status_code == 422
    future = body | {"name": "x", "as_of": "2999-01-01T00:00:00Z"}
    assert (await here.points.post("/v1/standings", json=future)).status_code == 422


async def who_is_limited_to_a_community_sees_its_boards(here: World) -> None:
    limited = await token(here.service, "acme", Scope.MEMBERS_READ, communities=frozenset({HERE}))
    asked = [query(ALL), query(ALL) | {"community": THERE}, query(ALL) | {"community": HERE}]
    for path in ("/v1/boards", "/v1/boards/members/telegram:1"):
        answers = [await here.points.get(path, params=one, headers=limited) for one in asked]
        assert [answer.status_code for answer in answers] == [403, 403, 200]
    assert (await here.points.get("/v1/standings", headers=limited)).json() == []
    assert (await here.points.get("/v1/standings/spring", headers=limited)).status_code == 404
    assert (await here.points.post("/v1/standings", json={"name": "mine"}, headers=limited)).status_code == 403


async def an_order_changes_no_board(here: World) -> None:
    before = await here.told(ALL)
    order = {"amount": 1_000, "note": "by hand"}
    answer = await here.points.post("/v1/members/telegram:9/adjust", json=order)
    await tell(here.settings.kafka, [grant(7, "telegram:8", 1)])
    found = before
    while found["members"] == before["members"]:
        found = await here.told(ALL)

    assert answer.status_code in {201, 202}
    assert {one["member"] for one in found["places"]} - {one["member"] for one in before["places"]} == {"telegram:8"}
