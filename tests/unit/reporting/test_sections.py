from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from services.reporting.figures.material import Material, Row
from services.reporting.figures.periods import Frame
from services.reporting.pages.page import as_html
from services.reporting.pages.report import Names, Report, compose
from services.reporting.pages.sections import HEADLINES, by_community, cards
from services.reporting.pages.table import as_csv
from shared.said import Language

FRAME = Frame(date(2026, 3, 1), date(2026, 3, 3), ZoneInfo("Europe/Moscow"))
SHOP, COPY, CLUB, UNTITLED = "telegram:-1001", "telegram:-1002", "slack:club", "portal:shop"


def reported(titles: Mapping[str, str]) -> Report:
    """A report of all four communities, called by the titles given."""
    rows = [Row(community, datetime(2026, 3, 1, tzinfo=UTC), {}) for community in (SHOP, COPY, CLUB, UNTITLED)]
    return compose(Names("Acme", titles), FRAME, Material(rows=rows))


def first_column(report: Report, language: Language) -> list[str]:
    return [row[0] for row in by_community(report, language).rows]


@pytest.mark.parametrize("language", Language)
def test_communities_of_one_title_are_told_apart_by_their_ids(language: Language) -> None:
    report = reported({SHOP: "Магазин", COPY: "Магазин", CLUB: "Клуб"})

    names = first_column(report, language)

    assert sorted(names) == sorted([f"Магазин ({SHOP})", f"Магазин ({COPY})", "Клуб", UNTITLED])
    assert f"Магазин ({COPY})" in as_html(report, language)


def test_a_community_that_is_called_by_its_id_does_not_say_it_twice() -> None:
    names = first_column(reported({SHOP: UNTITLED, COPY: "Copy", CLUB: "Club"}), Language.EN)

    assert sorted(names) == sorted([f"{UNTITLED} ({SHOP})", "Copy", "Club", UNTITLED])


NOT_TOLD = {Language.EN: "not told by this platform", Language.RU: "платформа этого не сообщает"}
WITHOUT = {Language.EN: "without Slack: not told by the platform", Language.RU: "без Slack: платформа этого не сообщает"}


@pytest.mark.parametrize("language", Language)
def test_what_a_platform_does_not_tell_is_said_instead_of_zero(language: Language) -> None:
    grid = by_community(reported({}), language)

    left = HEADLINES.index("members_left") + 1
    cells = {row[0]: row[left] for row in grid.rows}
    assert cells == {SHOP: "0", COPY: "0", CLUB: NOT_TOLD[language], UNTITLED: "0"}


@pytest.mark.parametrize("language", Language)
def test_a_total_names_the_platforms_of_which_it_holds_nothing(language: Language) -> None:
    report = reported({})

    notes = {figure: card.notes for figure, card in zip(HEADLINES, cards(report, language), strict=True)}

    assert notes["members_left"] == [WITHOUT[language]]
    assert notes["content"] == notes["removals"] == []
    assert WITHOUT[language] in as_html(report, language)


@pytest.mark.parametrize("language", Language)
def test_the_table_says_why_a_value_is_empty(language: Language) -> None:
    lines = csv.DictReader(io.StringIO(as_csv(reported({}), language)))

    told = {(line["community"], line["figure"]): (line["value"], line["note"]) for line in lines if line["by"] == "whole"}
    assert told[CLUB, "members_left"] == ("", NOT_TOLD[language])
    assert told[SHOP, "members_left"] == ("0", "")
    assert told["", "members_left"] == ("0", WITHOUT[language])


@pytest.mark.parametrize(
    ("communities", "said"),
    [(["slack:a", "slack:b"], "not told by this platform"), (["slack:a", "feed:b"], "not told by these platforms")],
)
def test_a_figure_that_no_platform_tells_is_no_zero_in_the_headlines(communities: list[str], said: str) -> None:
    rows = [Row(community, datetime(2026, 3, 1, tzinfo=UTC), {}) for community in communities]
    report = compose(Names("Acme"), FRAME, Material(rows=rows))

    found = dict(zip(HEADLINES, cards(report, Language.EN), strict=True))

    assert (found["members_left"].value, found["members_left"].untold) == (said, True)
    assert (found["content"].value, found["content"].untold) == ("0", False)
