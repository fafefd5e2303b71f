"""What touches a post of the brand's own says so when it leaves the normaliser."""

from __future__ import annotations

from typing import Any

from shared.events import Actor, encode
from tests.builders import (
    PLACE,
    content_created,
    content_deleted,
    content_edited,
    content_measured,
    content_shared,
    reaction_added,
)
from tests.component.ingest.world import World

POST, COMMENT = f"{PLACE}:1", f"{PLACE}:2"
OURS = {"id": "p", "content_id": POST, "actor": "telegram:1", "kind": "post"}


async def marked(world: World) -> dict[str, str | None]:
    told: list[Any] = await world.fold()
    return {event.id: event.data.own_post for event in told}


async def test_whatever_touches_answers_or_stands_below_a_post_of_staff_names_it() -> None:
    world = World(staff=("telegram:1",))
    world.tell(
        content_created(**OURS),
        content_created(id="c", content_id=COMMENT, parent=POST, kind="comment"),
        content_created(id="below", content_id=f"{PLACE}:3", parent=COMMENT, thread=POST, kind="comment"),
        reaction_added(id="r", content_id=POST),
        reaction_added(id="r2", content_id=COMMENT),
        content_shared(id="s", content_id=POST),
        content_measured(id="m", content_id=POST),
        content_edited(id="e", content_id=POST, actor=None),
        content_deleted(id="d", content_id=POST, content_author="telegram:1"),
    )

    found = await marked(world)

    assert found == {"p": None, "r2": None} | dict.fromkeys(["c", "below", "r", "s", "m", "e", "d"], POST)


async def test_a_reaction_that_came_before_the_post_names_it_as_well() -> None:
    world = World(staff=("telegram:1",))
    world.tell(reaction_added(id="r", content_id=POST), content_created(**OURS))

    assert await marked(world) == {"r": POST, "p": None}


async def test_a_members_post_an_answer_of_staff_and_a_partners_post_are_not_the_brands_own() -> None:
    world = World(staff=("telegram:1",))
    world.tell(
        content_created(id="m", content_id=POST, actor="telegram:5", kind="post"),
        content_created(id="a", content_id=COMMENT, actor="telegram:1", parent=POST),
        reaction_added(id="r", content_id=POST),
        reaction_added(id="r2", content_id=COMMENT),
    )
    theirs = content_created(id="t", content_id=f"{PLACE}:9", actor=Actor(id=PLACE, role="community"), kind="post")
    world.send("events", encode(theirs), purpose="partner")
    world.tell(reaction_added(id="r3", content_id=f"{PLACE}:9"))

    assert set((await marked(world)).values()) == {None}
