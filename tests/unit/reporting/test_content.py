"""What posts brought, compared like with like: the columns, the intervals, the tables."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median as middle
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.figures import intervals
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame
from services.reporting.figures.plans import Plan, built, in_force
from services.reporting.figures.posts import COMPARED_DAYS, COMPARED_MAX, COMPARED_MIN, Row, judged, posts_of, ratios
from services.reporting.figures.tables import BY_ID
from services.reporting.figures.tables.effect import by_date
from services.reporting.figures.tables.times import NONE_BETTER, TOO_FEW
from services.reporting.rules.advice import BY_ID as RULES
from services.reporting.rules.advice.scene import Scene
from services.reporting.store.posts import plans_of
from shared.documents.reading import read
from shared.errors import Unprocessable
from shared.said import Said

ZONE = ZoneInfo("Europe/Moscow")
FRAME = Frame(date(2026, 1, 1), date(2026, 4, 1), ZONE)
FIRST = datetime(2026, 1, 1, tzinfo=ZONE)
DAY_S = 86_400


def post(day: float, brought: int = 0, place: str = "telegram:-1", **more: Any) -> Row:  # noqa: ANN401
    told: dict[str, Any] = {"format": "text", "tags": (), "replies": 0, "shares": 0, "views": math.nan} | more
    return Row(place, (FIRST + timedelta(days=day)).timestamp(), reactions=brought, **told)


def rows(table: str, posts: Sequence[Row], plan: Plan | None = None, frame: Frame = FRAME) -> list[list[Any]]:
    made = Material(posts=posts_of(posts), plan=plan or Plan())
    found = [list(row) for row in BY_ID[table].rows(made, frame)]
    assert all(len(row) == len(BY_ID[table].columns) for row in found)
    return found


written = st.builds(
    post,
    st.floats(-40, 85, allow_nan=False),
    st.integers(0, 30),
    st.sampled_from(["telegram:-1", "vk:-2"]),
    replies=st.integers(0, 3),
)


@given(st.lists(written, max_size=60))
def test_a_post_is_divided_by_the_median_of_those_around_it_in_its_community(told: list[Row]) -> None:
    posts = posts_of(told)

    found = ratios(posts).tolist()

    ordered = sorted(told, key=lambda one: (one.community, one.second))
    for number, (one, ratio) in enumerate(zip(ordered, found, strict=True)):
        around = [
            other.reactions + other.replies
            for place, other in enumerate(ordered)
            if place != number
            and other.community == one.community
            and abs(other.second - one.second) <= COMPARED_DAYS * DAY_S
        ]
        if len(around) < COMPARED_MIN:
            assert math.isnan(ratio)
        else:
            assert ratio == pytest.approx((one.reactions + one.replies + 1) / (middle(around) + 1))


def test_of_many_posts_the_nearest_are_compared() -> None:
    told = [post(n / 100, n % 7) for n in range(3 * COMPARED_MAX)]
    told[COMPARED_MAX - 30] = post((COMPARED_MAX - 30) / 100, 50)

    found = ratios(posts_of(told))

    around = [n % 7 for n in (*range(COMPARED_MAX), *range(COMPARED_MAX + 1, 2 * COMPARED_MAX + 1))]
    around[COMPARED_MAX - 30] = 50
    assert found[COMPARED_MAX] == pytest.approx((COMPARED_MAX % 7 + 1) / (middle(around) + 1))


def test_a_post_counts_once_its_hours_are_over_within_the_report() -> None:
    told = [post(day) for day in (-1, 0, 86.9, 87.1, 90)]

    assert judged(posts_of(told), FRAME).posts.second.tolist() == [told[1].second, told[2].second]


def test_a_post_is_not_judged_before_its_hours_are_counted_though_the_report_reaches_further() -> None:
    told = [post(day + 0.5 / 24, 4) for day in range(20)]
    written = FIRST + timedelta(days=10)
    over = [Material(posts=posts_of(told), counted_until=written + timedelta(hours=hours)) for hours in (72, 73)]

    assert [len(one.judged(FRAME).ratio) for one in over] == [10, 11]
    assert len(Material(posts=posts_of(told), counted_until=FRAME.end + timedelta(days=9)).judged(FRAME).ratio) == 20


@pytest.mark.parametrize(("n", "place"), [(5, None), (6, 0), (8, 0), (9, 1), (25, 7), (100, 39)])
def test_the_interval_of_a_median_is_between_two_values(n: int, place: int | None) -> None:
    """Places are those of Conover's table for 95 %, counted from 0."""
    values = np.arange(n, dtype=np.float64)

    found = intervals.median(values)

    expected = (None, None) if place is None else (place, n - 1 - place)
    assert (found.low, found.high) == expected
    assert found.value == (n - 1) / 2


def test_shares_and_their_differences_lie_where_the_sources_say() -> None:
    """Newcombe, 1998: 81 of 263; and 56 of 70 less 48 of 80."""
    assert intervals.share(81, 263) == pytest.approx((0.3080, 0.2553, 0.3662), abs=5e-5)
    assert intervals.difference(56, 70, 48, 80) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert intervals.share(0, 0) == intervals.difference(1, 2, 0, 0) == intervals.UNKNOWN


def test_a_bootstrapped_mean_is_as_wide_as_theory_has_it_and_always_the_same() -> None:
    counts = np.bincount(np.random.default_rng(3).poisson(4, 400))

    found = intervals.mean_of(counts)

    assert found == intervals.mean_of(counts)
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.low == pytest.approx(2 * 1.96 * 2 / 20, rel=0.1)


def times(better: int | None, posts: int = 90) -> list[Row]:
    """Return a post a day at 9, 14 or 19 o'clock; those of one of these hours bring three times as much."""
    chance = Random(5)
    made = []
    for day in range(-28, posts - 28):
        hour = (9, 14, 19)[(day * 7 + day // 3) % 3]
        brought = chance.gauss(10, 3) * (3 if hour == better else 1)
        made.append(post(day + (hour + 0.5) / 24, max(0, round(brought))))
    return made


def test_an_hour_at_which_posts_do_better_is_found() -> None:
    found = rows("best_times", times(better=19))

    day, hours, compared, ratio, low, high, q = found[0]
    assert (day, hours) == (Said("any day", "любой день"), "19:00\u201320:00")
    assert compared >= 8
    assert 1 < low <= ratio <= high
    assert q <= 0.05
    assert not any(row[1] in {"09:00\u201310:00", "14:00\u201315:00"} for row in found)


def test_where_no_hour_is_better_none_is_named_and_of_few_posts_nothing_is_said() -> None:
    assert rows("best_times", times(better=None))[0][:3] == [NONE_BETTER, None, 62]
    assert rows("best_times", times(better=19, posts=40))[0][0] == TOO_FEW
    assert rows("best_times", []) == []


Brand = Callable[[Random], list[Row]]


def lively(chance: Random) -> list[Row]:
    """Return a brand whose posts differ a lot."""
    return [post(n * 90 / 200, round(chance.lognormvariate(2, 1))) for n in range(200)]


def quiet(chance: Random) -> list[Row]:
    """Return one with whose posts hardly anything is done: a Poisson number with the mean 0.6."""
    return [post(n * 90 / 200, bisect([0.549, 0.878, 0.977, 0.997], chance.random())) for n in range(200)]


def talking(chance: Random) -> list[Row]:
    """Return one whose staff talk in the evenings, five messages in an hour: all of a talk do well or badly together."""
    made = []
    for _ in range(40):
        at, mood = chance.randrange(90) + chance.randrange(17, 23) / 24, chance.gauss(0, 0.8)
        made += [post(at + n / 200, round(chance.lognormvariate(2 + mood, 0.4))) for n in range(5)]
    return made


@pytest.mark.parametrize("brand", [lively, quiet, talking])
def test_of_made_up_brands_in_which_no_time_is_better_few_are_told_of_one(brand: Brand) -> None:
    """The share of brands that are told of any time is that of false ones, for there are no true ones."""
    wrong = [rows("best_times", brand(Random(seed)))[0][0] not in {NONE_BETTER, TOO_FEW} for seed in range(200)]

    assert sum(wrong) <= 10


@pytest.mark.parametrize("brand", [quiet, talking])
def test_of_made_up_brands_in_which_no_format_is_better_few_are_told_of_one(brand: Brand) -> None:
    wrong = 0
    for seed in range(100):
        chance = Random(seed)
        formats = {round(one.second / DAY_S * 24): chance.choice(["text", "photo", "link"]) for one in brand(Random(seed))}
        told = [one._replace(format=formats[round(one.second / DAY_S * 24)]) for one in brand(Random(seed))]
        material = Material(posts=posts_of(told))
        frame = Frame(date(2026, 3, 4), date(2026, 4, 1), ZONE)
        seen = Scene(community="", frame=frame, material=material, now={}, before={})
        wrong += RULES["better_format"].finds(seen) is not None

    assert wrong <= 5


def test_the_posts_of_a_date_count_once_in_each_community() -> None:
    told = [post(day + n / 100, 9 * (day % 2), place=place) for day in range(9) for n in range(4) for place in ("a", "b")]
    known = judged(posts_of(told), FRAME)

    found = by_date(known, np.ones(len(known.ratio), dtype=np.bool_), ZONE)

    dates = [known.ratio[known.posts.place == place].reshape(9, 4) for place in (0, 1)]
    assert found.tolist() == [float(np.median(one)) for place in dates for one in place]


def test_hours_and_weekdays_are_those_of_the_brand() -> None:
    told = [post(day + 0.5 / 24, 4) for day in range(60)]

    (hour,) = rows("post_hours", told)
    days = rows("post_days", told)

    assert hour[:3] == ["00:00", 60, 60], "half past midnight in Moscow"
    assert [row[0].en for row in days][:2] == ["Monday", "Tuesday"]
    assert sum(row[1] for row in days) == 60


def test_formats_tell_what_posts_brought_and_how_they_did_beside_others() -> None:
    told = [post(day, 4, format="text") for day in range(30)]
    told += [post(day + 0.5, 14, format="photo", shares=1, views=300.0) for day in range(30)]

    text, photo = rows("post_formats", told)

    assert text[0].en == "Texts"
    assert text[1:7] == [30, 4, 0, 0, None, None]
    assert photo[1:7] == [30, 14, 0, 1, 300, pytest.approx(15 / 300)]
    assert photo[7] == 30
    assert photo[8] > 1 > text[8]


PLAN: dict[str, Any] = {
    "categories": [
        {"id": "fun", "title": {"en": "Fun", "ru": "Досуг"}, "tags": ["Мем", "fun"], "share": 0.5},
        {"id": "news", "title": {"en": "News", "ru": "Новости"}, "tags": ["news"], "share": 0.25},
        {"id": "quiz", "title": {"en": "Quiz", "ru": "Квиз"}, "tags": ["quiz"]},
    ]
}


def test_the_mix_stands_beside_the_plan_with_what_is_missing() -> None:
    told = [post(n, tags=("мем", "news")) for n in range(4)] + [post(n, tags=("news",)) for n in range(10)]
    told += [post(89.0, tags=("other",)) for _ in range(6)]

    found = [row[:5] for row in rows("mix", told, built(PLAN))]

    assert found == [
        [Said("Fun", "Досуг"), 4, 0.2, 0.5, 6],
        [Said("News", "Новости"), 10, 0.5, 0.25, 0],
        [Said("Quiz", "Квиз"), 0, 0, None, None],
        [Said("In no category", "Вне категорий"), 6, 0.3, None, None],
    ]
    assert rows("mix", told) == [], "no plan, no mix"


def test_hashtags_are_shown_by_how_often_they_stand() -> None:
    told = [post(n, n, tags=("a", "b")) for n in range(3)] + [post(n + 9, 6, tags=("b",)) for n in range(3)]
    told += [post(n, tags=("rare",)) for n in range(2)]

    assert [row[:3] for row in rows("hashtags", told)] == [["#b", 6, 3.5], ["#a", 3, 1]]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"id": "news"}, "two categories are called news"),
        ({"tags": ["NEWS"]}, "two categories have the hashtag news"),
        ({"share": 0.9}, "add up to 115%"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(change: dict[str, Any], says: str) -> None:
    first, *others = PLAN["categories"]

    with pytest.raises(Unprocessable, match=says):
        built({"categories": [first | change, *others]})


def test_one_community_may_have_a_plan_of_its_own() -> None:
    plans = {"default": built(PLAN), "vk:-2": built({"categories": PLAN["categories"][:1]})}

    assert len(in_force(plans, ["vk:-2"]).categories) == 1
    assert len(in_force(plans, ["vk:-2", "telegram:-1"]).categories) == 3
    assert len(in_force({}, ["vk:-2"]).categories) == 0


def test_of_each_plan_the_newest_counts_and_one_that_cannot_be_read_stops_no_report(
    caplog: pytest.LogCaptureFixture,
) -> None:
    older, wrong = {"categories": PLAN["categories"][:1]}, {"categories": [PLAN["categories"][0]] * 2}
    told = [("default", older), ("vk:-2", PLAN), ("vk:-3", PLAN), ("default", PLAN), ("vk:-2", wrong), ("vk:-3", {"x": 1})]

    found = plans_of([{"name": name, "version": n, "spec": spec} for n, (name, spec) in enumerate(told)])

    assert {name: len(plan.categories) for name, plan in found.items()} == {"default": 3}
    assert "version 4 of the plan vk:-2" in caplog.text
    assert "version 5 of the plan vk:-3" in caplog.text


def test_the_sample_sorts_posts() -> None:
    plan = built(sample())

    assert [plan.categories[plan.sorts([tag])].id for tag in ("howto", "мем", "опрос", "релиз")] == [
        "educational",
        "entertaining",
        "interactive",
        "news",
    ]
    assert plan.sorts(["nothing"]) == -1


def sample() -> dict[str, Any]:
    file = Path(__file__).parents[3] / "docs" / "samples" / "content-plan.yaml"
    (source,) = read(file.read_text(encoding="utf-8"), file.name)
    return source.document.spec
