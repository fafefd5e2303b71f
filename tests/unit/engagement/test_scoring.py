from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec import convert
from msgspec.structs import replace

from services.engagement.handlers.ledger import Ledger, Told
from services.engagement.rules.contents import REACTORS_MAX
from services.engagement.rules.rewards import built
from shared.documents.rewards import RewardsPolicy
from shared.errors import Unprocessable
from shared.events import Actor
from shared.events.engagement import PointsClawedBack, PointsGranted, PointsRestored
from tests.builders import (
    MEMBER,
    content_created,
    content_deleted,
    content_restored,
    decision_made,
    decision_reversed,
    points_granted,
    reaction_added,
    reaction_removed,
)
from tests.unit.engagement.world import World

OTHER = "telegram:43"
removed = decision_made(verdict="remove")
reinstated = decision_reversed(verdict="remove")
liked = reaction_added(actor=OTHER, content_author=MEMBER)
unliked = reaction_removed(actor=OTHER, content_author=MEMBER)


def test_writing_and_being_liked_earn_points() -> None:
    world = World().tell(content_created(), liked)

    assert world.balance(MEMBER) == 6
    assert [grant.data.reason for grant in world.grants] == ["written", "reacted"]


def test_a_command_to_the_bot_earns_nothing() -> None:
    world = World().tell(content_created(command="rank"), liked)

    assert world.grants == []


@pytest.mark.parametrize("purpose", ["partner", "watched", "competitor"])
def test_what_is_written_in_a_community_of_others_earns_nothing(purpose: str) -> None:
    world = World().tell(*(replace(event, purpose=purpose) for event in (content_created(), liked)))

    assert world.grants == []


def test_a_removed_content_loses_its_points_and_those_of_its_reactions_and_gets_them_back() -> None:
    world = World().tell(content_created(), liked, removed)
    assert world.balance(MEMBER) == 0

    world.tell(reinstated)

    assert world.balance(MEMBER) == 6
    kinds = [type(grant) for grant in world.grants]
    assert kinds == [PointsGranted] * 2 + [PointsClawedBack] * 2 + [PointsRestored] * 2
    assert len({grant.id for grant in world.grants}) == 6


def test_a_removal_that_comes_first_is_remembered() -> None:
    world = World().tell(removed, content_created(), liked)
    assert world.balance(MEMBER) == 0
    assert world.grants == []

    assert world.tell(reinstated).balance(MEMBER) == 6


def test_a_flag_takes_nothing_and_neither_does_what_happened_long_ago() -> None:
    world = World().tell(content_created(), decision_made(verdict="flag"), decision_made(verdict="remove", imported=True))

    assert world.balance(MEMBER) == 5


def test_a_deleted_content_earns_nothing_until_it_is_back() -> None:
    world = World().tell(content_created(), liked, content_deleted())
    assert world.balance(MEMBER) == 0

    assert world.tell(content_restored()).balance(MEMBER) == 6


def test_of_one_member_one_reaction_earns_however_many_emoji_they_choose() -> None:
    fire = {"actor": OTHER, "content_author": MEMBER, "emoji": "🔥"}
    world = World().tell(content_created(), liked, reaction_added(**fire), unliked)
    assert world.balance(MEMBER) == 6

    assert world.tell(reaction_removed(**fire)).balance(MEMBER) == 5


@pytest.mark.parametrize("actor", [Actor(id=MEMBER), Actor(id="telegram:9", bot=True), Actor(id="telegram:8", role="staff")])
def test_own_reactions_and_those_of_bots_and_staff_earn_nothing(actor: Actor) -> None:
    world = World().tell(content_created(), reaction_added(actor=actor, content_author=MEMBER))

    assert world.balance(MEMBER) == 5


@pytest.mark.parametrize("actor", [Actor(id=MEMBER, bot=True), Actor(id=MEMBER, role="staff")])
def test_contents_of_bots_and_staff_earn_nothing(actor: Actor) -> None:
    assert World().tell(content_created(actor=actor), liked).grants == []


@pytest.mark.parametrize(("asked", "points"), [(False, 0), (True, 6)])
def test_history_earns_only_where_the_import_asks_for_it(asked: bool, points: int) -> None:  # noqa: FBT001
    history = {"imported": True, "backfillpoints": asked}
    written = content_created(**history)
    like = reaction_added(actor=OTHER, content_author=MEMBER, **history)

    assert World().tell(written, like).balance(MEMBER) == points


def test_what_happens_now_to_a_content_of_history_earns() -> None:
    world = World().tell(content_created(imported=True), liked)

    assert world.balance(MEMBER) == 1


def test_a_day_is_that_of_the_brand() -> None:
    late = content_created(time=datetime(2026, 3, 2, 22, tzinfo=UTC))

    world = World({"timezone": "Europe/Moscow"}).tell(late)

    assert world.grants[0].data.day.isoformat() == "2026-03-03"


def test_kinds_earn_what_their_rules_say() -> None:
    rules = [
        {"id": "answers", "for": "content", "kinds": ["answer"], "points": 20},
        {"id": "all", "for": "content", "points": 1},
    ]

    assert World({"rules": rules}).tell(content_created(kind="answer")).balance(MEMBER) == 21
    assert World({"rules": rules}).tell(content_created(kind="message")).balance(MEMBER) == 1


def test_reactions_of_so_many_members_earn_and_no_more() -> None:
    rules = [{"id": "reaction", "for": "reaction", "points": 1}]
    crowd = (reaction_added(actor=f"telegram:r{n}", content_author=MEMBER) for n in range(REACTORS_MAX + 5))

    assert World({"rules": rules}).tell(content_created(), *crowd).balance(MEMBER) == REACTORS_MAX


def test_an_entry_explains_itself() -> None:
    event = content_created()
    (entry,) = World().tell(event).entries.values()

    assert entry["cause"] == event.id
    assert (entry["rule"], entry["version"], entry["day"]) == ("content", 0, "2026-03-02")
    assert (entry["uncapped"], entry["applied"], entry["balance"], entry["reason"]) == (5, 5, 5, "written")


@pytest.mark.parametrize("spec", [{"timezone": "Mars/Olympus"}, {"rules": [{"id": "a", "for": "content", "points": 1}] * 2}])
def test_a_policy_that_cannot_be_is_refused(spec: dict[str, object]) -> None:
    convert(spec, RewardsPolicy)

    with pytest.raises(Unprocessable):
        built(1, spec)


def test_an_entry_leaves_out_what_is_absent() -> None:
    grant = points_granted(community=None, day=None)

    step = Ledger().evolve(None, Told(grant, None))

    (entry,) = step.entries
    assert None not in entry.values()
    assert {"community", "content", "day", "reason", "trace"}.isdisjoint(entry)
