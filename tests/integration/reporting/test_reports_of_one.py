"""A report of one contest or activity over the real store: its days, its numbers, and who may ask for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from bson.raw_bson import RawBSONDocument

from services.reporting.app import create_app
from services.reporting.handlers import POINTS_GROUP, Points
from shared.directory import Scope
from shared.fold.draft import encoded_states
from tests import builders
from tests.integration.reporting.test_pages import Desk, store
from tests.integration.services import running, settings_for, token
from tests.parts import Addresses
from tests.unit.reporting.folding import record
from tests.unit.reporting.test_parts import BEGAN, about_member, contest, visits


@pytest.fixture
async def acme(parts: Addresses) -> AsyncIterator[Desk]:
    service = create_app(settings_for(parts))
    async with running(service) as (api,):
        await store(service)
        fold, states = Points(), dict[str, Any]()
        other = builders.contest_entered(**about_member(1, contest="spring", brand="other"))
        for event in (*contest(), *visits(0, 1, 2), other):
            for item in fold.read(record(event)):
                states[item.key] = fold.evolve(states.get(item.key), item.event).state
        raw = encoded_states(fold, 0, states)
        collection = service.client[service.database][f"{POINTS_GROUP}.states"]
        await collection.insert_many([RawBSONDocument(one) for one in raw.values() if one is not None])
        api.headers.update(await token(service, "acme", Scope.FIGURES_READ))
        yield Desk(service, api)


def own(table: str, kind: str) -> dict[str, str]:
    rows = [line.split(",") for line in table.splitlines() if line.startswith(f"{kind},")]
    return {row[3].rpartition(":")[2]: row[5] for row in rows}


async def test_a_report_of_a_contest_is_of_its_days_and_holds_its_numbers(acme: Desk) -> None:
    page = await acme.api.get("/v1/reports", params={"contest": "spring", "lang": "ru"})
    table = await acme.api.get("/v1/reports", params={"contest": "contest/spring", "format": "csv"})
    days = {"since": "2026-03-01", "until": "2026-03-20"}
    longer = await acme.api.get("/v1/reports", params={"contest": "spring", "format": "csv"} | days)

    assert page.status_code == 200, page.text
    assert "acme: spring" in page.text
    assert "Конкурс" in page.text
    assert "telegram:3" not in page.text, "winners are not named"
    told = own(table.text, "contest")
    assert {name: float(told[name]) for name in ("entrants", "in", "winners", "points")} == {
        "entrants": 4,
        "in": 3,
        "winners": 1,
        "points": 50,
    }
    assert "report-2026-03-02-2026-03-06" in table.headers["content-disposition"]
    assert "report-2026-03-01-2026-03-20" in longer.headers["content-disposition"]
    assert own(longer.text, "contest") == told


@pytest.mark.parametrize("format_", ["html", "xlsx", "parquet", "pdf", "csv"])
async def test_a_report_of_an_activity_is_had_in_every_format(acme: Desk, format_: str) -> None:
    answer = await acme.api.get("/v1/reports", params={"activity": "meetup", "format": format_})

    assert answer.status_code == 200, answer.text
    name = f"report-{BEGAN.date()}-{BEGAN.date() + timedelta(days=1)}.{format_}"
    assert name in answer.headers["content-disposition"]
    if format_ == "csv":
        assert float(own(answer.text, "activity")["checked_in"]) == 2


async def test_what_is_not_known_or_not_theirs_is_told(acme: Desk) -> None:
    few = await token(acme.service, "acme", Scope.FIGURES_READ, communities=frozenset({"discord:7"}), name="nina")
    asked: list[dict[str, str]] = [
        {"contest": "summer"},
        {"activity": "spring"},
        {"contest": "spring", "activity": "meetup"},
    ]

    answers = [await acme.api.get("/v1/reports", params=one) for one in asked]
    limited = await acme.api.get("/v1/reports", params={"contest": "spring"}, headers=few)

    assert [answer.status_code for answer in answers] == [404, 404, 422]
    assert "veche engagement things --kind contest" in answers[0].text
    assert limited.status_code == 403
