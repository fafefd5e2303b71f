"""In which languages members write, in all and by community."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from services.reporting.figures.activity import distinct
from services.reporting.figures.buckets.hours import hour_of, month_of
from services.reporting.figures.buckets.presence import HOURS_BYTES
from services.reporting.figures.figure import Form
from services.reporting.figures.languages import LANGUAGES
from services.reporting.figures.material import Material
from services.reporting.figures.periods import Frame
from services.reporting.figures.tables.table import Column, Row, Table
from shared.said import Said

ALL = Said("All", "Все")


def _rows(material: Material, frame: Frame) -> Sequence[Row]:
    messages: dict[str, Counter[str]] = {}
    for row in material.rows:
        if frame.first <= row.at < frame.end:
            told = {language: n for language in LANGUAGES if (n := row.counts.get(f"language_{language}"))}
            messages.setdefault(row.community, Counter()).update(told)
    messages = {place: told for place, told in messages.items() if told}
    if not messages:
        return []
    whole = sum(messages.values(), Counter[str]())
    parts = [(place, messages[place]) for place in sorted(messages)] if len(messages) > 1 else []
    rows = list(_of(ALL, None, whole, material, frame))
    return rows + [row for place, told in parts for row in _of(place, place, told, material, frame)]


def _of(name: Said | str, place: str | None, told: Counter[str], material: Material, frame: Frame) -> Iterator[Row]:
    members = _members(material, place, frame)
    for language, said in LANGUAGES.items():
        if told[language]:
            yield (name, said, told[language], told[language] / told.total(), members[language])


def _members(material: Material, place: str | None, frame: Frame) -> dict[str, int]:
    """Return how many members wrote in each language, in the months (UTC) of the frame."""
    told = material.presences
    chosen = (told.month >= month_of(hour_of(frame.first))) & (told.month < hour_of(frame.end))
    if place is not None:
        chosen &= told.place == (told.places.index(place) if place in told.places else -1)
    bits, member = told.bits[chosen, HOURS_BYTES], told.member[chosen]
    return {language: len(distinct(member[(bits & (1 << n)) > 0])) for n, language in enumerate(LANGUAGES)}


SPOKEN = Table(
    id="languages",
    name=Said("Languages of the audience", "Языки аудитории"),
    definition=Said(
        "What members wrote, by language, in all and by community: Russian is told by its letters, English by its commonest "
        "words, unless the platform tells the language; of short texts it is often not told. Members of two "
        "languages count in both, and by month (UTC). Bots, staff and communities are left out.",
        "Публикации участников по языкам, в целом и по сообществам: русский определяется по буквам, английский — по самым "
        "частым словам, если язык не сообщает платформа; у коротких текстов он часто не определён. Кто пишет на "
        "двух языках, "
        "считается в обоих; участники считаются по месяцам (UTC). Без ботов, сотрудников и самих сообществ.",
    ),
    columns=(
        Column("community", Said("Community", "Сообщество")),
        Column("language", Said("Language", "Язык")),
        Column("content", Said("Content", "Публикации"), Form.COUNT),
        Column("share", Said("Part of all", "Доля"), Form.SHARE),
        Column("members", Said("Members", "Участники"), Form.COUNT),
    ),
    rows=_rows,
)
