"""What figures and tables mean, for people and for programs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from services.reporting.figures import FIGURES, figure_of
from services.reporting.figures.figure import Figure
from services.reporting.figures.tables import BY_ID, TABLES
from services.reporting.figures.tables.table import Table
from shared.platforms import PLATFORMS
from shared.said import Language


def defined(figure: Figure) -> dict[str, Any]:
    """Return what a figure means: words in every language, its topics, what it needs, which platforms do not tell that."""
    words = ("name", "definition", "unit")
    return {
        "id": figure.id,
        **{word: getattr(figure, word)._asdict() for word in words},
        "form": figure.form.value,
        "topics": figure.topics,
        "needs": [fact.name._asdict() for fact in figure.needs],
        "untold_by": [platform for platform in PLATFORMS if not figure.is_told_by(platform)],
    }


def tabled(table: Table) -> dict[str, Any]:
    """Return what a table means: words in every language, and its columns."""
    columns = [
        {"id": one.id, "name": one.name._asdict(), "form": None if one.form is None else one.form.value}
        for one in table.columns
    ]
    return {
        "id": table.id,
        "name": table.name._asdict(),
        "definition": table.definition._asdict(),
        "columns": columns,
    }


def named(id_: str) -> Mapping[str, Any] | None:
    """Return what a figure or a table means; None where there is neither."""
    figure = figure_of(id_)
    if figure is not None:
        return defined(figure)
    return tabled(BY_ID[id_]) if id_ in BY_ID else None


def listed(language: Language) -> Iterator[tuple[str, str, str]]:
    """Yield id, name and definition of every figure and table."""
    for figure in FIGURES:
        yield figure.id, figure.name.by(language), figure.definition.by(language)
    for table in TABLES:
        yield table.id, table.name.by(language), table.definition.by(language)
