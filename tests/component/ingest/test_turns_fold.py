"""What happens by turns, and what was told before: each time once, however often and by whom it is told."""

from __future__ import annotations

import json

import msgspec

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.discord import SESSION
from shared.events import encode
from tests.builders import content_created
from tests.component.ingest.world import LIKED, World, like, payload_of
from tests.unit.ingest import discord_frames, vk_callbacks


async def test_the_same_fact_leaves_once_however_often_it_arrives() -> None:
    world = World()
    world.tell(content_created(), content_created())
    await world.fold()

    world.tell(content_created())

    assert len(await world.fold()) == 1


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
