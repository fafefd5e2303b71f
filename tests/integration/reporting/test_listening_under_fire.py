"""Promises 2, 3 and 7 for listening and goals: killed in mid-stream, all is counted and told as if the service had not been.

What is stored is held against the topics read once more from their beginning (promise 3), and against plain counts.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiokafka import AIOKafkaConsumer

from demo.processes import environment
from services.reporting.figures.buckets.remark import Remark
from services.reporting.handlers.listening import GROUP, INPUTS, Listening, Reaction, Removal, Written
from services.reporting.listening import queries
from services.reporting.recomputing.run import recomputed
from services.reporting.rules.goals.declared import KIND
from services.reporting.rules.ideas import Decide
from shared.bus import admin, past
from shared.bus.publisher import Publisher
from shared.bus.record import Outgoing, header
from shared.clock import SetClock, SystemClock
from shared.directory import Directory
from shared.documents.shape import whole
from shared.events import Envelope, decode
from shared.events.actions import ActionReply
from shared.events.reporting import GoalAtRisk
from shared.fold.mongo import Client, new_client
from shared.models.files import ModelFiles
from shared.settings import Settings
from shared.shelf import MongoShelf
from shared.topics import ACTIONS, ALERTS, IDEAS, REPORTING_COMMANDS, declared
from tests import builders
from tests.catching_up import left
from tests.integration.reporting.live import started
from tests.integration.reporting.test_goals import HERE, THERE, goal, written
from tests.integration.services import eventually, publish, with_brand
from tests.journey.fleet import Fleet
from tests.parts import Addresses, StackFactory
from tests.unit.reporting.crises import START

KILLS = 5
CONTENTS, IDEAS_DECIDED = 600, 6
"""Of each community; the first of them are ideas."""
IDEA = "Было бы здорово добавить тёмную тему"
SAID = ("Отличный магазин, спасибо", "Ничего не работает, верните деньги", "Когда откроется?", "Заказ номер пять")
AGAIN = "Всё починили, спасибо"


def events_of(community: str) -> Sequence[Envelope]:
    """Return contents of which every third is edited, every seventh deleted and every ninth liked, hours later."""
    now = SystemClock().now()
    born, later = list[Envelope](), list[Envelope]()
    for n in range(CONTENTS):
        at = {"community": community, "content_id": f"{community}/{n}", "recordedtime": now}
        text = IDEA if n < IDEAS_DECIDED else SAID[n % len(SAID)]
        moment = now - timedelta(hours=30, seconds=-n)
        born.append(
            builders.content_created(id=f"{community} c{n}", time=moment, text=text, actor=f"telegram:{n % 40}", **at)
        )
        soon = moment + timedelta(hours=2)
        if n >= IDEAS_DECIDED and n % 3 == 0:
            later.append(builders.content_edited(id=f"{community} e{n}", time=soon, text=AGAIN, edition=2, **at))
        if n >= IDEAS_DECIDED and n % 7 == 0:
            later.append(builders.content_deleted(id=f"{community} d{n}", time=soon, **at))
        if n % 9 == 0:
            later.append(builders.reaction_added(id=f"{community} r{n}", time=soon, actor=f"telegram:{n % 40 + 1}", **at))
    return [*born, *later]


def counted(heard: Listening) -> Counter[str]:
    """Return how many contents of one community there are of each tone: read one by one, without a store."""
    states: dict[str, Any] = {}
    for event in events_of(HERE):
        assert isinstance(event, Written | Removal | Reaction)
        states[event.data.content_id or ""] = heard.evolve(states.get(event.data.content_id or ""), event).state
    return Counter(one.label for one in states.values() if not one.is_gone)


@pytest.mark.timeout(300)
async def test_a_service_that_is_killed_again_and_again_counts_and_tells_all_once(
    own_stack: StackFactory, tmp_path: Path
) -> None:
    stack = own_stack()
    parts = started(stack)
    settings = Settings(mongo=parts.mongo, kafka=parts.kafka, database_prefix=f"l{secrets.token_hex(4)}")
    await admin.apply(parts.kafka, declared())
    client, bus = new_client(parts.mongo), Publisher(parts.kafka, "test")
    held = ModelFiles(parts.mongo, settings.database("reporting"), 1 << 20)
    shelf = MongoShelf(client, settings.database("reporting"), SetClock(START), 0)
    await shelf.store(KIND, "acme", "hard", whole(goal(SystemClock().now().date(), target=500_000)), "anna")
    await with_brand(Directory(client, settings.database("directory")), "acme")
    prefix = {"VECHE_DATABASE_PREFIX": settings.database_prefix}
    ships = Fleet(environment(stack.settings(), prefix), tmp_path, {})
    streams = [[*written(place), *events_of(place)] for place in (HERE, THERE)]
    await bus.start()
    try:
        ships.start("reporting")
        for number in range(2 * KILLS):
            for events in streams:
                size = -(-len(events) // (2 * KILLS))
                await publish(parts.kafka, *events[number * size : (number + 1) * size])
            if number % 2:
                await asyncio.sleep(2.0 if number > 1 else 6.0)  # it has begun, and is in the middle of something
                ships.kill("reporting")
                ships.start("reporting")
        await decide(bus)
        ships.kill("reporting")
        ships.start("reporting")
        await caught_up(parts, client, settings)
        for looks in (1, 2):  # who starts looks at all goals, once; now that all is counted
            ships.kill("reporting")
            ships.start("reporting")
            await eventually(partial(looked, parts), lambda now, looks=looks: now >= looks)  # type: ignore[misc]
        await caught_up(parts, client, settings)
        found = await recomputed(client, settings.database("reporting"), parts.kafka, "acme", held)
        replies = await eventually(lambda: told(parts, ACTIONS.name, ActionReply), lambda now: len(now) >= IDEAS_DECIDED)
        risks = await told(parts, ALERTS.name, GoalAtRisk)
        remarks = (
            await client.get_database(settings.database("reporting"))["listening.states"]
            .find({"kind": "remark", "community": HERE, "_id": {"$regex": f"/{HERE}/{HERE}/"}})
            .to_list()
        )
    finally:
        for name in ships.running:
            ships.kill(name)
        await bus.stop()
        await held.close()
        await client.close()

    heard = Listening(Nothing())
    stored = [heard.decode(one) for one in remarks]
    labels = Counter(one.label for one in stored if isinstance(one, Remark) and not one.is_gone)
    assert (found.wrong, found.moving, found.judged_otherwise) == ((), 0, 0)
    assert labels == counted(heard)
    assert labels["positive"] > 50 < labels["negative"]
    assert sorted(one.data.content_id for one in replies) == sorted(f"{HERE}/{n}" for n in range(IDEAS_DECIDED))
    assert [one.data.goal for one in risks] == ["hard"]


class Nothing:
    """No watch queries, at any time."""

    async def refresh(self) -> None:
        """Nothing changes."""

    def at(self, *_: object) -> queries.Queries:
        """Return them."""
        return queries.built(0, {})


async def decide(bus: Publisher) -> None:
    """Decide on the ideas of a community, each twice: who asked got no answer, and asked again."""
    for n in [*range(IDEAS_DECIDED)] * 2:
        command = Decide(
            id=f"d{n}",
            brand="acme",
            community=HERE,
            content=f"{HERE}/{n}",
            status="planned",
            at=SystemClock().now(),
            by="anna",
        )
        await bus.send(IDEAS.name, Outgoing(f"acme/{HERE}".encode(), msgspec.json.encode(command), ()))


async def looked(parts: Addresses) -> int:
    """Return how often the fold of incidents was told how the goal stands."""
    commands = [record.value or b"" async for record in past.records(parts.kafka, REPORTING_COMMANDS.name)]
    return sum(b"reporting.command.assess" in command for command in commands)


async def caught_up(parts: Addresses, client: Client, settings: Settings) -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers=parts.kafka)
    await consumer.start()
    try:
        database = client.get_database(settings.database("reporting"))
        for group, topics in (("figures", ()), ("points", ()), (GROUP, INPUTS), ("incidents", ()), (GROUP, INPUTS)):
            await eventually(lambda: left(database, consumer, group, topics), lambda rest: not rest)  # noqa: B023 - asked at once
    finally:
        await consumer.stop()


async def told(parts: Addresses, topic: str, kind: type[Any]) -> list[Any]:
    """Return what was told, as its readers count it: what was published again has the origin that it had."""
    found = {}
    async for record in past.records(parts.kafka, topic):
        event = decode(record.value or b"")
        if isinstance(event, kind):
            found[header(record, "origin")] = event
    return list(found.values())
