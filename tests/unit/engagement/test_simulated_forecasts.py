"""What holds of every simulation, over generated events and decisions in any interleaving."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shared.events import Envelope
from tests.builders import (
    PLACE,
)
from tests.unit.engagement.simulations import posted, span, tried
from tests.unit.engagement.test_any_order import CAPPED, Act, acts, decided, happened, interleaved, judged
from tests.unit.engagement.world import World

OTHER: dict[str, Any] = {
    "rules": [
        {"id": "content", "for": "content", "points": 3, "karma": 2},
        {"id": "liking", "for": "reaction", "to": "reactor", "points": 4, "cap_per_day": 6},
        {"id": "accepted", "for": "solution", "points": 20, "karma": 5},
        {"id": "down", "for": "downvote", "points": -2},
    ],
    "caps": {"community_per_day": 25, "brand_per_day": 21},
}
ELSEWHERE = f"{PLACE}0"
written = st.sets(st.integers(0, 4))
choices = st.lists(st.booleans(), max_size=40)


def topics(told_: list[Act], judgements: list[Act], created: set[int], order: list[bool]) -> list[Envelope]:
    """Return events and decisions, every other content in another community."""
    found = interleaved(happened(told_, created), decided(judgements), order)
    return [replace(one, community=ELSEWHERE) if _number(one) % 2 else one for one in found]


def _number(event: Envelope) -> int:
    content: str = event.data.content_id  # type: ignore[attr-defined] # every event has data
    return int(content.rpartition(":")[2])


@settings(max_examples=150, deadline=None)
@given(acts, judged, written, choices, st.integers(0, 30))
def test_the_live_policy_simulated_shows_no_difference(
    told_: list[Act], judgements: list[Act], created: set[int], order: list[bool], after_s: int
) -> None:
    report, made = tried(topics(told_, judgements, created, order), CAPPED, CAPPED, span(after_s))

    assert report.total.live == report.total.candidate
    assert all(one.live == one.candidate for one in report.rules)
    assert (report.winners, report.losers, report.gain, report.lose) == ((), (), 0, 0)
    assert all((one.moved, one.enters, one.leaves) == (0, (), ()) for one in report.best)
    assert report.spread.live == report.spread.candidate
    assert report.owed.live == report.owed.candidate
    assert report.karma.live == report.karma.candidate
    assert made.course.tallies[0].nets == made.course.tallies[1].nets


@settings(max_examples=150, deadline=None)
@given(acts, judged, written, choices)
def test_the_forecast_is_what_a_world_posts_that_runs_the_candidate_from_the_beginning(
    told_: list[Act], judgements: list[Act], created: set[int], order: list[bool]
) -> None:
    events = topics(told_, judgements, created, order)
    worlds = [World(spec).tell(*events) for spec in (CAPPED, OTHER)]

    report, made = tried(events, CAPPED, OTHER)

    for world, tally, balance in zip(worlds, made.course.tallies, ("live", "candidate"), strict=True):
        assert tally.nets == posted(world)
        held = {key.removeprefix("acme/"): one.account.balance for key, one in world.accounts.items()}
        found = {one.member: getattr(one, balance) for one in made.course.balances()}
        assert {name: points for name, points in found.items() if points} == {n: p for n, p in held.items() if p}
        karma = {key.removeprefix("acme/"): one.account.karma for key, one in world.accounts.items()}
        assert {k: v for k, v in tally.karma.items() if v} == {k: v for k, v in karma.items() if v}
    assert report.total.candidate.net == sum(entry["applied"] for entry in worlds[1].entries.values())


@settings(max_examples=150, deadline=None)
@given(acts, judged, written, choices, st.integers(0, 30))
def test_what_is_told_adds_up_to_the_accounts(
    told_: list[Act], judgements: list[Act], created: set[int], order: list[bool], after_s: int
) -> None:
    report, made = tried(topics(told_, judgements, created, order), CAPPED, OTHER, span(after_s))

    balances = list(made.course.balances())
    for side in ("live", "candidate"):
        total = getattr(report.total, side)
        assert total.net == total.issued - total.clawed_back == sum(getattr(one, side).net for one in report.rules)
        assert getattr(report.owed, side).points == sum(max(0, getattr(one, side)) for one in balances)
    differences = {one.member: one.difference for one in (*report.winners, *report.losers)}
    assert differences == {one.member: one.candidate - one.live for one in balances if one.candidate != one.live}
    assert sum(differences.values()) == report.total.candidate.net - report.total.live.net
    assert (report.gain, report.lose) == (len(report.winners), len(report.losers))
