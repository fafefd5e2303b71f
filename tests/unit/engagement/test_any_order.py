"""Promise 2 for points: whatever interleaving of the two topics, and whatever comes twice, gives equal balances."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.engagement.rules.wallets import EMPTY
from shared.events import Envelope
from tests.builders import (
    PLACE,
    content_created,
    content_deleted,
    content_restored,
    decision_made,
    decision_reversed,
    reaction_added,
    reaction_removed,
    solution_accepted,
)
from tests.unit.engagement.world import World

AUTHORS = ("telegram:1", "telegram:2")
CAPPED = {
    "rules": [
        {"id": "content", "for": "content", "points": 5, "cap_per_day": 12},
        {"id": "reaction", "for": "reaction", "points": 2, "cap_per_day": 3},
        {"id": "liking", "for": "reaction", "to": "reactor", "points": 1, "cooldown": "1h"},
        {"id": "down", "for": "downvote", "points": -3, "karma": -1},
        {"id": "accepted", "for": "solution", "points": 7, "capped": False},
        {"id": "first", "for": "content", "points": 4, "once": True},
    ],
    "caps": {"community_per_day": 14, "brand_per_day": 13},
    "hold": "1d",
    "expire_months": 3,
}
Act = tuple[str, int, int]
acts = st.lists(
    st.tuples(
        st.sampled_from(["delete", "restore", "like", "unlike", "down", "undown", "accept"]),
        st.integers(0, 4),
        st.integers(3, 5),
    )
)
judged = st.lists(st.tuples(st.sampled_from(["remove", "reverse"]), st.integers(0, 4), st.integers(0, 1)))


def about(number: int) -> dict[str, str]:
    return {"content_id": f"{PLACE}:{number}", "content_author": AUTHORS[number % 2]}


def happened(told: list[Act], created: set[int]) -> list[Envelope]:
    events: list[Envelope] = [content_created(**about(n), actor=AUTHORS[n % 2], id=f"c{n}") for n in sorted(created)]
    for place, (what, number, who) in enumerate(told):
        some = about(number) | {"id": f"e{place}"}
        match what:
            case "delete":
                events.append(content_deleted(**some))
            case "restore":
                events.append(content_restored(**some))
            case "like":
                events.append(reaction_added(**some, actor=f"telegram:{who}"))
            case "down":
                events.append(reaction_added(**some, actor=f"telegram:{who}", emoji="👎", value=-1))
            case "undown":
                events.append(reaction_removed(**some, actor=f"telegram:{who}", emoji="👎", value=-1))
            case "accept":
                events.append(solution_accepted(**some, actor=f"telegram:{who}"))
            case _:
                events.append(reaction_removed(**some, actor=f"telegram:{who}"))
    return events


def decided(told: list[Act]) -> list[Envelope]:
    make = {"remove": decision_made, "reverse": decision_reversed}
    return [
        make[what](**about(number), verdict="remove", decision=f"d{number}/{which}", id=f"j{place}")
        for place, (what, number, which) in enumerate(told)
    ]


def interleaved(first: list[Envelope], second: list[Envelope], choices: list[bool]) -> list[Envelope]:
    """Merge two topics, each in its own order."""
    one, two, merged = list(first), list(second), []
    for choice in choices:
        source = one if choice else two
        if source:
            merged.append(source.pop(0))
    return [*merged, *one, *two]


@settings(max_examples=400, deadline=None)
@given(acts, judged, st.sets(st.integers(0, 4)), st.lists(st.booleans(), max_size=40))
def test_balances_and_days_do_not_depend_on_the_interleaving(
    told: list[Act], judgements: list[Act], created: set[int], choices: list[bool]
) -> None:
    events, decisions = happened(told, created), decided(judgements)
    expected = World(CAPPED).tell(*events, *decisions)

    world = World(CAPPED).tell(*interleaved(events, decisions, choices))

    assert world.outcome() == expected.outcome()
    assert all(total == world.accounts[key].account.balance for key, total in world.summed().items())
    assert wallets(world) == wallets(expected)
    assert {key: held.account.karma for key, held in world.accounts.items() if held.account.karma} == {
        key: held.account.karma for key, held in expected.accounts.items() if held.account.karma
    }
    assert all(held.account.balance <= 13 + 7 * 5 + 4 for held in world.accounts.values()), "no cap is exceeded"
    assert world.time_passes().outcome() == expected.time_passes().outcome()
    assert all(total == world.accounts[key].account.balance for key, total in world.summed().items())


def wallets(world: World) -> dict[str, object]:
    """Return what is held and what will expire; nothing of those who have nothing."""
    return {key: held.wallet for key, held in world.accounts.items() if held.wallet != EMPTY}


@settings(max_examples=100, deadline=None)
@given(acts, judged, st.sets(st.integers(0, 4)))
def test_a_creation_or_decision_that_is_told_twice_counts_once(
    told: list[Act], judgements: list[Act], created: set[int]
) -> None:
    events, decisions = happened(told, created), decided(judgements)
    once = World(CAPPED).tell(*events, *decisions)

    twice = World(CAPPED).tell(*events, *(e for e in events if e.id.startswith("c")))
    for decision in decisions:
        twice.tell(decision, decision)

    assert twice.outcome() == once.outcome()
