"""The report of one contest or activity: who took part, what became of it, its days beside ordinary ones, in all formats."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.figures.buckets.part import Ending, Part
from services.reporting.figures.occasions import ACTIVITY, AROUND, CONTEST, DAYS, Occasion, around, days_beside, occasion
from services.reporting.figures.periods import Frame
from services.reporting.figures.tables.lift import LIFT
from services.reporting.handlers import Points
from services.reporting.pages.occasion import about
from services.reporting.pages.page import as_html
from services.reporting.pages.parquet import as_parquet
from services.reporting.pages.report import Names, compose
from services.reporting.pages.table import lines
from services.reporting.pages.workbook import as_xlsx
from shared.events import Envelope
from shared.said import Language
from tests import builders
from tests.unit.reporting.folding import folded, material

UTC_ZONE = ZoneInfo("UTC")
BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOWHERE: dict[str, Any] = {"community": None}


def about_member(number: int, hours: float = 0, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    at = BEGAN + timedelta(hours=hours)
    return {"member": f"telegram:{number}", "time": at, "recordedtime": at} | NOWHERE | more


def contest() -> list[Envelope]:
    """Return a contest of four members: one is out, one is out and in again; one has a place, and 50 points for it."""
    place = about_member(3, 80, contest="spring")
    told: list[Envelope] = [builders.contest_entered(**about_member(n, n, contest="spring")) for n in range(4)]
    told += [builders.contest_disqualified(**about_member(n, 30, contest="spring")) for n in (1, 2)]
    told.append(builders.contest_reinstated(**about_member(2, 40, contest="spring")))
    told.append(builders.contest_closed(contest="spring", closed=BEGAN + timedelta(hours=72), **NOWHERE))
    drawn = {"time": BEGAN + timedelta(hours=73), "winners": ("telegram:3",), "alternates": ("telegram:2", "telegram:0")}
    told.append(builders.contest_drawn(contest="spring", **NOWHERE, **drawn))
    points = {name: place[name] for name in ("member", "time", "recordedtime", "community")} | {"thing": "contest/spring"}
    told.append(builders.points_granted(**points, applied=60, balance=60))
    told.append(builders.points_clawed_back(**points, applied=-10, uncapped=-10, balance=50))
    told.append(builders.contest_entered(**about_member(7, 0, contest="autumn")))
    return told


def of(events: Sequence[Envelope], thing: str, zone: ZoneInfo = UTC_ZONE) -> Occasion | None:
    states = folded(events, Points()).values()
    parts = [one for one in states if isinstance(one, Part) and one.thing == thing]
    ending = next((one for one in states if isinstance(one, Ending) and one.thing == thing), None)
    return occasion(thing, parts, ending, zone)


def test_a_contest_is_told_from_its_first_entry_to_its_close_with_what_became_of_it() -> None:
    found = of(contest(), "contest/spring")

    assert found is not None
    told = dict(zip((column.id for column in CONTEST.columns), found.row, strict=True))
    assert told == {
        "name": "spring",
        "first": date(2026, 3, 2),
        "last": date(2026, 3, 5),
        "entrants": 4,
        "disqualified": 2,
        "reinstated": 1,
        "in": 3,
        "decided": date(2026, 3, 5),
        "winners": 1,
        "alternates": 2,
        "points": 50,
    }
    assert (found.since, found.until) == (date(2026, 3, 2), date(2026, 3, 6))


def test_one_that_goes_on_has_no_winners_and_one_that_nobody_entered_is_not_known() -> None:
    found = of(contest()[:4], "contest/spring")

    assert found is not None
    assert found.numbers == {
        "entrants": 4,
        "disqualified": 0,
        "reinstated": 0,
        "in": 4,
        "winners": None,
        "alternates": None,
        "points": 0,
    }
    assert of(contest(), "contest/summer") is None
    assert of(contest(), "activity/spring") is None


@given(st.randoms())
def test_the_order_in_which_it_is_told_does_not_matter(random: Random) -> None:
    shuffled = contest()
    random.shuffle(shuffled)

    assert of(shuffled, "contest/spring") == of(contest(), "contest/spring")


def visits(day: int, *members: int) -> list[Envelope]:
    return [builders.participation_counted(thing="activity/meetup", **about_member(n, 24 * day)) for n in members]


def test_an_activity_is_told_by_the_days_on_which_members_were_checked_in_each_once() -> None:
    again = builders.participation_counted(thing="activity/meetup", **about_member(1, 50))
    quiz = builders.participation_counted(thing="quiz/meetup", **about_member(9))

    found = of([*visits(0, 1, 2), *visits(2, 3), again, quiz], "activity/meetup", ZoneInfo("Pacific/Auckland"))

    assert found is not None
    assert found.row == ("meetup", date(2026, 3, 2), date(2026, 3, 4), 3, 0)
    assert found.days == [date(2026, 3, 2), date(2026, 3, 4)]
    assert not [one for one in folded([quiz], Points()).values() if isinstance(one, Part)], "of others nobody is kept"


def months() -> list[Envelope]:
    """Return two months in which one content was written a day, and three on the day of the meetup."""
    days = [*range(-28, 30), 0, 0]
    return [
        builders.content_created(id=f"c{n}", content_id=f"x{n}", time=BEGAN + timedelta(days=day), actor=f"telegram:{n % 3}")
        for n, day in enumerate(days)
    ]


def test_its_days_stand_beside_the_same_weekdays_without_one() -> None:
    visited = visits(0, 1)
    found = of(visited, "activity/meetup")
    assert found is not None
    frame = around(found, date(2026, 2, 5), date(2026, 3, 20), UTC_ZONE)

    (row,) = days_beside(found, material({**folded(months()), **folded(visited, Points())}), frame)

    told = dict(zip((column.id for column in DAYS.columns), row, strict=True))
    assert frame == Frame(date(2026, 2, 5), date(2026, 3, 20), UTC_ZONE)
    assert told["matched"] == 5, "three weeks before, as far as anything is known, and two after"
    assert (told["content"], told["content_usual"], told["content_lift"]) == (3, 1, 2)
    assert around(found, date(2020, 1, 1), date(2030, 1, 1), UTC_ZONE).since == found.since - AROUND


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("events", "thing"), [(contest(), "contest/spring"), (visits(0, 1, 2), "activity/meetup")])
def test_every_format_holds_its_own_numbers(events: list[Envelope], thing: str, language: Language) -> None:
    found = of(events, thing)
    assert found is not None
    states = material({**folded(months()), **folded(events, Points())})
    frame = Frame(found.since, found.until, UTC_ZONE)
    beside = days_beside(found, states, around(found, date(2026, 2, 5), date(2026, 3, 20), UTC_ZONE))

    report = about(compose(Names("Acme"), frame, states), found, beside if found.kind == "activity" else ())

    table = CONTEST if found.kind == "contest" else ACTIVITY
    page = as_html(report, language)
    assert f"Acme: {found.name}" in page
    assert table.name.by(language) in page
    assert table.definition.by(language).split(".")[0] in page
    assert (DAYS.name.by(language) in page) == (found.kind == "activity")
    assert LIFT not in [one for one, _ in report.tables]
    with zipfile.ZipFile(io.BytesIO(as_xlsx(report, language))) as book:
        assert f'name="{table.name.by(language)}"' in book.read("xl/workbook.xml").decode()
    own = {line[3]: line[5] for line in lines(report, language) if line[0] == found.kind}
    assert own == {f"{thing}:{id_}": value for id_, value in found.numbers.items()}
    parquet = pd.read_parquet(io.BytesIO(as_parquet(report, language)))
    assert set(parquet[parquet["by"] == found.kind]["figure"]) == set(own)
