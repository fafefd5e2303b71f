"""Strikes that had to make room: what they brought goes on as long as it lasts, and can be ended."""

from __future__ import annotations

from services.moderation.rules.sanctions import RUNNING_MAX, STRIKES_MAX
from services.moderation.rules.strikes import Strike
from shared.events.actions import ActionBan, ActionUnban
from tests.component.moderation.striking import end_of, fold, in_force, lift, sanction_id, strike, withdrawal


def many(first: int = 1) -> list[Strike]:
    """Return as many strikes without points as are remembered."""
    return [strike(n, days=n / 1000, points=0) for n in range(first, first + STRIKES_MAX)]


def test_a_ban_whose_strike_had_to_make_room_is_lifted_with_its_decision() -> None:
    standing, events, acts = fold(strike(0, points=10), *many(), withdrawal(0))

    assert "d0" not in {one.id for one in standing.strikes}
    assert [type(act) for act in acts] == [ActionBan, ActionUnban]
    assert in_force(events) == set()
    assert standing.running == ()


def test_a_ban_whose_strike_had_to_make_room_is_lifted_by_a_person() -> None:
    _, events, acts = fold(strike(0, points=10), *many(), lift(sanction_id(strike(0, points=10))))

    assert [type(act) for act in acts] == [ActionBan, ActionUnban]
    assert in_force(events) == set()


def test_a_ban_goes_on_where_a_strike_that_brought_its_points_had_to_make_room() -> None:
    ban = strike(1, days=1 / 1000, points=5)

    standing, events, acts = fold(strike(0, points=5), ban, *many(2))

    assert [type(act) for act in acts] == [ActionBan]
    assert ("d1", "ban") in in_force(events)
    assert [one.strike.id for one in standing.running] == ["d1"]


def test_a_mute_that_is_over_is_not_remembered_longer_than_its_strike() -> None:
    mute = strike(0, points=6)
    end = end_of(mute)

    standing, events, _ = fold(mute, end, *[strike(n, days=2 + n, points=0) for n in range(1, STRIKES_MAX + 1)])

    assert standing.running == ()
    assert ("d0", "mute") not in in_force(events)


def test_running_bans_of_many_places_are_bounded() -> None:
    bans = [strike(n, days=n, points=10, community=f"telegram:{n}") for n in range(RUNNING_MAX + STRIKES_MAX + 5)]

    standing, events, acts = fold(*bans)

    assert (len(standing.strikes), len(standing.running)) == (STRIKES_MAX, RUNNING_MAX)
    assert not any(isinstance(act, ActionUnban) for act in acts)
    assert len(in_force(events)) == len(bans)


def test_who_has_more_strikes_than_are_remembered_stays_banned() -> None:
    _, events, acts = fold(strike(0, points=10), *[strike(n, days=n, points=0) for n in range(1, 120)])

    assert ("d0", "ban") in in_force(events)
    assert not any(isinstance(act, ActionUnban) for act in acts)
