"""Two complete exports, imported, folded, stored and asked for through the API, held against counts of the same files."""

from __future__ import annotations

import csv
import io
import json
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pandas as pd
import pytest
import pytest_asyncio
from bson.raw_bson import RawBSONDocument

from services.ingest.importers import IMPORTERS
from services.ingest.importers.importer import Where
from services.reporting.app import create_app
from services.reporting.figures.content import KINDS
from services.reporting.handlers import Figures
from shared.directory import Principal, Role, Scope
from shared.events import Envelope
from shared.settings import Settings
from tests.integration.services import with_brand
from tests.parts import Addresses
from tests.real_data import with_pandas
from tests.unit.reporting.driving import World

WHERE = Where(brand="acme", recordedtime=datetime(2026, 1, 1, tzinfo=UTC))
EXPORTS = {"slack": "slack_houstondatavis", "stackexchange": "stackexchange_quantumcomputing"}
SPANS = {"slack": ("2014-01-01", "2018-01-01"), "stackexchange": ("2017-01-01", "2019-06-01")}
"""Years around each export: the totals must hold all of it."""

MIDWAY = {"slack": "2016-03-07", "stackexchange": "2018-09-03"}
"""A day on which both communities were busy."""

Sheet = Mapping[tuple[str, str, str, str], float]
"""By grain, start, community and figure; what is not told is left out."""


class Counted(NamedTuple):
    format: str
    oracle: dict[str, Any]
    sheet: Sheet
    again: Sheet
    contents: pd.DataFrame
    """What the files hold, as pandas reads it."""
    cohorts: list[list[Any]]
    influencers: list[list[Any]]
    heat: list[list[Any]]
    segments: list[list[Any]]
    segments_once: list[list[Any]]
    """On the day of MIDWAY."""


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=EXPORTS, name="counted")
async def counted_export(request: pytest.FixtureRequest, real_data: Path, parts: Addresses) -> AsyncIterator[Counted]:
    script = real_data.parent / "oracle" / "counts.py"
    folder = real_data / "exports" / EXPORTS[request.param]
    if not script.is_file():
        pytest.skip("no oracle beside the real data")
    oracle = counts(script, request.param, folder)
    events = [one for one in IMPORTERS[request.param].read(folder, WHERE) if isinstance(one, Envelope)]
    world = World()
    settings = Settings(mongo=parts.mongo, database_prefix=f"oracle_{secrets.token_hex(4)}")
    service = create_app(settings)
    sheets, tables = [], dict[str, list[list[Any]]]()
    for _ in range(2):
        world.take_in(events)
        await world.normalise()
        await world.drain(Figures())
        states = service.client.get_database(service.database)["figures.states"]
        await states.delete_many({})
        await states.insert_many([RawBSONDocument(raw) for raw in world.databases["figures"].states.values()])
        text = await told(service, "/v1/reports", *SPANS[request.param], format="csv")
        sheets.append(sheet(text))
        for table in ("cohorts", "influencers", "heat", "segments"):
            tables[table] = json.loads(await told(service, f"/v1/tables/{table}", *SPANS[request.param]))["rows"]
        day = MIDWAY[request.param]
        week = (str((pd.Timestamp(day) - pd.Timedelta(days=7)).date()), day)
        tables["segments_once"] = json.loads(await told(service, "/v1/tables/segments", *week))["rows"]
    yield Counted(request.param, oracle, sheets[0], sheets[1], with_pandas.contents(request.param, folder), **tables)
    await service.client.drop_database(service.database)
    await service.client.drop_database(settings.database("directory"))
    await service.client.close()


def counts(script: Path, format_: str, folder: Path) -> dict[str, Any]:
    told = subprocess.run([sys.executable, str(script), format_, str(folder)], check=True, capture_output=True)
    found: dict[str, Any] = json.loads(told.stdout)
    return found


async def told(service: Any, path: str, since: str, until: str, **more: str) -> str:  # noqa: ANN401 - the service
    await with_brand(service.directory, "acme")
    reader = Principal("analyst", Role.ANALYST, "acme", frozenset({Scope.FIGURES_READ}))
    token = await service.directory.grant(reader, WHERE.recordedtime, "analyst")
    transport = httpx.ASGITransport(app=service.api)
    async with httpx.AsyncClient(transport=transport, base_url="http://reporting") as client:
        asked = {"since": since, "until": until} | more
        answer = await client.get(path, params=asked, headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    return answer.text


def sheet(text: str) -> Sheet:
    lines = csv.DictReader(io.StringIO(text))
    return {(r["by"], r["start"], r["community"], r["figure"]): float(r["value"]) for r in lines if r["value"]}


def by(counted: Counted, grain: str, figure: str) -> dict[str, float]:
    """Return a figure by period, without empty ones."""
    length = {"month": 7, "day": 10, "week": 10}[grain]
    return {
        start[:length]: n
        for (by_, start, community, id_), n in counted.sheet.items()
        if (by_, community, id_) == (grain, "", figure) and n
    }


def total(counted: Counted, figure: str) -> float | None:
    return counted.sheet.get(("whole", SPANS[counted.format][0], "", figure))


def test_content_is_what_the_files_hold_by_kind_and_month(counted: Counted) -> None:
    months = {f"{month}/{kind}": n for kind in KINDS for month, n in by(counted, "month", f"content_{kind}").items()}

    assert total(counted, "content") == counted.oracle["content"]
    kinds = {kind: total(counted, f"content_{kind}") for kind in KINDS}
    assert {kind: n for kind, n in kinds.items() if n} == counted.oracle["content_by_kind"]
    assert months == counted.oracle["content_by_month"]


def test_active_members_are_the_authors_in_all_by_month_and_by_day(counted: Counted) -> None:
    assert total(counted, "active_members") == counted.oracle["authors"]
    assert by(counted, "month", "active_members") == counted.oracle["active_by_month"]
    assert by(counted, "day", "active_members") == counted.oracle["active_by_day"]


def test_reactions_are_what_the_files_hold(counted: Counted) -> None:
    told = counted.oracle["reactions"]

    assert total(counted, "reactions") == (told if isinstance(told, int) else sum(told.values()))
    if "reactions_by_month" in counted.oracle:
        assert by(counted, "month", "reactions") == counted.oracle["reactions_by_month"]


def test_joins_are_what_the_files_hold_by_month(counted: Counted) -> None:
    assert total(counted, "members_joined") == counted.oracle["joined"]
    assert by(counted, "month", "members_joined") == counted.oracle["joined_by_month"]


def test_accepted_answers_are_what_the_files_hold(counted: Counted) -> None:
    if counted.format == "slack":
        assert ("whole", SPANS["slack"][0], "", "solutions_accepted") not in counted.sheet
    else:
        assert total(counted, "solutions_accepted") == counted.oracle["accepted"]


def test_days_and_weeks_and_months_add_up_to_the_whole(counted: Counted) -> None:
    for figure in ("content", "reactions", "members_joined"):
        sums = {grain: sum(by(counted, grain, figure).values()) for grain in ("day", "week", "month")}
        assert set(sums.values()) == {total(counted, figure)}


def test_importing_again_changes_nothing(counted: Counted) -> None:
    assert counted.again == counted.sheet


def test_weeks_and_stickiness_are_what_pandas_makes_of_the_files(counted: Counted) -> None:
    assert by(counted, "week", "active_members") == with_pandas.active(counted.contents, "W-SUN")
    assert by(counted, "month", "stickiness") == pytest.approx(with_pandas.stickiness(counted.contents))


def test_cohorts_keep_those_whom_pandas_finds(counted: Counted) -> None:
    found = {week: [round(members * share) for share in (1, *shares)] for week, members, *shares in counted.cohorts}

    assert found == with_pandas.cohorts(counted.contents)
    assert sum(members for members, *_ in found.values()) == total(counted, "newcomers") == total(counted, "active_members")


def test_questions_wait_as_long_as_pandas_says(counted: Counted) -> None:
    found = tuple(total(counted, figure) for figure in ("questions", "questions_unanswered", "first_response"))

    asked, unanswered, median_s = with_pandas.questions(counted.contents)
    assert found[:2] == (asked, unanswered)
    assert found[2] == (None if median_s is None else pytest.approx(median_s))
    assert asked > 100


def test_newcomers_are_answered_as_often_as_pandas_says(counted: Counted) -> None:
    members, answered = with_pandas.newcomers(counted.contents)

    assert total(counted, "newcomers") == members
    assert total(counted, "newcomers_answered") == pytest.approx(answered / members)


def test_the_first_ten_by_pagerank_are_those_whom_pandas_finds(counted: Counted) -> None:
    found = [member.rpartition(":")[2].rpartition("/")[2] for member, *_ in counted.influencers[:10]]

    assert found == with_pandas.pagerank(counted.contents)
    assert len(found) == (0 if counted.format == "slack" else 10)


def test_the_heat_of_the_week_is_what_pandas_finds(counted: Counted) -> None:
    days = pd.date_range(*SPANS[counted.format], inclusive="left").day_of_week
    expected = with_pandas.heat(counted.contents)

    for day, *cells in counted.heat:
        for hour, cell in enumerate(cells):
            assert cell == pytest.approx(expected.get((day - 1, hour), 0) / int((days == day - 1).sum()))
    assert len(counted.heat) == 7


def test_segments_hold_those_whom_pandas_finds_then_and_four_weeks_before(counted: Counted) -> None:
    until = MIDWAY[counted.format]
    before = str((pd.Timestamp(until) - pd.Timedelta(days=28)).date())

    assert {name: n for name, n, *_ in counted.segments_once} == with_pandas.segments(counted.contents, until)
    assert {name: n for name, _, n, *_ in counted.segments_once} == with_pandas.segments(counted.contents, before)
    assert sum(n for _, n, *_ in counted.segments_once) > 10
    ends = with_pandas.segments(counted.contents, SPANS[counted.format][1])
    assert {name: n for name, n, *_ in counted.segments} == (ends if any(ends.values()) else {})
