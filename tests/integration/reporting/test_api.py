from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.reporting.api import DAYS_MAX
from shared.directory import Scope
from tests import builders
from tests.integration.reporting.stored import Asked, reporting
from tests.parts import Addresses

AT = builders.AT
NASTY = "portal:<script>alert(1)</script>"
EVENTS = [
    builders.content_created(actor="telegram:1", text="a secret text"),
    builders.content_created(actor="telegram:2", time=AT + timedelta(hours=13), kind="post"),
    builders.content_created(actor="telegram:2", time=AT - timedelta(days=4)),
    builders.content_created(actor="portal:3", community=NASTY, kind="review"),
    builders.content_created(actor="portal:3", community="=cmd()", kind="review"),
    builders.content_created(brand="other", kind="answer"),
    builders.reaction_added(),
    builders.decision_made(),
    builders.member_left(),
    builders.content_flagged(),
]
POSTED = [builders.points_granted(applied=n) for n in range(1, 6)]
FOREIGN = re.compile(r"https?:|//\w|url\(|@import|<script|<link|<iframe|<img|\bsrc=|\bhref=")


@pytest.fixture(name="asked")
async def asked_service(parts: Addresses) -> AsyncIterator[Asked]:
    async with reporting(parts, EVENTS, POSTED) as asked:
        yield asked


@pytest.mark.parametrize("path", ["/v1/figures", "/v1/reports", "/v1/definitions"])
async def test_only_tokens_that_may_read_figures_are_let_in(asked: Asked, path: str) -> None:
    nobody = await asked.http.get(path)
    stranger = await asked.get(path, "veche_unknown")
    other_scope = await asked.get(path, await asked.token(scope=Scope.EVENTS_WRITE))

    assert [nobody.status_code, stranger.status_code, other_scope.status_code] == [401, 401, 403]
    assert nobody.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/v1/figures", "/v1/reports"])
async def test_nobody_sees_another_brand_or_a_community_that_is_not_theirs(asked: Asked, path: str) -> None:
    one_place = await asked.token(communities=frozenset({builders.PLACE}))

    assert (await asked.get(path, brand="other")).status_code == 403
    assert (await asked.get(path, one_place, community=NASTY)).status_code == 403
    assert (await asked.get(path, one_place, community=builders.PLACE)).status_code == 200


async def test_a_token_of_some_communities_gets_the_figures_of_these(asked: Asked) -> None:
    token = await asked.token(communities=frozenset({builders.PLACE}))

    answer = (await asked.get("/v1/figures", token, by="whole")).json()

    assert answer["communities"] == [builders.PLACE]
    assert answer["rows"][0]["figures"]["content"] == 2
    assert answer["rows"][0]["figures"]["active_members"] == 2


async def test_a_figure_that_a_platform_does_not_tell_is_unknown_and_says_so(parts: Addresses) -> None:
    events = [builders.content_created(community="slack:club"), builders.content_created(actor="telegram:1")]

    async with reporting(parts, events) as asked:
        both = (await asked.get("/v1/figures", by="whole")).json()
        one = (await asked.get("/v1/figures", by="whole", community="slack:club")).json()
        pages = {lang: (await asked.get("/v1/reports", lang=lang)).text for lang in ("en", "ru")}

    assert (both["rows"][0]["figures"]["members_left"], one["rows"][0]["figures"]["members_left"]) == (0, None)
    assert both["untold"]["members_left"] == ["slack:club"]
    assert both["untold"]["solutions_accepted"] == ["slack:club", builders.PLACE]
    assert "content" not in both["untold"]
    assert "not told by this platform" in pages["en"]
    assert "платформа этого не сообщает" in pages["ru"]
    assert "without Slack: not told by the platform" in pages["en"]


async def test_communities_of_others_stand_in_no_total_and_are_there_for_who_asks(asked: Asked) -> None:
    spec = {"platform": "events", "communities": [{"id": NASTY, "purpose": "competitor"}, {"id": "=cmd()", "title": "Ours"}]}
    await asked.service.directory.put("Connection", "acme", "competitors", spec)

    ours = (await asked.get("/v1/figures", by="whole")).json()
    theirs = (await asked.get("/v1/figures", by="whole", community=NASTY)).json()

    assert NASTY not in ours["communities"]
    assert "=cmd()" in ours["communities"]
    assert theirs["communities"] == [NASTY]


async def test_figures_come_by_hour_day_and_month(asked: Asked) -> None:
    rows = {by: (await asked.get("/v1/figures", by=by)).json()["rows"] for by in ("hour", "day", "week", "month", "whole")}

    assert {by: len(found) for by, found in rows.items()} == {"hour": 168, "day": 7, "week": 2, "month": 1, "whole": 1}
    assert {by: sum(row["figures"]["content"] for row in found) for by, found in rows.items()} == dict.fromkeys(rows, 4)
    whole = rows["whole"][0]["figures"]
    assert (whole["points_issued"], whole["removals"], whole["complaints"]) == (15, 1, 1)
    assert rows["hour"][33]["start"] == "2026-03-02T09:00:00Z"
    assert rows["hour"][33]["figures"]["content_message"] == 1


async def test_days_are_those_of_the_brands_zone(asked: Asked) -> None:
    await asked.service.directory.put("Brand", "acme", "acme", {"timezone": "Asia/Kolkata"})

    answer = (await asked.get("/v1/figures")).json()

    days = {row["start"]: row["figures"]["content"] for row in answer["rows"]}
    assert answer["timezone"] == "Asia/Kolkata"
    assert days["2026-03-02T00:00:00+05:30"] == 3
    assert days["2026-03-03T00:00:00+05:30"] == 1  # 22:30 in UTC


@pytest.mark.parametrize("zone", ["America/Chicago", "Europe/Moscow", "Australia/Lord_Howe", "America/Sao_Paulo"])
async def test_the_database_and_python_agree_on_days(parts: Addresses, zone: str) -> None:
    hours = [builders.content_created(id=f"e{n}", time=AT + timedelta(hours=7 * n - 200)) for n in range(120)]

    async with reporting(parts, hours) as asked:
        await asked.service.directory.put("Brand", "acme", "acme", {"timezone": zone})
        rows = (await asked.get("/v1/figures", since="2026-02-20", until="2026-04-10")).json()["rows"]

    assert sum(row["figures"]["content"] for row in rows) == 120
    assert all(bool(row["figures"]["content"]) == bool(row["figures"]["active_members"]) for row in rows)


async def test_what_cannot_be_is_refused_with_a_sentence(asked: Asked) -> None:
    wrong = [
        await asked.get("/v1/figures", until="2026-03-01"),
        await asked.get("/v1/reports", since="0001-01-01", until="0002-01-01"),
        await asked.get("/v1/reports", since="1990-01-01", until="2030-01-01"),
        await asked.get("/v1/figures", by="hour", until="2026-06-01"),
        await asked.get("/v1/figures", by="eon"),
    ]
    await asked.service.directory.put("Brand", "acme", "acme", {"timezone": "../etc/passwd"})
    wrong.append(await asked.get("/v1/figures"))

    assert [answer.status_code for answer in wrong] == [422] * 6
    assert str(DAYS_MAX) in wrong[2].json()["detail"]
    assert "time zone" in wrong[-1].json()["detail"]


async def test_a_history_of_many_years_and_todays_first_message_are_one_report(asked: Asked) -> None:
    answer = await asked.get("/v1/reports", since="2010-08-01", until="2026-12-31")

    assert answer.status_code == 200
    assert "by month" in answer.text


async def test_the_table_says_each_value_and_hurts_no_spreadsheet(asked: Asked) -> None:
    answer = await asked.get("/v1/reports", format="csv")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    whole = {line["figure"]: line["value"] for line in lines if (line["by"], line["community"]) == ("whole", "")}
    assert (whole["content"], whole["content_review"], whole["points_issued"]) == ("4", "2", "15")
    assert {line["community"] for line in lines} == {"", builders.PLACE, NASTY, "'=cmd()"}
    assert len({line["start"] for line in lines if line["by"] == "day"}) == 7


@pytest.mark.parametrize(("lang", "title"), [("en", "Community report"), ("ru", "Отчёт о сообществах")])
async def test_the_page_needs_nothing_but_itself_and_names_no_member(asked: Asked, lang: str, title: str) -> None:
    answer = await asked.get("/v1/reports", lang=lang)

    page = answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<html lang="{lang}">' in page
    assert title in page
    assert not FOREIGN.findall(page)
    assert "&lt;script&gt;" in page
    assert all(private not in page for private in ("Анна", "secret", "telegram:1<", "telegram:42"))
    assert page.count("<svg") == page.count('role="img"') == page.count("<details>") == 6


async def test_people_read_titles_where_documents_tell_them(asked: Asked) -> None:
    directory = asked.service.directory
    await directory.put("Brand", "acme", "acme", {"title": "Acme & Sons"})
    listed = [{"id": builders.PLACE, "title": "Club <b>One</b>"}, {"id": NASTY}]
    await directory.put("Connection", "acme", "hook", {"platform": "telegram", "communities": listed})

    page = (await asked.get("/v1/reports")).text
    table = (await asked.get("/v1/reports", format="csv")).text

    assert "<h1>Acme &amp; Sons</h1>" in page
    assert "Club &lt;b&gt;One&lt;/b&gt;" in page
    assert builders.PLACE not in page
    assert builders.PLACE in table, "a program reads ids"


LABEL = re.compile(r">(\d+ \w+(?: \d\d:\d\d)?)</text>")


@pytest.mark.parametrize(
    ("days", "named", "averages"), [(1, "by hour", 0), (3, "by hour", 1), (4, "by day", 1), (9, "by day", 2)]
)
async def test_a_short_report_shows_hours_and_no_mean_of_a_longer_span(
    asked: Asked, days: int, named: str, averages: int
) -> None:
    until = AT.date() + timedelta(days=1)

    page = (await asked.get("/v1/reports", since=str(until - timedelta(days=days)), until=str(until))).text

    first = page[page.index("<svg") : page.index("</svg>")]
    labels = LABEL.findall(first)
    assert f"Content by kind {named}" in page
    assert f"Active members {named}" in page
    assert len(set(labels)) == len(labels) > 1 or days == 1
    assert sum(said.count(",") + 1 for said in re.findall(r"on average ([^<]+)", page)) == averages


async def test_a_report_without_days_covers_all_that_was_counted(asked: Asked) -> None:
    answer = await asked.get("/v1/reports", format="csv", since=None, until=None)

    lines = list(csv.DictReader(io.StringIO(answer.text)))
    days = sorted({line["start"] for line in lines if line["by"] == "day"})
    whole = {line["figure"]: line["value"] for line in lines if (line["by"], line["community"]) == ("whole", "")}
    assert [day[:10] for day in (days[0], days[-1])] == [
        str((AT - timedelta(days=4)).date()),
        str((AT + timedelta(hours=13)).date()),
    ]
    assert whole["content"] == "5"
    none = await asked.get("/v1/reports", await asked.token(brand="new"), since=None, until=None)
    assert (none.status_code, "nothing was counted" in none.json()["detail"]) == (404, True)


async def test_a_brand_without_anything_gets_an_empty_report(asked: Asked) -> None:
    answer = await asked.get("/v1/reports", await asked.token(brand="new"))

    assert answer.status_code == 200
    assert "<svg" not in answer.text


async def test_figures_are_defined_in_both_languages(asked: Asked) -> None:
    found = {figure["id"]: figure for figure in (await asked.get("/v1/definitions")).json()}

    assert found["content"]["name"] == {"en": "Content", "ru": "Публикации"}
