"""The normaliser over the real loop and fakes: what leaves it has its author, once, under its community's key."""

from __future__ import annotations

import json

import msgspec
import pytest

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Payload
from services.ingest.connectors.raw import POLL_PLACE, RELEASE, Raw, to_record
from services.ingest.handlers import GROUP, INPUTS, OUTPUTS, Normaliser, accounts
from shared.bus.partition import partition_of
from shared.documents.directory import Connection
from shared.events import decode, encode
from shared.fold.deadletter import dead_letter, retry
from shared.fold.loop import Loop
from shared.fold.observer import Observer
from shared.fold.ports import Ports
from shared.policy import PolicyBook
from shared.topics import EVENTS, RAW, retries
from tests.builders import MEMBER, PLACE, RECORDED, content_created, reaction_added
from tests.component.ingest.world import LIKED, World, like
from tests.fakes import FakeBroker, FakeDatabase, FakeInbox, FakeOutlet, FakeRecord, FakeStore
from tests.unit.ingest import vk_callbacks
from tests.unit.ingest.telegram_updates import CASES
from tests.unit.moderation.world import FakeShelf


async def test_a_member_s_command_leaves_as_a_content_and_as_what_it_asks_for_with_the_author_of_what_it_is_about() -> None:
    world = World()
    said = content_created(
        content_id=f"{PLACE}:9", parent=f"{PLACE}:7", text="@acme_bot жалоба спам", mentions=("@acme_bot",)
    )
    world.tell(content_created())
    world.send("events", encode(said), bot="@acme_bot")
    world.send("events", encode(said), bot="@acme_bot")

    _, command, complaint = await world.fold()

    assert (command.data.command, type(complaint).__name__) == ("report", "ContentFlagged")
    assert (complaint.data.content_id, complaint.data.content_author) == (f"{PLACE}:7", MEMBER)
    assert (complaint.data.text, complaint.data.message) == ("спам", f"{PLACE}:9")


async def test_an_event_says_whose_its_community_is_where_it_is_not_the_brand_s_own() -> None:
    world = World()
    forged = msgspec.structs.replace(content_created(content_id=f"{PLACE}:1"), id="forged", purpose="watched")
    world.send("events", encode(content_created()), purpose="competitor")
    world.send("vk", like("1"), LIKED, purpose="partner")
    world.send("events", encode(forged))
    world.send("vk", json.dumps(vk_callbacks.CASES["joined"]).encode(), LIKED, purpose="unlisted")
    world.fire()
    await world.fold()
    world.fire()

    told = await world.fold()

    found = {type(event).__name__ + event.data.content_id[-2:]: event.purpose for event in told}
    assert found == {"ContentCreated:7": "competitor", "ReactionAdded30": "partner", "ContentCreated:1": None}


async def test_a_content_id_of_another_community_stops_nobody() -> None:
    partitions = 6
    broker, database = FakeBroker(dict.fromkeys((*INPUTS, *OUTPUTS), partitions)), FakeDatabase()
    places = [f"portal:{n}" for n in range(12)]
    for place in places:
        event = msgspec.structs.replace(content_created(), community=place)
        payload = Payload(body=encode(event), brand="acme", connection="bot", community=place, recordedtime=RECORDED)
        record = to_record(Raw("events", payload))
        broker.append(RAW.name, partition_of(record.key, partitions), *record)

    inbox = FakeInbox(broker, GROUP, INPUTS)
    inbox.assign(range(partitions))
    book = PolicyBook(FakeShelf([]), "StaffAccounts", accounts, frozenset[str](), 0.001)
    ports = Ports(inbox, FakeOutlet(broker), FakeStore(database))
    loop = Loop(Normaliser(book, lambda _, __: None), ports, Observer(), OUTPUTS)
    await loop.check_partitions()
    for _ in range(20):
        await loop.turn()

    assert not loop.halted
    told = [decode(r.value or b"") for (topic, _), log in broker.logs.items() if topic == EVENTS.name for r in log]
    assert sorted(event.community or "" for event in told if event) == sorted(places)


async def test_staff_is_known_by_the_time_of_the_record_and_nobody_calls_themselves_staff() -> None:
    world = World(staff=("telegram:1",))
    anna = {"actor": "telegram:1"}

    world.tell(content_created(**anna, content_id="telegram:1:1"), content_created(content_id="telegram:1:2"))
    first, second = await world.fold()

    assert (first.data.actor.role, second.data.actor.role) == ("staff", None)


async def test_an_answer_leaves_with_the_member_whom_it_answers() -> None:
    world = World()
    world.tell(
        content_created(id="q", content_id="telegram:-1:1", kind="question", actor="telegram:1"),
        content_created(id="a", content_id="telegram:-1:2", kind="answer", question="telegram:-1:1", actor="telegram:2"),
        content_created(id="c", content_id="telegram:-1:3", parent="telegram:-1:2", question="telegram:-1:1"),
        content_created(id="d", content_id="telegram:-1:4", parent="telegram:-1:99"),
        content_created(id="e", content_id="telegram:-1:5", parent="telegram:-1:5"),
    )

    told = await world.fold()

    answered = {event.data.content_id[-1]: event.data.replied_to for event in told}
    assert answered == {"1": None, "2": "telegram:1", "3": "telegram:2", "4": None, "5": None}


async def test_votes_wait_for_their_poll_and_go_on_under_its_community() -> None:
    world = World()
    vote = msgspec.json.encode(CASES["poll_answer"])
    world.send("telegram", vote, community=None)
    before = await world.fold()

    world.send("telegram", msgspec.json.encode(CASES["poll_in_a_message"]), community=PLACE)
    found = await world.fold()
    world.send("telegram", msgspec.json.encode(CASES["poll_answer"]), community=None)
    again = await world.fold()

    voted = [event for event in found if type(event).__name__ == "PollVoted"]
    assert before == []
    assert [event.community for event in voted] == [PLACE]
    assert again == found, "the same vote came again"
    rekeyed = [record for record in world.broker.logs[RAW.name, 0] if record.value == vote]
    assert rekeyed[1].key == f"acme/{PLACE}".encode()


async def test_a_release_that_had_died_works_when_it_is_given_back() -> None:
    world = World()
    world.tell(reaction_added(actor="telegram:9"))
    await world.fold()
    ((_, timer),) = world.database.timers.values()
    release = FakeRecord(RAW.name, 0, 99, 1, timer.key.encode(), timer.command, timer.headers)
    dead = dead_letter(GROUP, 0, release, "why")
    letter = FakeRecord(dead.topic, 0, 0, 1, dead.key, dead.value, dead.headers)

    # The content is waited for twice, so the timer fires twice.
    world.broker.append(retries(GROUP).name, 0, *retry(letter))
    await world.fold()
    world.fire()
    (reaction,) = await world.fold()

    assert reaction.data.content_author is None
    assert not world.broker.logs[f"{GROUP}.dlq", 0]


async def test_a_broken_record_is_a_dead_letter_with_its_reason_and_the_others_go_on() -> None:
    world = World()
    world.send("events", b"{")
    world.send("unheard-of", b"{}")
    world.broker.append(RAW.name, 0, b"acme/x", b"{}")
    world.send(RELEASE, b'{"type": "release"}')
    world.tell(content_created())

    assert len(await world.fold()) == 1
    reasons = [dict(record.headers)["reason"] for record in world.broker.logs[f"{GROUP}.dlq", 0]]
    assert len(reasons) == 4
    assert b"no connector for the platform of the raw record" in reasons
    assert any(reason.startswith(b"not a release of the normaliser") for reason in reasons)


@pytest.mark.parametrize("internal", [RELEASE, POLL_PLACE])
def test_no_connection_speaks_for_the_normaliser_itself(internal: str) -> None:
    assert internal not in CONNECTORS
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"platform": internal}, Connection)
