from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.figures import BY_ID, FIGURES, HOUR_COUNTS, POINT_COUNTS, POSTED
from services.reporting.figures.buckets.hour import Hour
from services.reporting.figures.content import FORMATS, KINDS, OTHER
from services.reporting.figures.periods import Frame
from services.reporting.figures.points import SIGNED
from services.reporting.figures.reading import READERS
from services.reporting.figures.summary import Values, figures_of
from services.reporting.handlers import Figures, Points
from shared.errors import Unprocessable
from shared.events import Actor, Envelope
from tests import builders
from tests.unit.reporting.folding import folded, material, record

DAY = Frame(date(2026, 3, 1), date(2026, 3, 5), ZoneInfo("UTC"))
AT = builders.AT
POST = {"content_id": "telegram:-1:8"}


def values(events: Sequence[Envelope]) -> Values:
    return figures_of(material(folded(events)), DAY)


def event(number: int, minute: int) -> Envelope:
    at = {"time": AT + timedelta(minutes=minute), "id": f"e{number}-{minute}"}
    decided = {"time": AT + timedelta(hours=minute % 4), "decision": f"d{minute % 4}"}
    by_anna = {"decision": f"anna's {minute % 4}"}
    made: list[Envelope] = [
        builders.content_created(**at, kind="post", actor=f"telegram:{minute % 3}"),
        builders.reaction_added(**at),
        builders.reaction_removed(**at),
        builders.reaction_added(**at, actor=None, count=number + minute % 7),
        builders.content_measured(**at, reactions=number + minute % 7),
        builders.member_joined(**at),
        builders.member_left(**at),
        builders.decision_made(**decided),
        builders.decision_reversed(**decided),
        builders.content_flagged(**at),
        builders.solution_accepted(**at),
        builders.content_created(**at, kind="answer", question="telegram:-1:7", actor=f"telegram:{minute % 3}"),
        builders.content_created(**at, content_id="telegram:-1:7", kind="question", replied_to="telegram:2"),
        builders.purchase_made(**at, order=f"o{minute % 2}", amount=500),
        builders.purchase_refunded(**at, order=f"o{minute % 2}", amount=number),
        builders.subscription_started(**at, until=AT + timedelta(minutes=minute + 100)),
        builders.subscription_ended(**at),
        builders.kpi_observed(**at, value=number / 7),
        builders.content_measured(**at, views=number + minute % 7),
        builders.action_done(**at, cause=f"d{minute % 4}", kind="delete"),
        builders.content_created(**at, **POST, kind="post", actor=builders.STAFF, tags=("news",), format="photo"),
        builders.content_edited(**at, **POST, own_post=POST["content_id"], actor=builders.STAFF, edition=number % 3),
        builders.reaction_added(**at, **POST, own_post=POST["content_id"]),
        builders.reaction_removed(**at, **POST, own_post=POST["content_id"]),
        builders.content_created(
            **at, content_id=f"telegram:-1:9{minute}", parent="telegram:-1:8", own_post="telegram:-1:8"
        ),
        builders.content_shared(**at, **POST, own_post=POST["content_id"]),
        builders.content_deleted(**at, **POST, own_post=POST["content_id"]),
        builders.content_restored(**at, **POST, own_post=POST["content_id"]),
        builders.decision_made(**decided | by_anna, **POST, by="anna"),
        builders.decision_reversed(**decided | by_anna, **POST),
    ]
    return made[number % len(made)]


told = st.lists(st.builds(event, st.integers(0, 29), st.integers(0, 3_000)), max_size=30)


@given(told, st.randoms())
def test_the_order_of_events_does_not_matter(events: list[Envelope], random: Random) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)

    assert folded(events) == folded(shuffled)


@given(told)
def test_what_is_counted_is_what_was_told(events: list[Envelope]) -> None:
    counted = values(events)

    assert counted["content"] == sum(1 for one in events if type(one).__name__ == "ContentCreated")
    assert (counted["complaints"] or 0) == sum(1 for one in events if type(one).__name__ == "ContentFlagged")


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 1, 0)])
def test_a_decision_that_is_taken_back_does_not_count_in_any_order(order: tuple[int, ...]) -> None:
    pair = (builders.decision_made(), builders.decision_reversed(time=AT + timedelta(hours=5)))

    assert values([pair[n] for n in order])["removals"] == 0
    assert values([pair[0], pair[0]])["removals"] == 1


def test_only_what_members_no_longer_see_is_a_removal() -> None:
    verdicts = ("allow", "label", "flag", "hold", "hide", "remove", "warn", "mute", "ban")
    decisions = [builders.decision_made(verdict=verdict, decision=verdict) for verdict in verdicts]

    assert values(decisions)["removals"] == 5, "hold, hide, remove, mute and ban"


def test_what_is_decided_of_history_removes_nothing() -> None:
    counted = values([builders.decision_made(imported=True), builders.decision_reversed(imported=True)])

    assert (counted["removals"], counted["decisions"], counted["overturn_rate"]) == (0, 0, None)


def test_a_removal_counts_at_its_own_hour_and_a_late_event_in_its_own() -> None:
    states = folded([builders.decision_made(time=AT), builders.content_created(time=AT - timedelta(days=400))])

    assert figures_of(material(states), DAY)["content"] == 0
    assert figures_of(material(states), DAY)["removals"] == 1
    long_ago = Frame(date(2025, 1, 1), date(2026, 3, 1), ZoneInfo("UTC"))
    assert figures_of(material(states), long_ago)["content"] == 1


def test_people_are_counted_and_bots_and_the_community_itself_are_not() -> None:
    bot = Actor(id="telegram:9", bot=True)
    itself = Actor(id="telegram:-100", role="community")
    written = [builders.content_created(actor=actor) for actor in (bot, itself, None, "telegram:1", "telegram:1")]
    moved = [builders.member_joined(bot=True), builders.member_joined(), builders.member_left(bot=True)]

    counted = values([*written, *moved])

    assert (counted["content"], counted["active_members"]) == (5, 1)
    assert (counted["members_joined"], counted["members_left"]) == (1, 0)


def test_totals_without_names_count_by_what_they_grew() -> None:
    totals = [(0, 3), (1, 5), (30, 4)]
    events = [builders.reaction_added(actor=None, count=n, time=AT + timedelta(hours=h)) for h, n in totals]

    assert values(events)["reactions"] == 4
    assert values([*events, *events])["reactions"] == 4
    first_day = Frame(date(2026, 3, 1), date(2026, 3, 3), ZoneInfo("UTC"))
    assert figures_of(material(folded(events)), first_day)["reactions"] == 5


@given(st.permutations([(0, 3), (1, 5), (1.2, 4), (30, 9)]))
def test_measured_reactions_count_by_what_they_grew_in_any_order(totals: list[tuple[float, int]]) -> None:
    events = [builders.content_measured(reactions=n, time=AT + timedelta(hours=h)) for h, n in totals]
    other = builders.content_measured(reactions=2, content_id="telegram:-1:8")
    first_day = Frame(date(2026, 3, 1), date(2026, 3, 3), ZoneInfo("UTC"))

    assert values([*events, other, *events])["reactions"] == 11
    assert figures_of(material(folded([*events, other])), first_day)["reactions"] == 6


def test_a_measured_content_without_reactions_counts_for_none() -> None:
    assert values([builders.content_measured(reactions=None, views=7)])["reactions"] == 0
    assert not folded([builders.content_measured(reactions=None, views=None)])


def test_reactions_are_those_put_on_less_those_taken_back() -> None:
    counted = values([builders.reaction_added(), builders.reaction_added(), builders.reaction_removed()])

    assert (counted["reactions"], counted["reactions_removed"]) == (1, 1)


def test_history_counts_as_the_present_does() -> None:
    assert values([builders.content_created(imported=True)]) == values([builders.content_created()])


def test_seeing_a_member_again_in_the_hour_changes_nothing() -> None:
    fold = Figures()
    _, *facts = fold.read(record(builders.content_created(text="Good morning")))

    states = [fold.evolve(None, fact.event).state for fact in facts]

    assert [fold.evolve(state, fact.event).state for state, fact in zip(states, facts, strict=True)] == states
    assert len(facts) == 2, "who was there, and the first that they wrote"


def test_the_hours_of_points_are_kept_by_partition_and_add_up() -> None:
    granted = builders.points_granted(applied=5)
    clawed = builders.points_clawed_back(applied=-3)
    back = builders.points_restored(applied=1)
    fold = Points()

    states = {**folded([granted, clawed, back], fold, 0), **folded([granted], fold, 3)}

    assert {key[-2:] for key in states} == {"/0", "/3"}
    counted = figures_of(material(states), DAY)
    assert (counted["points_issued"], counted["points_clawed_back"]) == (10, 2)


@pytest.mark.parametrize(("rule", "issued"), [("@received", 0), ("@refunded", 0), ("@adjusted", 5), ("content", 5)])
def test_points_that_were_there_before_are_not_issued_again(rule: str, issued: int) -> None:
    states = folded([builders.points_granted(rule=rule, applied=5)], Points(), 0)

    assert figures_of(material(states), DAY).get("points_issued", 0) == issued


def test_an_entry_that_does_not_say_what_was_applied_is_a_dead_letter() -> None:
    with pytest.raises(Unprocessable, match="applied"):
        Points().read(record(builders.points_granted(applied=None)))


def test_what_is_no_event_is_a_dead_letter_and_what_is_not_counted_is_nothing() -> None:
    with pytest.raises(Unprocessable):
        Figures().read(record(builders.content_created())._replace(value=b"{"))
    assert not Figures().read(record(builders.content_edited()))
    assert not Points().read(record(builders.level_reached()))


def test_every_count_is_one_that_hours_are_read_by() -> None:
    for fold, types, names in ((Figures(), READERS, HOUR_COUNTS), (Points(), POSTED, POINT_COUNTS)):
        told = [BUILDERS[make](**_applied(make)) for make in types]
        told += [
            builders.content_created(kind=kind, format=format_)
            for kind in (*KINDS, None)
            if kind != OTHER
            for format_ in FORMATS
        ]
        states = folded([one for one in told if type(one) in types], fold).values()
        counted = {name for one in states if isinstance(one, Hour) for name in one.counts}
        assert counted <= set(names)
        assert len(counted) > len(types) / 3


def test_figures_have_ids_of_their_own_and_words_in_both_languages() -> None:
    assert len(BY_ID) == len(FIGURES)
    for figure in FIGURES:
        for said in (figure.name, figure.definition, figure.unit):
            assert said.en != said.ru or figure.id == "nps"
            assert all(said)


def test_what_no_platform_tells_is_unknown_and_not_zero() -> None:
    slack = builders.content_created(community="slack:w")
    telegram = builders.content_created(community="telegram:-1")

    assert values([slack])["members_left"] is None
    assert values([slack, telegram])["members_left"] == 0


def test_what_was_counted_stands_although_the_platform_does_not_tell_it_live() -> None:
    left = builders.member_left(community="slack:w")

    assert values([left])["members_left"] == 1


def _applied(make: type[Envelope]) -> dict[str, Any]:
    return {"applied": 5} if make in SIGNED else {}


BUILDERS: dict[type[Envelope], Any] = {
    type(build()): build for build in vars(builders).values() if getattr(build, "__name__", "") == "build"
}
