"""What touches a content waits for it a while: then it leaves with the author, or without."""

from __future__ import annotations

import msgspec
import pytest

from services.ingest.handlers import GROUP, Normaliser, State, accounts
from services.ingest.rules import authors, turns
from services.ingest.rules.authors import ContentState
from shared.events import encode
from shared.events.community import ReactionAdded
from shared.fold.draft import encoded_states
from shared.fold.limits import STATE_BYTES_MAX
from shared.policy import PolicyBook
from shared.topics import RAW
from tests.builders import MEMBER, PLACE, content_created, content_flagged, kpi_observed, reaction_added
from tests.component.ingest.world import World
from tests.fakes import FakeDatabase
from tests.unit.moderation.world import FakeShelf


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
