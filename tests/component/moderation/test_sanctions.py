"""Strikes into sanctions: what is in force follows from the strikes that stand, in whatever order they came."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.moderation.handlers.sanctions import Heard, Sanctions
from services.moderation.rules import commands
from services.moderation.rules.sanctions import STRIKES_MAX, points_at
from services.moderation.rules.strikes import Told, Withdrawal
from shared.events.actions import ActionBan, ActionMute, ActionUnban, ActionUnmute
from shared.events.moderation import SanctionApplied, SanctionLifted
from shared.topics import SANCTIONS
from tests.builders import AT, content_created
from tests.component.moderation.asking import decide, policy, told, under
from tests.component.moderation.striking import (
    THRESHOLDS,
    end_of,
    fold,
    in_force,
    lift,
    ready,
    sanction_id,
    strike,
    withdrawal,
)
from tests.served import quickest_ms
from tests.unit.moderation.world import World

EVENT_MS_MAX = 20
"""No event takes longer."""


def test_strikes_add_up_to_a_warning_a_mute_and_a_ban() -> None:
    _, events, acts = fold(*[strike(n, days=n / 100) for n in range(5)])

    assert [event.data.kind for event in events] == ["warn", "mute", "mute"]
    assert isinstance(acts[0], ActionMute)
    assert acts[0].data.until == AT + timedelta(days=1 + 3 / 100)


def test_who_is_banned_is_not_banned_and_told_again_with_each_strike() -> None:
    _, events, acts = fold(strike(1, points=10), strike(2, days=1), strike(3, days=2, points=10))

    assert [event.data.kind for event in events] == ["ban"]
    assert len(acts) == 1


def test_strikes_fade() -> None:
    together = [strike(1), strike(2, days=10)]

    assert points_at(together, AT, "10d") == 2_000
    assert points_at(together, AT + timedelta(days=10), "10d") == 3_000
    assert in_force(fold(*together)[1]) == set(), "the first counts half when the second comes: 3 points are below 4"


def test_strikes_of_other_communities_count_where_the_policy_says_so() -> None:
    elsewhere = [strike(1), strike(2, community="telegram:other")]

    assert fold(*elsewhere)[1] == []
    (event,) = fold(*elsewhere, scope="brand")[1]
    assert (event.data.kind, event.data.points) == ("warn", 4_000)


@pytest.mark.parametrize(("scope", "everywhere"), [("brand", True), ("community", None)])
def test_an_act_of_a_sanction_says_where_it_holds(scope: str, *, everywhere: bool | None) -> None:
    strikes = [strike(n) for n in range(1, 4)]

    _, _, acts = fold(*strikes, withdrawal(1, days=0.5), scope=scope)

    assert [(type(act), act.data.everywhere) for act in acts] == [(ActionMute, everywhere), (ActionUnmute, everywhere)]


def test_a_strike_that_is_withdrawn_takes_along_what_needed_its_points() -> None:
    strikes = [strike(n) for n in range(1, 4)]

    _, events, acts = fold(*strikes, withdrawal(1, days=0.5))

    assert [type(act) for act in acts] == [ActionMute, ActionUnmute]
    assert ("d3", "mute") not in in_force(events)
    assert ("d3", "warn") in in_force(events), "two strikes are still a warning"


def test_a_withdrawal_that_comes_first_is_remembered() -> None:
    standing, events, _ = fold(withdrawal(1), strike(1, points=10))

    assert events == []
    assert standing.strikes == ()


def test_a_sanction_that_a_person_ends_stays_ended_and_the_strike_stays() -> None:
    _, (applied,), _ = fold(strike(1, points=10))
    standing, _, acts = fold(strike(1, points=10), lift(sanction_id(strike(1, points=10))))

    assert applied.data.kind == "ban"
    assert [type(act) for act in acts] == [ActionBan, ActionUnban]
    assert len(standing.strikes) == 1


def test_a_sanction_that_two_people_end_is_remembered_once() -> None:
    ban = sanction_id(strike(1, points=10))

    standing, _, acts = fold(strike(1, points=10), lift(ban), lift(ban), lift("another"))

    assert standing.lifted == (ban, "another")
    assert [type(act) for act in acts] == [ActionBan, ActionUnban]


def test_the_end_of_a_mute_is_told_and_nothing_is_done_on_the_platform() -> None:
    one = strike(1, points=6)
    end = end_of(one)

    _, events, acts = fold(one, end, msgspec.structs.replace(end, id="e2"))

    assert [type(event) for event in events] == [SanctionApplied, SanctionLifted]
    assert [type(act) for act in acts] == [ActionMute]


@settings(max_examples=60, deadline=None)
@given(st.permutations([*(strike(n, days=n / 3, points=1 + n % 4) for n in range(8)), *map(withdrawal, (1, 4, 6))]))
def test_what_is_in_force_does_not_depend_on_the_order(records: list[Told]) -> None:
    ordered = sorted(records, key=lambda one: (isinstance(one, Withdrawal), one.id))

    standing, events, _ = fold(*records, mute="30d")
    expected, wanted, _ = fold(*ordered, mute="30d")

    assert standing.strikes == expected.strikes
    assert in_force(events) - _warned(events) == in_force(wanted) - _warned(wanted)


def _warned(events: list[Any]) -> set[tuple[str, str]]:
    """Return the warnings: what was said cannot be unsaid, and which were said depends on what was known."""
    return {(one.data.decision, one.data.kind) for one in events if one.data.kind == "warn"}


async def test_a_rule_that_mutes_does_so_whatever_the_points_are() -> None:
    world = World([under("mute", **{"for": "12h"})])
    world.tell(content_created())
    await world.fold()

    (applied,) = world.put_out(SANCTIONS.name)
    assert (applied.data.kind, applied.data.until) == ("mute", AT + timedelta(hours=12))
    assert [type(act).__name__ for act in world.acts()] == ["ActionDelete", "ActionMute"]
    assert len(world.sanctions.timers) == 1
    await world.time_passes()
    assert world.sanctions.timers == {}
    assert [type(event) for event in world.put_out(SANCTIONS.name)] == [SanctionApplied, SanctionLifted]


async def test_an_upheld_appeal_gives_back_the_word_too() -> None:
    world = World([under("flag")])
    world.tell(content_created())
    await world.fold()
    world.command(decide("mute", until=AT + timedelta(days=3)))
    await world.fold()
    decision = world.put_out()[-1]
    world.command(told(commands.Reverse, decision=decision.id, by="oleg", content=decision.data.content_id))
    await world.fold()

    assert [type(event) for event in world.put_out(SANCTIONS.name)] == [SanctionApplied, SanctionLifted]
    names = [type(act).__name__ for act in world.acts()]
    assert sorted(names) == ["ActionDelete", "ActionMute", "ActionRestore", "ActionUnmute"]


@pytest.mark.parametrize("thresholds", [THRESHOLDS["thresholds"], THRESHOLDS["thresholds"][:2]])
def test_one_strike_more_of_who_has_the_most_holds_nobody_up(thresholds: list[Any]) -> None:
    under_ = {"scope": "brand", "half_life": "365d", "thresholds": thresholds}
    sanctions, state = Sanctions(ready(policy(strikes=under_))), None
    for n in range(STRIKES_MAX + 1):
        state = sanctions.evolve(state, Heard(strike(n, days=2 * n), None)).state

    assert quickest_ms(lambda: sanctions.evolve(state, Heard(strike(500, days=500), None))) < EVENT_MS_MAX


def test_a_ban_that_a_milder_decision_replaces_is_lifted() -> None:
    _, events, acts = fold(strike(1, sanction="ban"), strike(2, days=0.1, sanction="warn", replaces=("d1",)))

    assert [type(act) for act in acts] == [ActionBan, ActionUnban]
    assert ("d1", "ban") not in in_force(events)
