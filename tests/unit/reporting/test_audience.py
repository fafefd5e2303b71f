"""The audience: when it writes, who stays and who leaves, what members do, who rises. Counted once more, plainly."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame
from services.reporting.figures.tables import BY_ID
from tests import builders
from tests.unit.reporting.folding import folded, material

MONTH = Frame(date(2026, 3, 2), date(2026, 3, 30), ZoneInfo("UTC"))
START = datetime(2026, 3, 2, tzinfo=UTC)
ZONES = st.sampled_from(["UTC", "Europe/Moscow", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe"])
WRITTEN = st.lists(st.tuples(st.integers(1, 4), st.integers(-150 * 24, 28 * 24 - 1)), max_size=40)
"""Members, and hours after the first one of the month."""


def wrote(member: int, hours: float, **more: Any) -> Any:  # noqa: ANN401 - an event
    named = {"id": f"{member}/{hours}", "content_id": f"{member}/{hours}", "actor": f"telegram:{member}"}
    return builders.content_created(**named | {"time": START + timedelta(hours=hours), "text": "Well."} | more)


def rows(table: str, told: Material, frame: Frame = MONTH) -> list[list[Any]]:
    return [list(row) for row in BY_ID[table].rows(told, frame)]


@given(WRITTEN, ZONES, st.randoms(use_true_random=False))
def test_the_heat_is_who_wrote_in_which_hour_of_the_week(written: list[tuple[int, int]], zone: str, order: Any) -> None:  # noqa: ANN401
    frame = Frame(MONTH.since, MONTH.until, ZoneInfo(zone))
    first = frame.first.timestamp() // 3_600 + (frame.first.timestamp() % 3_600 > 0)
    last = frame.end.timestamp() // 3_600 + (frame.end.timestamp() % 3_600 > 0)
    pairs = {(who, START.timestamp() // 3_600 + hour) for who, hour in written}
    members: dict[tuple[int, int], int] = defaultdict(int)
    hours: dict[tuple[int, int], int] = defaultdict(int)
    for hour in range(int(first), int(last)):
        at = datetime.fromtimestamp(hour * 3_600, frame.zone)
        hours[at.weekday(), at.hour] += 1
        members[at.weekday(), at.hour] += sum((who, hour) in pairs for who in range(1, 5))
    events = [wrote(who, hour) for who, hour in written]
    order.shuffle(events)

    found = rows("heat", material(folded(events)), frame)

    for day, *cells in found:
        for hour, cell in enumerate(cells):
            expected = members[day - 1, hour] / hours[day - 1, hour] if hours[day - 1, hour] else None
            assert cell == (None if expected is None else pytest.approx(expected))
    assert bool(found) == any(members.values())


@given(WRITTEN, ZONES, st.randoms(use_true_random=False))
def test_segments_are_what_the_days_of_each_member_say(written: list[tuple[int, int]], zone: str, order: Any) -> None:  # noqa: ANN401
    frame = Frame(MONTH.since, MONTH.until, ZoneInfo(zone))
    days: dict[int, list[date]] = defaultdict(list)
    for who, hour in written:
        days[who].append((START + timedelta(hours=hour)).astimezone(frame.zone).date())
    moves: dict[tuple[str, str], int] = defaultdict(int)
    for told in days.values():
        moves[_segment(told, frame.until), _segment(told, frame.until - timedelta(days=28))] += 1
    events = [wrote(who, hour) for who, hour in written]
    order.shuffle(events)

    names = [column.id.removeprefix("from_") for column in BY_ID["segments"].columns[3:]]
    found = {row[0]: row[1:] for row in rows("segments", material(folded(events)), frame)}

    for now, (members, before, *from_) in found.items():
        assert from_ == [moves[now, then] for then in names]
        assert members == sum(from_)
        assert before == sum(n for (_, then), n in moves.items() if then == now)
    assert bool(found) == any(now != "nobody" for now, _ in moves)


def _segment(days: list[date], today: date) -> str:
    ago = sorted({(today - day).days for day in days if day < today})
    recent = [n for n in ago if n <= 28]
    if recent:
        if ago[-1] <= 28:
            return "newcomer"
        return "regular" if len(recent) >= 4 else "occasional"
    if not ago or ago[0] > 112:
        return "nobody"
    return "drifting" if ago[0] <= 56 else "lost"


def test_members_are_told_apart_by_what_they_do() -> None:
    events = [wrote(1, 24 * n) for n in range(14)]
    events += [wrote(2, 5), *(wrote(3, 24 * n + 6) for n in range(3))]
    events += [wrote(4, n, replied_to=f"telegram:{50 + n % 5}") for n in range(10)]
    events += [wrote(50 + n, 30 + n) for n in range(5)]
    events += [builders.member_joined(member=f"telegram:{n}", time=START, id=f"j{n}") for n in (2, 7, 8)]

    found = {name: members for name, members, _ in rows("personas", material(folded(events)))}

    assert found == {"helper": 1, "daily": 1, "talker": 1, "once": 6, "silent": 2}


def test_who_rises_is_answered_by_more_than_in_the_months_before() -> None:
    april = Frame(date(2026, 4, 1), date(2026, 5, 1), ZoneInfo("UTC"))
    told = [wrote(n, 24 + n, replied_to="telegram:90") for n in range(8)]
    told += [wrote(n, 24 * 31 + n, replied_to="telegram:91") for n in range(8)]
    told += [wrote(n, 24 * 31 + 20 + n, replied_to="telegram:92") for n in range(4)]

    found = rows("rising", material(folded(told)), april)

    assert [row[0] for row in found] == ["telegram:91"]
    assert found[0][2] == 0
    assert found[0][3] == pytest.approx(found[0][1])
    assert found[0][4] == 8


def test_without_anybody_the_tables_are_empty() -> None:
    for table in ("heat", "segments", "personas", "rising"):
        assert rows(table, Material()) == []


def test_a_table_that_looks_back_says_from_when_on() -> None:
    day = Frame(date(2026, 3, 29), date(2026, 3, 30), ZoneInfo("UTC"))

    assert BY_ID["segments"].since(day) == datetime(2025, 11, 10, tzinfo=UTC)
    assert BY_ID["rising"].since(day) == datetime(2026, 3, 28, tzinfo=UTC)
    assert BY_ID["heat"].since(day) == day.first
