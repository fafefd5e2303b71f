"""Moderation in two processes that are killed again and again comes to what a clean fold of the same records comes to.

Promises 2 (counted exactly once), 3 (a clean fold of the same records gives the same) and 7 (history causes nothing).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiokafka import AIOKafkaProducer
from typing_extensions import override

from demo.processes import environment
from deploy.native.parts import CORE
from services.moderation.cases.audit import Chain, verified
from services.moderation.cases.case import Case
from services.moderation.cases.states import decoded_state
from services.moderation.rules import commands
from shared.bus import admin
from shared.bus.partition import partition_of
from shared.clock import Clock
from shared.events import Actor, Envelope, decode, encode
from shared.events.moderation import AppealAnswered, AppealDue
from shared.fold.mongo import Client, new_client
from shared.policy import DEFAULT, Version
from shared.shelf import MongoShelf
from shared.topics import ACTIONS, DECISIONS, EVENTS, MODERATION_COMMANDS, PARTITIONS, SANCTIONS, declared
from tests.builders import AT, content_created, content_edited, content_flagged, member_joined
from tests.integration.edge import records_of
from tests.integration.services import eventually
from tests.journey.fleet import caught_up
from tests.journey.replicas import Replicas, replicas
from tests.parts import StackFactory
from tests.unit.moderation.world import World

PLACES = [f"telegram:-{n}" for n in range(1, 5)]
MEMBERS = 40
MESSAGES = 1_200
KILLS = 8
TEXTS = [
    "good morning everybody",
    "Online casino, 200 free spins https://s.example/x",
    "does anybody know when the shop opens on sunday",
    "ЛЁГКИЙ ЗАРАБОТОК от 500$ в день пиши в лс @job",
    "you are an idiot",
    "what a day",
]
SPEC = {
    "rules": [
        {"id": "insults", "when": "text.length == 16", "then": "hold", "severity": "high"},
        {"id": "days", "when": "text.length == 10 && author.same_text > 0", "then": "label", "label": "chatty", "for": "2d"},
        {"id": "chatty", "when": '"chatty" in author.labels && text.words == 3', "then": "warn"},
    ],
    "strikes": {
        "thresholds": [
            {"points": 6, "then": "warn"},
            {"points": 10, "then": "mute", "for": "1d"},
            {"points": 30, "then": "ban"},
        ]
    },
    "brakes": {"acts": 60, "share": 30},
    "review": {"second": 0},
}  # fmt: skip


class Then(Clock):
    """Long before the first event."""

    @override
    def now(self) -> datetime:
        return datetime(2020, 1, 1, tzinfo=UTC)


def day() -> list[Envelope]:
    """What happened: messages, edits, joins and complaints of four communities, a sixth of it imported."""
    dice, told = random.Random(5), list[Envelope]()
    for n in range(MESSAGES):
        place, member = dice.choice(PLACES), f"telegram:{100 + dice.randrange(MEMBERS)}"
        about: dict[str, Any] = {
            "community": place,
            "time": AT + timedelta(seconds=7 * n),
            "imported": dice.random() < 1 / 6,
        }
        content = f"{place}:{n}"
        if dice.random() < 0.05:
            told.append(member_joined(**about, member=member))
        told.append(content_created(**about, content_id=content, actor=Actor(id=member), text=dice.choice(TEXTS)))
        if dice.random() < 0.05:
            told.append(
                content_edited(**about, content_id=content, actor=Actor(id=member), text=dice.choice(TEXTS), edition=2)
            )
        if dice.random() < 0.1:
            reporter = Actor(id=f"telegram:{dice.randrange(9)}")
            told.append(content_flagged(**about, content_id=content, actor=reporter, content_author=member))
    return told


def decisions(cases: Sequence[Case]) -> list[commands.Command]:
    """What moderators make of the open cases: a third may stand, a third goes, of a third the author is muted."""
    made = list[commands.Command]()
    waiting = [case for case in cases if case.status == "open"]
    for n, case in enumerate(sorted(waiting, key=lambda case: (case.community, case.id))):
        ruling: Any = ("allow", "remove", "mute")[n % 3]
        about = {"id": f"decide-{n}", "brand": case.brand, "community": case.community, "case": case.id, "by": "vera"}
        at = AT + timedelta(days=1, seconds=n)
        until = at + timedelta(days=1) if ruling == "mute" else None
        made.append(
            commands.Decide(**about, at=at, ruling=ruling, until=until, content=case.content, member=case.member)  # type: ignore[arg-type]
        )
    return made


def appeals(cases: Sequence[Case]) -> list[commands.Command]:
    """Authors ask for another look at what stands against them, and every second is right."""
    made = list[commands.Command]()
    lasting = [case for case in cases if case.standing and case.member and not case.imported]
    for n, case in enumerate(sorted(lasting, key=lambda case: (case.community, case.id))):
        about: dict[str, Any] = {"brand": case.brand, "community": case.community, "case": case.id}
        at = AT + timedelta(days=2, seconds=n)
        made.append(commands.Ask(**about, id=f"ask-{n}", at=at, by=str(case.member), decision=case.standing[-1].id))
        ruling: Any = ("allow", "keep")[n % 2]
        answer = {"ruling": ruling, "content": case.content, "member": case.member}
        made.append(commands.Decide(**about, **answer, id=f"answer-{n}", at=at + timedelta(hours=1), by="oleg"))
    return made


async def publish(kafka: str, topic: str, told: Sequence[tuple[bytes, bytes]]) -> None:
    """Publish each once and in order, however long a busy machine takes."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all", enable_idempotence=True)
    await producer.start()
    places = [partition_of(key, PARTITIONS) for key, _ in told]
    sent = [await producer.send(topic, value, key, place) for (key, value), place in zip(told, places, strict=True)]
    await asyncio.gather(*sent)
    await producer.stop()


async def told_while_killing(
    kafka: str, mongo: str, ships: Replicas, topic: str, told: Sequence[tuple[bytes, bytes]], kills: int
) -> None:
    """Publish in pieces, kill a process after each, and wait until everything is taken in."""
    size = len(told) // kills + 1
    for n in range(kills):
        await publish(kafka, topic, told[n * size : (n + 1) * size])
        await asyncio.sleep(0.4 + 0.3 * (n % 3))
        await asyncio.to_thread(ships.kill, n % 2)
    await caught_up(kafka, mongo, ("moderation", "cases", "sanctions"))
    client = new_client(mongo)
    timers = client["veche_moderation"]["sanctions.timers"]
    await eventually(lambda: timers.count_documents({}), lambda left: left == 0)  # all of them are long due
    await client.close()
    await caught_up(kafka, mongo, ("moderation", "cases", "sanctions"))


def as_records(told: Sequence[Any]) -> list[tuple[bytes, bytes]]:
    encoded = [encode(one) if isinstance(one, Envelope) else msgspec.json.encode(one) for one in told]
    return [(f"{one.brand}/{one.community}".encode(), value) for one, value in zip(told, encoded, strict=True)]


async def stored_cases(client: Client) -> list[Case]:
    documents = await client["veche_moderation"]["cases.states"].find({"t": "case"}).to_list()
    return [case for document in documents if isinstance(case := decoded_state(document), Case)]


def essence(case: Case) -> Any:  # noqa: ANN401 - what is compared
    """Return of a case what does not depend on which of two topics was read first."""
    held = sorted((one.id, one.verdict, one.by, one.reversed, one.struck) for one in case.decisions)
    complaints = sorted((one.reporter, one.weight, one.settled) for one in case.complaints)
    ruling = None if case.outcome is None else (case.outcome.ruling, case.outcome.by)
    answer = None if case.appeal is None else case.appeal.answer
    return case.community, case.id, case.status, held, complaints, ruling, answer


async def unique(kafka: str, topic: str) -> dict[str, Any]:
    """Return the events of a topic by their ids: what was published twice is one."""
    found = [decode(record.value or b"") for record in await records_of(kafka, topic)]
    return {event.id: event for event in found if event is not None}


@pytest.mark.timeout(300)  # a minute on a quiet machine
async def test_killed_again_and_again_it_comes_to_what_a_clean_fold_comes_to(
    own_stack: StackFactory, tmp_path: Path
) -> None:
    stack = own_stack()
    stack.start(*CORE)
    parts = stack.settings()
    kafka, mongo = parts["VECHE_KAFKA"], parts["VECHE_MONGO"]
    await admin.apply(kafka, declared())
    client = new_client(mongo)
    await MongoShelf(client, "veche_moderation", Then(), 0).store("ModerationPolicy", "acme", DEFAULT, SPEC, "vera")
    clean = World([Version("ModerationPolicy", "acme", DEFAULT, 1, Then().now(), SPEC)])

    with replicas(environment(parts, {}), tmp_path) as ships:
        events = day()
        await told_while_killing(kafka, mongo, ships, EVENTS.name, as_records(events), KILLS)
        clean.tell(*events)
        await clean.fold()
        await clean.time_passes()
        for make in (decisions, appeals):
            asked = make(clean.all_cases())
            await told_while_killing(kafka, mongo, ships, MODERATION_COMMANDS.name, as_records(asked), 3)
            clean.command(*asked)
            await clean.fold()
            await clean.time_passes()

    assert clean.letters() == []
    for topic in (DECISIONS.name, ACTIONS.name):
        found, expected = await unique(kafka, topic), {event.id: event for event in clean.put_out(topic)}
        assert told_whenever(found) == told_whenever(expected), topic
        assert len(expected) > 50, f"{topic} proves something"
    reminders_are_ended(await unique(kafka, DECISIONS.name))
    found_cases = await stored_cases(client)
    assert sorted(map(essence, found_cases), key=repr) == sorted(map(essence, clean.all_cases()), key=repr)
    await sanctions_alike(client, kafka, clean)
    await history_caused_nothing(kafka)
    await audits_are_whole(client)
    await client.close()


def told_whenever(events: Mapping[str, Any]) -> set[str]:
    """Return the ids of all but reminders, which are a matter of the clock.

    Every appeal's time is long over here, so one that is not answered yet when its timer is looked at is told to be due,
    and one that is, is not.
    """
    return {id_ for id_, event in events.items() if not isinstance(event, AppealDue | AppealAnswered)}


def reminders_are_ended(events: Mapping[str, Any]) -> None:
    """Whatever appeal was told to be due is told to be answered: all of them are, in the end."""
    due = {event.data.decision for event in events.values() if isinstance(event, AppealDue)}
    assert due == {event.data.decision for event in events.values() if isinstance(event, AppealAnswered)}


async def sanctions_alike(client: Client, kafka: str, clean: World) -> None:
    """A mute that is taken back as it ends is lifted by the one or the other: by whichever is read first."""
    documents = await client["veche_moderation"]["sanctions.states"].find().to_list()
    told = (await unique(kafka, SANCTIONS.name)).values()

    assert sorted(map(befell, told)) == sorted(map(befell, clean.put_out(SANCTIONS.name)))
    assert struck({document["_id"]: document for document in documents}) == struck(clean.standings())


def befell(event: Any) -> tuple[str, str, str, str]:  # noqa: ANN401 - a sanction applied or lifted
    return type(event).__name__, event.data.member, event.data.kind, event.data.decision


def struck(standings: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the strikes that stand, by member."""
    return {key: [one["id"] for one in state["strikes"]] for key, state in standings.items()}


async def history_caused_nothing(kafka: str) -> None:
    """No act, message or strike is about what was imported."""
    events = await unique(kafka, EVENTS.name)
    imported = {event.data.content_id for event in events.values() if event.imported and event.data.content_id}
    actions = await unique(kafka, ACTIONS.name)
    assert imported
    assert not [act.id for act in actions.values() if act.imported or act.data.content_id in imported]
    assert not [one for one in await unique(kafka, SANCTIONS.name) if one in imported]


async def audits_are_whole(client: Client) -> None:
    database = client["veche_moderation"]
    for place in PLACES:
        entries = await database["cases.entries"].find({"kind": "audit", "community": place}).sort("n", 1).to_list()
        head = await database["cases.states"].find_one({"_id": f"acme/{place}/audit"})
        assert head is not None
        assert verified(entries, Chain(int(head["n"]), head["hash"])).broken is None
