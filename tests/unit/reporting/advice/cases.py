"""For every rule of advice a scene in which it fires, and one like it in which it is silent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from services.reporting.figures.columns import questions_from
from services.reporting.figures.material import Material, Row
from services.reporting.figures.plans import built
from services.reporting.figures.posts import Row as Post
from services.reporting.figures.posts import posts_of
from services.reporting.rules.advice.scene import Scene
from tests.unit.reporting.advice.scenes import DAYS, PLACE, asked, at, came, present, questions, rows, scene

FIRST, BEFORE = range(27), range(-28, -1)
STAFF = "telegram:90"


class Case(NamedTuple):
    fires: Scene
    silent: Scene
    says: str
    """A part of the English words where it fires."""


def _waits(now: float | None, before: float | None, times: int = 2) -> Material:
    told = [(day + n / 10, hours) for days, hours in ((FIRST, now), (BEFORE, before)) for day in days for n in range(times)]
    return asked(told, STAFF)


def _unanswered(now: int, before: int) -> Material:
    told: list[tuple[float, float | None]] = [(n * 0.5, None if n < now else 2.0) for n in range(50)]
    told += [(n * 0.5 - 28, None if n < before else 2.0) for n in range(50)]
    return asked(told)


def _shifts(staff_hour: int) -> Material:
    """Return members who write from 18 to 22, and an employee who writes at an hour of the day and answers then."""
    members = {n: [day + (18 + n % 4) / 24 for day in range(DAYS)] for n in range(12)}
    ours = {90: [day + staff_hour / 24 for day in range(DAYS)]}
    told = present(members | ours)
    return Material(presences=told.presences, questions=questions_from(questions([(1, 2.0)], STAFF)))


def _regulars(silent: int) -> Material:
    before = [-20.0, -15.0, -10.0, -5.0]
    told = {n: before + ([] if n < silent else [2.0, 5.0]) for n in range(24)}
    return present({who: [-35.0, *days] for who, days in told.items()})


def _sources(wrote: int) -> Material:
    (ads, from_ads), (friends, from_friends) = came(40, "ad", wrote=wrote), came(40, "friend", wrote=30)
    return Material(presences=present(from_ads | from_friends).presences, memberships=[*ads, *friends])


def _authors(hours_of_few: int) -> Material:
    few = {n: [n + hour / 24 for hour in range(hours_of_few)] for n in range(5)}
    return present(few | {n: [n / 10, n / 10 + 1] for n in range(10, 40)})


def _activities(others: int) -> Material:
    """Return three Wednesdays with an activity and ten members each, and others of them with so many."""
    held = (2, 9, 16)
    days = {day: 10 if day in held else others for day in range(-26, 28, 7)}
    wrote: dict[int, list[float]] = {}
    for day, members in days.items():
        for n in range(members):
            wrote.setdefault(n, []).append(day + 0.5)
    visits = [Row(PLACE, at(day + 0.5), {"activity_visits": 9}) for day in held]
    spoken = [Row(PLACE, at(day + 0.5), {"content_message": n}) for day, n in days.items()]
    return Material(presences=present(wrote).presences, rows=[*visits, *spoken])


def _complaints(first: int) -> Mapping[str, Mapping[str, float | None]]:
    return {
        "telegram:-1": {"complaints": first, "content": 100},
        "telegram:-2": {"complaints": 10, "content": 500},
        "discord:7": {"complaints": 8, "content": 400},
    }


def _tone(negative: int, grievances: int) -> dict[str, float | None]:
    return {"tone_negative": negative, "tone_neutral": 300 - negative, "tone_positive": 50, "feedback_complaint": grievances}


def _posted(evening: int, photo: int = 8) -> Material:
    """Return two posts a day for eight weeks; those of the evening, a fifth of them, and photos bring so much."""
    told = []
    for n in range(-56, 56):
        hour, format_ = (19 if n % 5 == 0 else 10 + n % 2), "photo" if n % 3 == 0 else "text"
        brought = (evening if hour == 19 else 8) + (photo - 8 if format_ == "photo" else 0) + n % 4
        told.append(Post(PLACE, at(n / 2 // 1 + hour / 24).timestamp(), format_, (), brought, 0, 0, math.nan))
    return Material(posts=posts_of(told))


def planned(news: int) -> Material:
    """Return forty posts, so many of them with the hashtag of a category that is to have half of all."""
    told = [Post(PLACE, at(n / 2).timestamp(), "text", ("news",) if n < news else (), 0, 0, 0, math.nan) for n in range(40)]
    categories = [{"id": "news", "title": {"en": "News", "ru": "Новости"}, "tags": ["news"], "share": 0.5}]
    return Material(posts=posts_of(told), plan=built({"categories": categories}))


def _toxic(now: float, written: int) -> Scene:
    material = rows({"content_message": written}, {"content_message": written})
    return scene({"toxicity": now}, {"toxicity": 4.0}, material)


CASES: Mapping[str, Case] = {
    "newcomers_unanswered": Case(
        scene({"newcomers": 40, "newcomers_answered": 0.3}),
        scene({"newcomers": 40, "newcomers_answered": 0.6}),
        "40 members wrote for the first time; 30.0",
    ),
    "questions_unanswered_rise": Case(
        scene(material=_unanswered(20, 5)), scene(material=_unanswered(7, 5)), "Of 50 questions 40.0"
    ),
    "staff_slower": Case(scene(material=_waits(6, 2)), scene(material=_waits(2.1, 2)), "within 6"),
    "staff_away_at_peak": Case(scene(material=_shifts(9)), scene(material=_shifts(19)), "18:00-22:00"),
    "stickiness_falls": Case(
        scene({"stickiness": 0.15, "active_members": 90.0}, {"stickiness": 0.25, "active_members": 80.0}),
        scene({"stickiness": 0.24, "active_members": 90.0}, {"stickiness": 0.25, "active_members": 80.0}),
        "fell from 25.0",
    ),
    "growing_but_quieter": Case(
        scene({"members_growth": 40, "members_joined": 50, "active_members": 60.0}, {"active_members": 80.0}),
        scene({"members_growth": -4, "members_joined": 50, "active_members": 60.0}, {"active_members": 80.0}),
        "There are 40 members more",
    ),
    "few_authors": Case(scene(material=_authors(20)), scene(material=_authors(3)), "5 of 35"),
    "regulars_silent": Case(scene(material=_regulars(12)), scene(material=_regulars(3)), "Of 24 regulars 12"),
    "source_not_kept": Case(scene(material=_sources(4)), scene(material=_sources(25)), "Of 40 who came from ad, 10.0"),
    "toxicity_up": Case(_toxic(12.0, 5_000), _toxic(12.0, 100), "12.00 were toxic"),
    "overturned_often": Case(
        scene({"decisions": 60, "overturn_rate": 0.2}), scene({"decisions": 60, "overturn_rate": 0.05}), "Of 60 decisions"
    ),
    "complaints_in_one_place": Case(
        scene({"complaints": 58}, parts=_complaints(40)),
        scene({"complaints": 30}, parts=_complaints(12)),
        "58 complaints come from telegram:-1",
    ),
    "acts_failing": Case(
        scene({"acts_done": 90, "acts_failed": 10}), scene({"acts_done": 99, "acts_failed": 1}), "10 of 100 acts"
    ),
    "tone_falls": Case(scene(_tone(90, 10), _tone(30, 10)), scene(_tone(33, 10), _tone(30, 10)), "Of 350 contents"),
    "grievances_rise": Case(scene(_tone(30, 60), _tone(30, 10)), scene(_tone(30, 12), _tone(30, 10)), "are grievances"),
    "better_time_to_post": Case(scene(material=_posted(24)), scene(material=_posted(8)), "19:00\u201320:00"),
    "better_format": Case(scene(material=_posted(8, photo=20)), scene(material=_posted(8)), "of the format photo bring"),
    "mix_off_plan": Case(scene(material=planned(5)), scene(material=planned(18)), "wants 50.0"),
    "points_unspent": Case(
        scene({"points_issued": 5_000, "points_spent": 100}),
        scene({"points_issued": 5_000, "points_spent": 900}),
        "5,000 points were issued and 100",
    ),
    "activities_lift": Case(scene(material=_activities(4)), scene(material=_activities(10)), "Of 3 days with an activity"),
    "subscriptions_ending": Case(
        scene({"subscriptions_ended": 20, "subscriptions_started": 5}, {"subscriptions_ended": 8}),
        scene({"subscriptions_ended": 20, "subscriptions_started": 25}, {"subscriptions_ended": 8}),
        "20 subscriptions ended and 5 began",
    ),
}
