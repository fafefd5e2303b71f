"""Figures and tables as rows: page by page, with an ETag, and what each of them means."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from services.reporting.figures import FIGURES
from services.reporting.figures.tables import TABLES
from tests import builders
from tests.integration.reporting.stored import Asked, reporting
from tests.parts import Addresses

AT = builders.AT
EVENTS = [
    *(
        builders.content_created(actor=f"telegram:{n}", time=AT + timedelta(hours=n), text="Well.", id=f"c{n}")
        for n in range(5)
    ),
    builders.content_created(actor="slack:1", community="slack:club", text="Why?", content_id="slack:club:1"),
    builders.content_created(actor="slack:2", community="slack:club", parent="slack:club:1", id="reply"),
    builders.member_joined(via="ad"),
]


@pytest.fixture(name="asked")
async def asked_service(parts: Addresses) -> AsyncIterator[Asked]:
    async with reporting(parts, EVENTS, [builders.points_granted(applied=5)]) as asked:
        yield asked


@pytest.mark.parametrize("path", ["/v1/tables/cohorts", "/v1/definitions/tables", "/v1/definitions/content"])
async def test_only_tokens_that_may_read_figures_are_let_in(asked: Asked, path: str) -> None:
    assert (await asked.http.get(path)).status_code == 401


async def test_a_token_of_some_communities_sees_the_tables_of_these(asked: Asked) -> None:
    token = await asked.token(communities=frozenset({"slack:club"}))

    found = (await asked.get("/v1/tables/platforms", token)).json()

    assert [row[0] for row in found["rows"]] == ["Slack"]
    assert (await asked.get("/v1/tables/platforms", token, community=builders.PLACE)).status_code == 403


async def test_rows_stand_for_each_platform_or_community(asked: Asked) -> None:
    by = {per: (await asked.get("/v1/figures", by="whole", per=per)).json()["rows"] for per in ("platform", "community")}

    assert {row["platform"]: row["figures"]["content"] for row in by["platform"]} == {"telegram": 5, "slack": 2}
    assert [row["community"] for row in by["community"]] == ["slack:club", builders.PLACE]


async def test_rows_come_page_by_page(asked: Asked) -> None:
    whole = (await asked.get("/v1/figures", by="day")).json()
    rows: list[Any] = []
    cursor, pages = None, 0

    while pages == 0 or cursor is not None:
        page = (await asked.get("/v1/figures", by="day", limit=3, cursor=cursor)).json()
        rows, cursor, pages = [*rows, *page["rows"]], page["next"], pages + 1

    assert (rows, pages, whole["next"]) == (whole["rows"], 3, None)


@pytest.mark.parametrize("cursor", ["!", "cm93", "AAAA", "cm93IC0x"])
async def test_a_cursor_that_nobody_gave_is_refused(asked: Asked, cursor: str) -> None:
    answer = await asked.get("/v1/figures", cursor=cursor)

    assert answer.status_code == 422
    assert "cursor" in answer.json()["detail"]


async def test_who_has_the_rows_already_gets_none(asked: Asked) -> None:
    token = await asked.token()
    first = await asked.get("/v1/figures", token)
    headers = {"authorization": f"Bearer {token}", "if-none-match": f'"other", W/{first.headers["etag"]}'}
    params = {"since": "2026-03-01", "until": "2026-03-08"}

    again = await asked.http.get("/v1/figures", params=params, headers=headers)
    other = await asked.http.get("/v1/figures", params=params | {"by": "hour"}, headers=headers)

    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200
    assert first.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("table", [table.id for table in TABLES])
async def test_every_table_is_handed_out_with_its_columns(asked: Asked, table: str) -> None:
    found = (await asked.get(f"/v1/tables/{table}")).json()

    assert found["id"] == table
    assert all(len(row) == len(found["columns"]) for row in found["rows"])


async def test_a_table_that_is_none_is_told_which_there_are(asked: Asked) -> None:
    answer = await asked.get("/v1/tables/cohort")

    assert answer.status_code == 404
    assert "cohorts" in answer.json()["detail"]


async def test_a_definition_tells_where_a_figure_comes_from_and_what_platforms_do_not_tell(asked: Asked) -> None:
    await asked.service.client[asked.service.database]["progress"].insert_one(
        {
            "_id": "figures/3",
            "version": 1,
            "epoch": "e",
            "seq": 0,
            "dead": 0,
            "window": 0,
            "places": [{"topic": "community.events.v1", "next": 41, "below": 7}],
            "origins": [],
        }
    )

    found = (await asked.get("/v1/definitions/members_left")).json()

    assert found["definition"]["ru"]
    assert found["offsets"] == {"community.events.v1": {"3": 41}}
    assert "slack" in found["untold_by"]
    assert "telegram" not in found["untold_by"]
    assert (await asked.get("/v1/definitions/nix")).status_code == 404


async def test_definitions_name_every_figure_and_table(asked: Asked) -> None:
    figures = (await asked.get("/v1/definitions")).json()
    tables = (await asked.get("/v1/definitions/tables")).json()

    assert [one["id"] for one in figures] == [figure.id for figure in FIGURES]
    assert [one["id"] for one in tables] == [table.id for table in TABLES]
