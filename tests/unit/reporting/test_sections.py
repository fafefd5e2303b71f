from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from services.reporting.figures.periods import Frame
from services.reporting.figures.summary import Material, Row
from services.reporting.pages.page import as_html
from services.reporting.pages.report import Names, Report, compose
from services.reporting.pages.sections import by_community
from shared.said import Language

FRAME = Frame(date(2026, 3, 1), date(2026, 3, 3), ZoneInfo("Europe/Moscow"))
SHOP, COPY, CLUB, UNTITLED = "telegram:-1001", "telegram:-1002", "slack:club", "portal:shop"


def reported(titles: Mapping[str, str]) -> Report:
    """A report of all four communities, called by the titles given."""
    rows = [Row(community, datetime(2026, 3, 1, tzinfo=UTC), {}) for community in (SHOP, COPY, CLUB, UNTITLED)]
    return compose(Names("Acme", titles), FRAME, Material(rows, ()))


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
