"""A brand of its own with leaderboards: grants by the bus, and what they must come to."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import httpx

from deploy.native.parts import CORE
from deploy.native.stack import Stack
from services.engagement import app as engagement
from services.engagement.rules.boards import Board, Metric, Period, Place, first_of, ranked
from shared.bus.outlet import KafkaOutlet
from shared.bus.partition import partition_of
from shared.bus.record import Outgoing
from shared.clock import SystemClock
from shared.directory import Scope
from shared.events import encode, event_id
from shared.events.engagement import Points, PointsClawedBack, PointsGranted
from shared.fold.ports import Chunk
from shared.runtime import Service
from shared.settings import Settings
from shared.topics import GRANTS, PARTITIONS
from tests.integration.services import eventually, running, settings_for, token
from tests.parts import Addresses, StackFactory

HERE, THERE = "telegram:-1", "telegram:-2"
NOW = SystemClock().now().replace(microsecond=0)
TODAY = NOW.date()

Grant = PointsGranted | PointsClawedBack


def grant(number: int, member: str, points: int, *, ago: int = 0, community: str = HERE, karma: int = 0) -> Grant:
    """Return points that are due, or taken back where they are negative, for what was done some days ago."""
    at, made = NOW - timedelta(days=ago, minutes=1), PointsGranted if points >= 0 else PointsClawedBack
    data = Points(
        member=member, cause=f"c{number}", rule="r", version=1, uncapped=points, day=at.date(), karma=karma or None
    )
    id_ = event_id("test", str(number))
    return made(id=id_, source="test", time=at, brand="acme", recordedtime=NOW, community=community, data=data)


def crowd(count: int, members: int, seed: int = 1) -> list[Grant]:
    """Return grants of many members, most of them equal to others, on days of the last weeks."""
    chance = random.Random(seed)
    return [
        grant(
            seed * 1_000_000 + number,
            f"telegram:{chance.randrange(members)}",
            chance.choice([1, 1, 2, 5, -1]),
            ago=chance.choice([0, 0, 1, 6, 30]),
            community=chance.choice([HERE, THERE]),
            karma=chance.choice([0, 0, 1]),
        )
        for number in range(count)
    ]


def expected(grants: Sequence[Grant], board: Board) -> Sequence[Place]:
    """Return a board by its definition."""
    sums: dict[str, int] = {}
    for one in grants:
        day = one.data.day or date.min
        if first_of(board.period, day.toordinal()) == board.first and board.community in {None, one.community}:
            what = one.data.uncapped if board.metric is Metric.POINTS else one.data.karma or 0
            sums[one.data.member] = sums.get(one.data.member, 0) + what
    return ranked(sums)


def boards() -> list[Board]:
    """Return the boards that are looked at."""
    return [
        Board("acme", community, period, first_of(period, (TODAY - timedelta(days=ago)).toordinal()), metric)
        for community in (None, HERE, THERE)
        for period in Period
        for ago in (0, 6)
        for metric in Metric
    ]


def query(board: Board) -> dict[str, str]:
    """Return how a board is asked for."""
    told = {"period": board.period.value, "metric": board.metric.value}
    told |= {"community": board.community} if board.community else {}
    return told | ({"date": date.fromordinal(board.first).isoformat()} if board.first else {})


class World(NamedTuple):
    """A running service over parts of its own."""

    service: Service
    points: httpx.AsyncClient
    stack: Stack
    settings: Settings

    async def told(self, board: Board, **more: str) -> Mapping[str, Any]:
        """Return the first thousand places of a board as the API tells them."""
        answer = await self.points.get("/v1/boards", params=query(board) | {"limit": "1000"} | more)
        assert answer.status_code == 200, answer.text
        found: Mapping[str, Any] = answer.json()
        return found

    async def are_equal(self, grants: Sequence[Grant], source: str = "live") -> bool:
        """Say whether all boards are what the grants come to, and come from there."""
        for board in boards():
            told, places = await self.told(board), expected(grants, board)
            if told["source"] != source or told["places"] != [one._asdict() for one in places[:1000]]:
                return False
            assert told["members"] == len(places)
        return True

    async def become_equal(self, grants: Sequence[Grant], patience_s: float = 60.0) -> None:
        """Wait until all live boards are what the grants come to."""

        async def ask() -> bool:
            return await self.are_equal(grants)

        await eventually(ask, bool, patience_s)


async def tell(kafka: str, grants: Sequence[Grant]) -> None:
    """Publish grants as the scorer would."""
    outlet = KafkaOutlet(kafka)
    await outlet.start()
    by_partition: dict[int, list[Outgoing]] = {}
    for one in grants:
        key = f"{one.brand}/{one.data.member}".encode()
        by_partition.setdefault(partition_of(key, PARTITIONS), []).append(Outgoing(key, encode(one), ()))
    try:
        await outlet.publish([Chunk(0, GRANTS.name, q, records) for q, records in by_partition.items()])
    finally:
        await outlet.stop()


@asynccontextmanager
async def world(own_stack: StackFactory) -> AsyncIterator[World]:
    """Run engagement over a stack of its own."""
    stack = own_stack()
    stack.start(*CORE)
    found = stack.settings()
    parts = Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])
    settings = settings_for(parts)
    service = engagement.create_app(settings)
    async with running(service, folds=True) as (points,):
        scopes = Scope.MEMBERS_READ, Scope.POINTS_WRITE
        points.headers.update(await token(service, "acme", *scopes))
        yield World(service, points, stack, settings)


def moment(ago: int = 0) -> str:
    """Return a moment of some days ago."""
    return (NOW.astimezone(UTC) - timedelta(days=ago)).isoformat()


def at(text: str) -> datetime:
    """Return a moment as the API tells it."""
    return datetime.fromisoformat(text)
