"""What the platform did not do comes back to the queue; whichever of decision and receipt is read first."""

from __future__ import annotations

from typing import Any

import pytest

from shared.events import Envelope
from tests.builders import CONTENT, action_done, action_failed, content_created, content_deleted
from tests.component.moderation.asking import decide, under
from tests.unit.moderation.world import World, reversal

SPAM = "Online casino, 200 free spins https://s.example/x"


async def removed() -> tuple[World, Any]:
    """Return a world in which spam was to be removed, and the act."""
    world = World()
    world.tell(content_created(text=SPAM))
    await world.fold()
    (act,) = world.acts()
    return world, act


def failed(act: Any, code: str = "forbidden", **about: object) -> Envelope:  # noqa: ANN401 - one of many acts
    return action_failed(action=act.id, cause=act.data.cause, kind="delete", content_id=CONTENT, code=code, **about)


@pytest.mark.parametrize("code", ["unsupported", "forbidden", "refused", "late", "uncertain", "given_up"])
async def test_a_removal_that_failed_returns_to_the_queue_and_says_why(code: str) -> None:
    world, act = await removed()
    assert world.case().status == "closed"

    world.receive(failed(act, code))
    await world.fold()

    case = world.case()
    assert (case.status, case.why) == ("open", ("not_carried_out",))
    assert case.unmade is not None
    assert (case.unmade.code, case.unmade.decision) == (code, act.data.cause)
    (note,) = [entry for entry in world.entries("audit") if entry["by"] == "platform"]
    assert note["what"]["outcome"] == code


@pytest.mark.parametrize("code", ["gone", "reversed", "replaced", "dry_run", "unconnected"])
async def test_what_was_not_to_be_done_any_more_asks_nobody(code: str) -> None:
    world, act = await removed()

    world.receive(failed(act, code))
    await world.fold()

    assert (world.case().status, world.case().unmade) == ("closed", None)


async def test_a_receipt_that_is_read_before_its_decision_opens_the_case_all_the_same() -> None:
    world, act = await removed()
    early = World()
    early.receive(failed(act))
    await early.fold()

    early.tell(content_created(text=SPAM))
    await early.fold()

    case, usual = early.case(), world.case()
    assert (case.status, case.kind, case.source, case.member) == ("open", "content", usual.source, usual.member)
    assert [held.id for held in case.decisions] == [act.data.cause]


async def test_what_is_done_later_is_not_missing_any_more() -> None:
    world, act = await removed()
    world.receive(failed(act))
    world.receive(action_done(action="another", kind="delete", content_id=CONTENT))
    await world.fold()

    assert world.case().unmade is None
    assert world.case().status == "open", "a person has seen to it, or will"


async def test_a_decision_that_was_taken_back_need_not_be_carried_out() -> None:
    world, act = await removed()
    (decision,) = world.put_out()
    world.command(reversal(decision))
    await world.fold()

    world.receive(failed(act))
    await world.fold()

    assert world.case().unmade is None


async def test_a_content_that_is_gone_needs_nobody() -> None:
    world, act = await removed()
    world.tell(content_deleted())
    await world.fold()

    world.receive(failed(act))
    await world.fold()

    assert world.case().status == "closed"


async def test_who_decides_again_has_it_asked_for_again() -> None:
    world = World([under("flag")])
    world.tell(content_created())
    world.command(decide("remove"))
    await world.fold()
    (act,) = world.acts()
    world.receive(failed(act))
    await world.fold()
    version = world.case().version

    world.command(decide("remove", id="again", version=version))
    await world.fold()

    assert len(world.acts()) == 2
    assert world.case().status == "closed"


async def test_receipts_of_other_acts_are_no_case_of_anybody() -> None:
    world = World()

    world.receive(
        action_failed(kind="message", content_id=CONTENT, code="forbidden"),
        action_failed(kind="ban", member="telegram:7", content_id=None, code="forbidden"),
        action_failed(kind="delete", content_id=CONTENT, code="forbidden", imported=True),
    )
    await world.fold()

    assert world.cases.states == {}
