"""Figures that are made of more than counts: questions, newcomers, decisions, sales, subscriptions, own values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.reporting.figures import figure_of
from services.reporting.figures.periods import Frame, Grain
from services.reporting.figures.questions import is_question
from services.reporting.figures.summary import Values, figures_by, figures_of
from shared.events import Actor, Envelope
from shared.events.moderation import Finding
from tests import builders
from tests.unit.reporting.folding import folded, material

WEEK = Frame(date(2026, 3, 2), date(2026, 3, 9), ZoneInfo("UTC"))
AT = builders.AT
PLACE = builders.PLACE
STAFF = Actor(id="telegram:90", role="staff")


def values(events: Sequence[Envelope], frame: Frame = WEEK) -> Values:
    return figures_of(material(folded(events)), frame)


def wrote(content: str, who: str | Actor = "telegram:1", minutes: float = 0, **more: Any) -> Envelope:  # noqa: ANN401
    at = AT + timedelta(minutes=minutes)
    return builders.content_created(
        **{"id": content, "content_id": content, "actor": who, "time": at, "text": "Well."} | more
    )


def asked(content: str = "q", minutes: float = 0, **more: Any) -> Envelope:  # noqa: ANN401
    return wrote(content, minutes=minutes, **{"text": "How long does it take?"} | more)


def test_a_question_waits_for_the_first_answer_of_somebody_else() -> None:
    events = [
        asked(),
        wrote("own", minutes=1, parent="q"),
        wrote("a", "telegram:2", 10, parent="q"),
        wrote("b", STAFF, 60, parent="q"),
        asked("lonely", 5),
    ]

    counted = values(events)

    assert (counted["questions"], counted["questions_unanswered"]) == (2, 1)
    assert (counted["first_response"], counted["staff_response"]) == (600, 3_600)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 2, 1, 0, 1)])
def test_answers_may_be_read_before_their_question(order: Sequence[int]) -> None:
    events = [asked(), wrote("own", minutes=1, parent="q"), wrote("a", "telegram:2", 10, parent="q")]

    assert values([events[n] for n in order])["first_response"] == 600


@pytest.mark.parametrize(
    ("content", "asks"),
    [
        ({"text": "Is it open?"}, True),
        ({"text": "Открыто？"}, True),
        ({"text": "See https://a.example/?page=2"}, False),
        ({"text": "It is open."}, False),
        ({"text": "Why?", "parent": "c"}, False),
        ({"text": "Why?", "kind": "comment"}, False),
        ({"text": "No mark at all", "kind": "question"}, True),
        ({"text": "Shall we?", "actor": STAFF}, False),
        ({"text": "Shall we?", "actor": Actor(id="b", bot=True)}, False),
        ({"text": "/rank what?", "command": "rank"}, False),
        ({"text": "/quiz?", "asks": True}, False),
        ({"text": None}, False),
    ],
)
def test_what_is_a_question(content: dict[str, Any], *, asks: bool) -> None:
    assert is_question(builders.content_created(**content).data) is asks


def test_a_question_is_solved_when_an_answer_is_accepted() -> None:
    question = asked(kind="question", community="discourse:forum")
    accepted = builders.solution_accepted(
        question="q", content_id="a", time=AT + timedelta(hours=2), community="discourse:forum"
    )

    counted = values([accepted, question, asked("other", kind="question", community="discourse:forum")])

    assert (counted["questions_solved"], counted["resolution"]) == (0.5, 7_200)


def test_a_newcomer_is_who_wrote_first_in_the_period_and_an_answer_counts_within_a_day() -> None:
    old = wrote("old", "telegram:5", -60 * 24 * 30)
    events = [
        old,
        wrote("again", "telegram:5"),
        wrote("first", "telegram:6"),
        wrote("second", "telegram:6", 5),
        wrote("late", "telegram:7", 1),
        wrote("reply", "telegram:5", 30, parent="first"),
        wrote("too-late", "telegram:5", 60 * 25, parent="late"),
        wrote("staff", STAFF),
    ]

    counted = values(events)

    assert (counted["newcomers"], counted["newcomers_answered"]) == (2, 0.5)


def test_stickiness_is_the_average_day_over_the_whole() -> None:
    events = [wrote(f"{day}", "telegram:1", 24 * 60 * day) for day in range(7)] + [wrote("x", "telegram:2")]
    (days,) = figures_by(material(folded(events)), WEEK, Grain.DAY)

    assert values(events)["stickiness"] == pytest.approx((7 + 1) / 7 / 2)
    assert {day.values["stickiness"] for day in days} == {None}
    assert values([])["stickiness"] is None


def test_members_are_all_who_ever_came_less_those_who_went() -> None:
    before = [builders.member_joined(member=f"telegram:{n}", time=AT - timedelta(days=40)) for n in range(5)]
    now = [
        builders.member_left(member="telegram:0"),
        builders.member_banned(member="telegram:1"),
        builders.member_joined(member="telegram:9"),
    ]
    frame = Frame(date(2026, 1, 1), date(2026, 4, 1), ZoneInfo("UTC"))

    (months,) = figures_by(material(folded([*before, *now])), frame, Grain.MONTH)

    assert [month.values["members"] for month in months] == [5, 5, 4]
    assert [month.values["members_growth"] for month in months] == [5, 0, -1]
    assert figures_of(material(folded([*before, *now])), WEEK)["members"] == 4


def decided(decision: str, **more: Any) -> Envelope:  # noqa: ANN401
    return builders.decision_made(decision=decision, **more)


def test_decisions_are_overturned_when_taken_back_for_good() -> None:
    events = [
        *(decided(f"d{n}") for n in range(3)),
        decided("d3", by="anna"),
        builders.decision_reversed(decision="d0"),
        builders.decision_reversed(decision="d1", replaced_by="d3"),
    ]

    counted = values(events)

    assert (counted["decisions"], counted["decisions_staff"], counted["overturn_rate"]) == (4, 1, 0.25)


def test_an_act_is_carried_out_so_long_after_its_decision() -> None:
    done = builders.action_done(cause="d1", kind="delete", time=AT + timedelta(seconds=3))
    told = builders.action_done(cause="d1", kind="message", time=AT + timedelta(seconds=1))

    assert values([done, told, decided("d1")])["time_to_action"] == 3


@pytest.mark.parametrize(
    ("rule", "facts", "toxic"),
    [
        ("words", None, True),
        ("conflicts", None, True),
        ("flood", None, False),
        ("classifier:toxic-ru", None, True),
        ("classifier:mood", {"label": "toxic"}, True),
        ("classifier:mood", {"label": "ham"}, False),
    ],
)
def test_toxicity_is_what_moderation_found_in_a_thousand_contents(
    rule: str, facts: dict[str, str] | None, *, toxic: bool
) -> None:
    finding = Finding(rule=rule, version=1, verdict="flag", facts=facts)
    events = [*(wrote(str(n)) for n in range(10)), decided("d1", findings=(finding,), verdict="flag", imported=True)]

    assert values(events)["toxicity"] == (100 if toxic else 0)
    assert values([*events, builders.decision_reversed(decision="d1")])["toxicity"] == 0


def bought(order: str, member: str = "portal:1", days: int = 0, **more: Any) -> Envelope:  # noqa: ANN401
    at = AT + timedelta(days=days)
    told = {"amount": 1_000, "currency": "EUR", "community": "portal:shop", "time": at} | more
    return builders.purchase_made(order=order, member=member, id=order, **told)


def test_sales_are_what_was_bought_less_what_was_paid_back_whenever_that_was() -> None:
    back = {"community": "portal:shop", "time": AT + timedelta(days=60), "currency": "EUR", "member": "portal:1"}
    events = [
        bought("o1", days=-50),
        bought("o2"),
        bought("o3", "portal:2"),
        bought("o4", "portal:3", currency="JPY", amount=700),
        builders.purchase_refunded(order="o3", amount=400, id="r1", **back),
        builders.purchase_refunded(order="o4", amount=700, id="r2", **back),
    ]

    counted = values(events)

    assert (counted["purchases"], counted["buyers"], counted["repeat_buyers"]) == (2, 2, 0.5)
    assert (counted["revenue:EUR"], counted["revenue:JPY"]) == (16.0, 0)
    assert values([*reversed(events), *events]) == counted


def test_subscribers_are_those_whose_time_is_paid_at_the_end() -> None:
    def moved(make: Any, member: str, day: int, until: int | None = None) -> Envelope:  # noqa: ANN401 - a builder
        end = None if until is None else AT + timedelta(days=until)
        return make(member=member, time=AT + timedelta(days=day), until=end, community="vk:1", id=f"{member}{day}")  # type: ignore[no-any-return]

    events = [
        moved(builders.subscription_started, "vk:1", -40, -9),
        moved(builders.subscription_renewed, "vk:1", -9, 21),
        moved(builders.subscription_started, "vk:2", -40, -9),
        moved(builders.subscription_started, "vk:3", 1),
        moved(builders.subscription_ended, "vk:3", 2),
        moved(builders.subscription_started, "vk:4", 1),
    ]
    frame = Frame(date(2026, 1, 1), date(2026, 3, 9), ZoneInfo("UTC"))

    (months,) = figures_by(material(folded(events)), frame, Grain.MONTH)

    assert [month.values["subscribers"] for month in months] == [2, 1, 2]
    assert [month.values["subscriptions_started"] for month in months] == [2, 0, 2]


def test_values_of_the_brands_own_are_means_and_answers_of_the_nps_a_score() -> None:
    scores = (10, 9, 9, 8, 3, 0)
    events: list[Envelope] = [
        builders.kpi_observed(name="nps", value=float(score), community="portal:shop", id=f"n{score}{n}")
        for n, score in enumerate(scores)
    ]
    events += [builders.kpi_observed(name="load", value=v, community=None, id=f"l{v}") for v in (0.5, 1.0)]

    counted = values(events)

    assert counted["nps"] == pytest.approx(100 * (3 - 2) / 6)
    assert counted["kpi:load"] == 0.75


def test_rates_name_their_denominators_and_are_nothing_without_one() -> None:
    events = [
        wrote("a"),
        wrote("b", "telegram:2", parent="a"),
        builders.reaction_added(),
        builders.content_shared(shares=2),
        builders.content_measured(views=80, reactions=None),
    ]

    counted = values(events)

    assert counted["interactions"] == 4
    assert (counted["engagement_per_view"], counted["engagement_per_content"], counted["engagement_per_member"]) == (
        0.05,
        2,
        2,
    )
    assert values([])["engagement_per_content"] is None


def test_the_brands_own_figures_have_a_definition_too() -> None:
    made = [figure_of(id_) for id_ in ("kpi:load", "revenue:EUR", "kpi:", "nix:load")]

    assert [figure is not None for figure in made] == [True, True, False, False]
    assert made[0] is not None
    assert "load" in made[0].definition.ru


def test_hours_of_a_day_add_up_to_it() -> None:
    start = datetime(2026, 3, 2, tzinfo=AT.tzinfo)
    events = [asked(f"q{n}", time=start + timedelta(minutes=17 * n)) for n in range(80)]
    hours, days = figures_by(
        material(folded(events)), Frame(date(2026, 3, 2), date(2026, 3, 3), ZoneInfo("UTC")), Grain.HOUR, Grain.DAY
    )

    assert sum(hour.values["questions"] or 0 for hour in hours) == days[0].values["questions"] == 80
