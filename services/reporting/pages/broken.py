"""A figure broken down by kind, format and topic; a community beside the brand's others. All texts are ready to be shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from services.reporting.figures import content, figure_of
from services.reporting.figures.tables.peers import Beside, beside_others
from services.reporting.pages.page_words import PAGE_WORDS
from services.reporting.pages.report import Report
from services.reporting.pages.sections import Grid
from services.reporting.pages.words import delta, written
from shared.said import Language

Part = tuple[str, str, Grid]
"""A title, what has to be said of it, and the table."""

TOPICS = {
    content.CONTENT.id: (f"{content.POSTS_COUNT}:", "mentions:"),
    content.POSTS.id: (f"{content.POSTS_COUNT}:",),
}
"""How the figures begin that tell topics of a figure."""

PARTS: Mapping[str, Sequence[tuple[str, Sequence[str]]]] = {
    content.CONTENT.id: (
        ("by_kind", [one.id for one in content.BY_KIND]),
        ("by_format", [one.id for one in content.BY_FORMAT]),
    )
}


def parts(report: Report, figure: str, language: Language) -> Iterator[Part]:
    """Yield the parts of a figure that has some, now and before."""
    topics = [id_ for id_ in report.total if id_.startswith(TOPICS.get(figure, ()))] if figure in TOPICS else []
    for title, ids in (*PARTS.get(figure, ()), ("by_topic", topics)):
        rows = list(_rows(report, ids, language))
        if rows:
            how = PAGE_WORDS["by_topic_how"].by(language) if title == "by_topic" else ""
            columns = [(PAGE_WORDS[word].by(language), "") for word in (title, "value", "before", "change")]
            yield PAGE_WORDS[title].by(language), how, Grid(columns, rows)


def _rows(report: Report, ids: Sequence[str], language: Language) -> Iterator[Sequence[str]]:
    for id_ in ids:
        figure, value, before = figure_of(id_), report.total.get(id_), report.before.get(id_)
        if figure is not None and (value or before):
            name = report.called.get(id_, figure.name).by(language)
            told = (written(figure.form, one, language) for one in (value, before))
            yield name, *told, delta(value, before, language) or "—"


def beside(report: Report, community: str, language: Language) -> Grid:
    """Return the figures of a community beside the quartiles of the brand's others that whoever asks may see."""
    places = {place.community: place.values for place in report.places if place.community not in report.others}
    found = beside_others(places, community) if community in places else ()
    heads = ("figure", "value", "usual", "median", "place", "among")
    return Grid([(PAGE_WORDS[word].by(language), "") for word in heads], [_beside(one, language) for one in found])


def _beside(one: Beside, language: Language) -> Sequence[str]:
    def said(word: str) -> str:
        return PAGE_WORDS[word].by(language)

    name = one.figure.name.by(language)
    value, low, median, high = (written(one.form, number, language) for number in (one.value, one.low, one.median, one.high))
    return (
        f"{name}, {said('per_members')}" if one.is_sized else name,
        value,
        f"{low} – {high}",
        median,
        said("place_of").format(one.rank, one.others + 1),
        said("of_platform" if one.is_same_platform else "of_all"),
    )
