"""The normaliser over the real loop and fakes: what leaves it has its author, once, under its community's key."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.discord import SESSION
from services.ingest.connectors.payload import Payload
from services.ingest.connectors.raw import POLL_PLACE, RELEASE, Raw, to_record
from services.ingest.handlers import GROUP, INPUTS, OUTPUTS, Normaliser, State, accounts
from services.ingest.rules import authors, turns
from services.ingest.rules.authors import ContentState
from shared.bus.partition import partition_of
from shared.documents.directory import Connection
from shared.events import Envelope, decode, encode
from shared.events.community import ReactionAdded
from shared.fold.deadletter import dead_letter, retry
from shared.fold.draft import encoded_states
from shared.fold.limits import STATE_BYTES_MAX
from shared.fold.loop import Loop
from shared.fold.observer import Observer
from shared.fold.ports import Ports
from shared.policy import PolicyBook, Version
from shared.topics import EVENTS, RAW, retries
from tests.builders import AT, MEMBER, PLACE, RECORDED, content_created, content_flagged, kpi_observed, reaction_added
from tests.fakes import FakeBroker, FakeDatabase, FakeInbox, FakeOutlet, FakeRecord, FakeStore
from tests.unit.ingest import discord_frames, vk_callbacks
from tests.unit.ingest.telegram_updates import CASES
from tests.unit.moderation.world import FakeShelf

LIKED = f"vk:{vk_callbacks.GROUP}"


def payload_of(body: bytes) -> Payload:
    return Payload(body=body, brand="acme", connection="bot", community=LIKED, recordedtime=RECORDED)


class World:
    """One partition, one process, one brand whose staff is known."""

    def __init__(self, staff: tuple[str, ...] = ()) -> None:
        self.broker = FakeBroker(dict.fromkeys((*INPUTS, *OUTPUTS), 1))
        self.database = FakeDatabase()
        shelf = FakeShelf([Version("StaffAccounts", "acme", "default", 1, AT, {"accounts": list(staff)})])
        self._book = PolicyBook(shelf, "StaffAccounts", accounts, frozenset[str](), 0.001)

    def send(
        self,
        platform: str,
        body: bytes,
        community: str | None = PLACE,
        *,
        connection: str = "bot",
        **stamp: Any,  # noqa: ANN401 - fields
    ) -> None:
        payload = Payload(
            body=body, brand="acme", connection=connection, community=community, recordedtime=RECORDED, **stamp
        )
        self.broker.append(RAW.name, 0, *to_record(Raw(platform, payload)))

    def tell(self, *events: Envelope, imported: bool = False) -> None:
        for event in events:
            self.send("events", encode(event), imported=imported)

    def fire(self) -> None:
        """Publish the timers that wait, as the scheduler does."""
        for q, timer in list(self.database.timers.values()):
            self.broker.append(timer.topic, q, timer.key.encode(), timer.command, timer.headers)

    async def fold(self) -> list[Any]:
        """Fold all there is in a new process; return what went to everybody so far."""
        inbox = FakeInbox(self.broker, GROUP, INPUTS)
        inbox.assign({0})
        ports = Ports(inbox, FakeOutlet(self.broker), FakeStore(self.database))
        loop = Loop(Normaliser(self._book, lambda _, __: None), ports, Observer(), OUTPUTS)
        await loop.check_partitions()
        for _ in range(20):
            await loop.turn()
        assert not loop.halted
        return [decode(record.value or b"") for record in self.broker.logs[EVENTS.name, 0]]


async def test_a_reaction_that_came_first_leaves_with_its_author_when_the_content_comes() -> None:
    world = World()
    world.tell(reaction_added(actor="telegram:9"))
    before = await world.fold()

    world.tell(content_created())
    content, reaction = await world.fold()

    assert before == []
    assert (type(content).__name__, type(reaction).__name__) == ("ContentCreated", "ReactionAdded")
    assert reaction.data.content_author == MEMBER
    assert not world.database.timers, "nobody waits any more"


async def test_a_reaction_whose_content_never_comes_leaves_without_an_author_when_its_time_is_over() -> None:
    world = World()
    world.tell(reaction_added(actor="telegram:9"))
    await world.fold()

    world.fire()
    world.fire()
    (reaction,) = await world.fold()

    assert reaction.data.content_author is None
    assert not world.database.timers
    assert len([record for record in world.broker.logs[RAW.name, 0] if b"release" in (record.value or b"")]) == 2


async def test_no_more_waits_for_a_content_than_a_state_may_hold() -> None:
    world = World()
    long = "я" * 15_000
    world.tell(*(content_flagged(id=f"flag-{n}", text=long) for n in range(100)))

    gone_on = await world.fold()

    assert 80 < len(gone_on) < 100
    assert {event.data.content_author for event in gone_on} == {None}
    assert not world.broker.logs[f"{GROUP}.dlq", 0]


async def test_a_content_with_all_that_its_state_may_hold_can_be_stored() -> None:
    normaliser = Normaliser(PolicyBook(FakeShelf([]), "StaffAccounts", accounts, frozenset[str](), 1.0), lambda _, __: None)
    things = {turns.key_of(f"reaction/{n}"): -(2**31) for n in range(turns.THINGS_MAX)}
    full: dict[str, State | None] = {
        f"acme/{PLACE}/1": ContentState(parked=(b"x" * authors.PARKED_BYTES_MAX,), turns=things)
    }

    (document,) = encoded_states(normaliser, 0, full).values()

    assert document is not None
    assert len(document) <= STATE_BYTES_MAX


async def test_history_waits_for_no_content_that_its_export_does_not_tell() -> None:
    world = World()
    of_a_notice, of_a_content = reaction_added(content_id=f"{PLACE}:notice"), reaction_added(actor="telegram:9")
    world.tell(of_a_notice, content_created(), of_a_content, imported=True)

    first, _, last = await world.fold()

    assert (first.data.content_author, last.data.content_author) == (None, MEMBER)
    assert not world.database.timers


@pytest.mark.parametrize("between", [0, 1, 60])
async def test_a_content_that_stands_before_the_end_of_the_wait_is_found_however_far_the_normaliser_lags(
    between: int,
) -> None:
    world = World()
    world.tell(reaction_added(actor="telegram:9"))
    await world.fold()
    world.tell(*(content_created(content_id=f"{PLACE}:{1_000 + n}") for n in range(between)), content_created())

    world.fire()
    told = await world.fold()

    (reaction,) = [event for event in told if isinstance(event, ReactionAdded)]
    assert reaction.data.content_author == MEMBER
    assert not world.database.timers


async def test_reading_the_raw_topic_again_lets_go_at_the_same_place() -> None:
    world = World()
    world.tell(reaction_added(actor="telegram:9"))
    await world.fold()
    world.fire()
    world.tell(reaction_added(actor="telegram:8"), content_created(), reaction_added(actor="telegram:7"))
    first = await world.fold()

    world.database = FakeDatabase()
    world.broker.committed.clear()
    both = await world.fold()

    assert len(first) == 4
    assert both == first + first
    assert not world.database.timers


async def test_what_happens_in_no_community_waits_for_no_content() -> None:
    world = World()
    nowhere = [kpi_observed(content_id="telegram:1:1", community=place) for place in (None, "")]
    for number, event in enumerate(nowhere):
        world.send("events", encode(msgspec.structs.replace(event, id=f"kpi-{number}")), community=event.community)

    told = await world.fold()

    assert len(told) == 2
    assert not world.database.states, "two connections would meet in such a state from two partitions"


async def test_after_its_time_nothing_waits_for_that_content_again() -> None:
    world = World()
    world.tell(reaction_added(actor="telegram:9"))
    await world.fold()
    world.fire()
    await world.fold()

    world.tell(reaction_added(actor="telegram:8"))

    assert len(await world.fold()) == 2
    assert not world.database.timers


async def test_the_same_fact_leaves_once_however_often_it_arrives() -> None:
    world = World()
    world.tell(content_created(), content_created())
    await world.fold()

    world.tell(content_created())

    assert len(await world.fold()) == 1


def like(number: str, *, on: bool = True) -> bytes:
    return json.dumps(vk_callbacks.told("like_add" if on else "like_remove", vk_callbacks.liked(), event_id=number)).encode()


async def test_a_like_put_taken_back_and_put_again_leaves_three_times_however_often_and_by_whom_it_is_told() -> None:
    world = World()
    world.send("vk", json.dumps(vk_callbacks.told("wall_post_new", vk_callbacks.post())).encode(), LIKED)
    for number, on in (("1", True), ("1", True), ("2", False), ("other-2", False), ("3", True), ("1", True), ("2", False)):
        world.send("vk", like(number, on=on), LIKED)

    _, *likes = await world.fold()

    assert [type(event).__name__ for event in likes] == ["ReactionAdded", "ReactionRemoved", "ReactionAdded"]
    assert len({event.id for event in likes}) == 3
    assert {event.data.content_author for event in likes} == {f"vk:{-vk_callbacks.GROUP}"}


async def test_a_like_that_waits_for_its_content_is_turned_once() -> None:
    world = World()
    world.send("vk", like("1"), LIKED)
    world.send("vk", like("other-1"), LIKED)
    before = await world.fold()

    world.fire()

    assert (len(before), len(await world.fold())) == (0, 1)
    world.send("vk", like("another-1"), LIKED)
    assert len(await world.fold()) == 1, "what was let go is still known"


async def test_a_member_who_comes_goes_and_comes_again_is_told_each_time() -> None:
    world = World()
    for kind, number in (("group_join", "1"), ("group_join", "9"), ("group_leave", "2"), ("group_join", "3")):
        body = json.dumps(vk_callbacks.told(kind, {"user_id": 71, "join_type": "join", "self": 1}, event_id=number))
        world.send("vk", body.encode(), LIKED)

    told = await world.fold()

    assert [type(event).__name__ for event in told] == ["MemberJoined", "MemberLeft", "MemberJoined"]


async def test_a_dated_join_that_was_heard_live_is_no_news_in_an_export() -> None:
    live = json.dumps(discord_frames.CASES["joined"]).encode()
    world = World()
    world.send("discord", live, "discord:1147000000000000001", headers={SESSION: "s1"})
    world.send("discord", live, "discord:1147000000000000001", headers={SESSION: "s2"})
    (turn,) = discord_frames.decode(discord_frames.CASES["joined"]).turns
    world.send("events", encode(turn.event), turn.event.community, imported=True)

    assert [type(event).__name__ for event in await world.fold()] == ["MemberJoined"]


async def test_importing_a_reaction_that_was_heard_live_changes_nothing() -> None:
    (turn,) = CONNECTORS["vk"].decode(payload_of(like("1"))).turns
    heard, not_heard = turn.event, msgspec.structs.replace(turn.event, id="another")
    world = World()
    world.send("vk", like("1"), LIKED)
    world.send("vk", like("2", on=False), LIKED)
    world.send("events", encode(not_heard), LIKED, imported=True)
    world.send("events", encode(heard), LIKED, imported=True)
    await world.fold()

    world.fire()

    assert [type(event).__name__ for event in await world.fold()] == ["ReactionAdded", "ReactionRemoved"]


async def test_a_reaction_that_was_imported_is_no_news_when_it_is_told_live() -> None:
    (turn,) = CONNECTORS["vk"].decode(payload_of(like("1"))).turns
    world = World()
    world.send("events", encode(turn.event), LIKED, imported=True)
    world.send("vk", like("1"), LIKED)
    world.send("vk", like("2", on=False), LIKED)
    await world.fold()

    world.fire()

    assert [type(event).__name__ for event in await world.fold()] == ["ReactionAdded", "ReactionRemoved"]


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
