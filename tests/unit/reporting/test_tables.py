from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.reporting.figures.periods import Frame
from services.reporting.figures.tables import BY_ID, TABLES
from services.reporting.handlers import Points
from shared.events import Actor, Envelope
from tests import builders
from tests.unit.reporting.folding import States, folded, material

AT = builders.AT
PLACE = builders.PLACE
QUARTER = Frame(date(2026, 2, 23), date(2026, 5, 25), ZoneInfo("Europe/Moscow"))


def rows(table: str, states: States, frame: Frame = QUARTER) -> list[list[Any]]:
    made = [list(row) for row in BY_ID[table].rows(material(states), frame)]
    assert all(len(row) == len(BY_ID[table].columns) for row in made)
    return made


def wrote(member: int, day: float, **more: Any) -> Envelope:  # noqa: ANN401
    at = AT + timedelta(days=day)
    named = {"id": f"{member}/{day}", "content_id": f"{member}/{day}", "actor": f"telegram:{member}"}
    return builders.content_created(**named | {"time": at, "text": "Well."} | more)


def test_cohorts_tell_who_came_back_in_which_week() -> None:
    events = [wrote(1, 0), wrote(1, 7), wrote(1, 22), wrote(2, 1), wrote(3, 6), wrote(3, 8), wrote(4, 79)]

    found = rows("cohorts", folded(events))

    first = found[0]
    assert (first[0], first[1]) == (date(2026, 3, 2), 3)
    assert first[2:6] == [pytest.approx(2 / 3), 0, pytest.approx(1 / 3), 0]
    assert found[-1][:3] == [date(2026, 5, 18), 1, None]


def test_a_week_begins_on_monday_in_the_brands_zone() -> None:
    sunday_evening = date(2026, 3, 8)
    late = wrote(1, 6.55)  # 22:42 UTC on Sunday is Monday in Moscow

    ((week, *_),) = rows("cohorts", folded([late]))

    assert late.time.date() == sunday_evening
    assert week == date(2026, 3, 9)


def joined(member: int, day: float, via: str | None) -> Envelope:
    return builders.member_joined(member=f"telegram:{member}", time=AT + timedelta(days=day), via=via, id=f"j{member}{day}")


def test_sources_tell_how_many_came_and_wrote_within_thirty_days() -> None:
    events = [
        joined(1, 0, "ad"),
        joined(2, 0, "ad"),
        joined(3, 80, "ad"),
        joined(4, 0, None),
        wrote(1, 29.5),
        wrote(2, 0.1),
        wrote(2, 35),
        wrote(3, 81),
    ]

    found = rows("sources", folded(events))

    assert found == [["ad", 3, 2, 0.5], ["", 1, 1, 0]]


def test_staff_are_told_by_how_soon_they_answer() -> None:
    anna, boris = (Actor(id=f"telegram:{n}", role="staff") for n in (90, 91))
    events = []
    for n, (who, hours) in enumerate([(anna, 1), (anna, 3), (anna, 2), (boris, 5)]):
        asked = f"q{n}"
        events += [
            wrote(n, n, content_id=asked, text="When?"),
            wrote(n, n + hours / 24, parent=asked, actor=who, id=f"a{n}"),
        ]
    events.append(wrote(9, 3.9, parent="q3", actor=anna, id="later"))

    assert rows("staff", folded(events)) == [["telegram:90", 3, 7_200, 10_800], ["telegram:91", 1, 18_000, 18_000]]


def test_platforms_stand_side_by_side_and_what_one_does_not_tell_is_no_zero() -> None:
    events = [wrote(1, 0), wrote(2, 0, community="slack:w"), builders.content_measured(views=10, reactions=None)]

    columns = [column.id for column in BY_ID["platforms"].columns]
    found = {row[0]: dict(zip(columns, row, strict=True)) for row in rows("platforms", folded(events))}

    assert {name: row["views"] for name, row in found.items()} == {"Slack": None, "Telegram": 10}
    assert {row["content"] for row in found.values()} == {1}


def test_a_day_with_an_activity_stands_beside_days_like_it() -> None:
    visits = [
        builders.participation_counted(
            thing="activity/meet", member=f"telegram:{n}", community=PLACE, time=AT + timedelta(days=28)
        )
        for n in range(4)
    ]
    events = [wrote(n, 28) for n in range(6)] + [wrote(n, 7 * week) for week in range(9) if week != 4 for n in range(2)]

    found = rows("lift", {**folded(events), **folded(visits, Points())})

    assert found == [[PLACE, date(2026, 3, 30), 4, 8, 6, 2, 2.0, 6, 2, 2.0]]


def test_an_activity_of_no_community_stands_beside_all_of_them() -> None:
    visits = [
        builders.participation_counted(
            thing="activity/meet", member=f"telegram:{n}", community=None, time=AT + timedelta(days=28)
        )
        for n in range(4)
    ]
    events = [wrote(n, 28) for n in range(6)] + [wrote(6, 28, community="slack:w")]
    events += [wrote(n, 7 * week) for week in range(9) if week != 4 for n in range(2)]

    found = rows("lift", {**folded(events), **folded(visits, Points())})

    assert [row[:6] for row in found] == [["", date(2026, 3, 30), 4, 8, 7, 2]]


def test_members_are_listened_to_by_those_who_answer_them() -> None:
    answers = [(1, 9), (2, 9), (3, 9), (9, 5), (1, 2), (9, 9)]
    events = [wrote(who, n / 10, replied_to=f"telegram:{whom}") for n, (who, whom) in enumerate(answers)]

    found = rows("influencers", folded(events))

    assert [row[0] for row in found[:2]] == ["telegram:5", "telegram:9"]
    assert {row[0]: row[2:] for row in found}["telegram:9"] == [3, 3]
    assert sum(row[1] for row in found) == pytest.approx(1)


def test_tables_have_ids_of_their_own_and_words_in_both_languages() -> None:
    assert len(BY_ID) == len(TABLES)
    for table in TABLES:
        assert len({column.id for column in table.columns}) == len(table.columns)
        for said in (table.name, table.definition, *(column.name for column in table.columns)):
            assert said.en != said.ru
