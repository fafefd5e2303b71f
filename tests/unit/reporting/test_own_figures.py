"""Figures of a brand's own (`kpi:`, `revenue:`, `posts:`, `mentions:`) stand in files and pages."""

from __future__ import annotations

import pytest

from services.reporting.figures import figure_of
from services.reporting.pages import sections
from services.reporting.pages.page import as_html
from services.reporting.pages.parquet import as_parquet
from services.reporting.pages.report import Names, Report, compose
from services.reporting.pages.table import as_csv
from services.reporting.pages.workbook import as_xlsx
from shared.said import Language
from tests import builders
from tests.unit.reporting.folding import folded, material
from tests.unit.reporting.test_sections import FRAME

OWN = ("kpi:visits", "revenue:EUR", "posts:news", "mentions:acme", "tone:acme")


@pytest.fixture(scope="module")
def report() -> Report:
    events = [
        builders.content_created(),
        builders.content_created(community="slack:w", content_id="y", id="y"),
        builders.kpi_observed(name="visits", value=7, community=None),
        builders.purchase_made(order="o1", amount=500, community=None),
    ]
    return compose(Names("Acme"), FRAME, material(folded(events)))


@pytest.mark.parametrize("language", Language)
def test_every_format_is_made_and_names_them(report: Report, language: Language) -> None:
    assert report.total["kpi:visits"] == 7
    assert "kpi:visits" in as_csv(report, language)
    assert len(as_parquet(report, language)) > 100
    assert len(as_xlsx(report, language)) > 100
    assert "visits" in as_html(report, language)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("id_", OWN)
def test_the_page_of_one_is_drawn_whether_anything_was_told_of_it(report: Report, id_: str, language: Language) -> None:
    figure = figure_of(id_)
    assert figure is not None

    (card,) = sections.cards(report, language, [id_])

    assert card.id == id_
    assert sections.of_one(report, figure, language).title
    assert len(sections.by_community(report, language, [id_]).rows) == 2


def test_people_read_titles_and_words_where_tables_hold_ids() -> None:
    now = FRAME.first
    events = [builders.content_created(id=f"c{n}", content_id=f"x{n}", actor=f"telegram:{n}", time=now) for n in range(3)]
    events += [builders.content_created(id="w", content_id="w", community="slack:w", time=now)]
    states = material(folded(events))
    told = compose(Names("Acme", dict.fromkeys(states.communities, "The Glue")), FRAME, states)
    (personas,) = (grid for name, _, grid in sections.tables(told, Language.RU) if name == "Участники по поведению")
    (languages,) = (grid for name, _, grid in sections.tables(told, Language.EN) if name == "Languages of the audience")

    assert [row[0] for row in personas.rows] == ["помощники", "ежедневные", "собеседники", "разовые", "молчащие"]
    assert {row[0] for row in languages.rows} == {"All", "The Glue"}
