"""Any table, by a mapping of its columns: the documented samples, and what people get wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.importers import FORMATS, importer_of
from services.ingest.importers.importer import Broken
from services.ingest.importers.mapped import Mapped
from shared.errors import Unprocessable
from shared.events import Envelope
from shared.events.community import ContentCreated, ReactionAdded
from tests.unit.ingest import histories
from tests.unit.ingest.histories import WHERE, Item, broken, events

SAMPLES = Path(__file__).parents[3] / "docs" / "samples" / "imports"
FORUM, REVIEWS = SAMPLES / "forum-ru.yaml", SAMPLES / "reviews-en.yaml"
HEAD = "Номер;Тип;Тема;Автор;Имя;Дата;Текст;Метки"
ASKED = "17;Сообщение;3;42;Анна;21.11.2025 09:30;Чем клеить дуб?;клей, дуб"
LIKED = "18;Нравится;17;43;Иван;21.11.2025 10:00;;"
REVIEW = {"id": 17, "created": 1763706600, "customer": {"id": 42, "name": "Anna"}, "stars": 5, "text": "Works well"}


def read_csv(folder: Path, *lines: str, encoding: str = "cp1251", mapping: Path = FORUM) -> list[Item]:
    file = folder / "forum.csv"
    file.write_bytes("\r\n".join((HEAD, *lines)).encode(encoding, "surrogateescape"))
    return histories.read(Mapped("csv", mapping), file)


def read_ndjson(folder: Path, *rows: object) -> list[Item]:
    file = folder / "reviews.ndjson"
    file.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return histories.read(Mapped("ndjson", REVIEWS), file)


def mapping(folder: Path, **changed: object) -> Path:
    """The Russian sample with something else in its spec."""
    document = {
        "apiVersion": "veche/v1",
        "kind": "ImportMapping",
        "metadata": {"name": "x"},
        "spec": {
            "community": "forum:x",
            "events": [
                {
                    "type": "community.content.created",
                    "id": "m-{Номер}",
                    "time": "{Дата}",
                    "data": {"content_id": "forum:x:{Номер}", "kind": "message", "text": "{Текст}"},
                }
            ],
        }
        | changed,
    }
    file = folder / "mapping.yaml"
    file.write_text(json.dumps(document, ensure_ascii=False, indent=1))
    return file


def test_the_russian_sample_reads_the_table_that_it_shows(tmp_path: Path) -> None:
    asked, liked = read_csv(tmp_path, ASKED, LIKED)

    assert isinstance(asked, ContentCreated)
    assert (asked.id, asked.community, asked.source) == ("forum-message-17", "forum:masterskaya", "forum/import")
    assert asked.time == datetime(2025, 11, 21, 6, 30, tzinfo=UTC)
    assert asked.data.actor is not None
    assert (asked.data.actor.id, asked.data.actor.name) == ("forum:42", "Анна")
    assert (asked.data.text, asked.data.tags, asked.data.thread) == (
        "Чем клеить дуб?",
        ("клей", "дуб"),
        "forum:masterskaya:topic:3",
    )
    assert isinstance(liked, ReactionAdded)
    assert (liked.data.content_id, liked.data.value) == (asked.data.content_id, 1)


def test_the_samples_show_the_rows_that_they_are_tested_with() -> None:
    for line in (HEAD, ASKED, LIKED):
        assert f"#   {line}\n" in FORUM.read_text()
    assert f"#   {json.dumps(REVIEW)}\n" in REVIEWS.read_text()


def test_the_english_sample_gives_the_ids_that_the_portal_sends_itself(tmp_path: Path) -> None:
    review, stars = read_ndjson(tmp_path, REVIEW)

    assert isinstance(review, ContentCreated)
    assert isinstance(stars, ReactionAdded)
    assert (review.id, review.data.content_id) == ("portal-review-17", "portal:reviews:17"), "as in the README"
    assert (stars.data.value, stars.time) == (5, datetime(2025, 11, 21, 6, 30, tzinfo=UTC))


def test_a_cell_may_hold_lines_quotes_and_the_delimiter(tmp_path: Path) -> None:
    lines = '19;Ответ;3;42;Анна;21.11.2025 09:31;"он сказал:\r\n""да; нет""";', "20;Сообщение;3;42;Анна;21.11.2025;x;"

    found = read_csv(tmp_path, *lines)

    (said,) = events(found)
    assert isinstance(said, ContentCreated)
    assert said.data.text == 'он сказал:\r\n"да; нет"'
    assert [(item.line, item.raw) for item in broken(found)] == [(4, lines[1])]


def test_a_table_of_excel_begins_with_a_mark(tmp_path: Path) -> None:
    spec = mapping(tmp_path, delimiter=";", time_format="%d.%m.%Y %H:%M")

    (said,) = read_csv(tmp_path, ASKED, encoding="utf-8-sig", mapping=spec)

    assert isinstance(said, ContentCreated)
    assert said.data.text == "Чем клеить дуб?"


def test_columns_may_be_named_by_the_mapping(tmp_path: Path) -> None:
    spec = mapping(tmp_path, columns=["Номер", "Дата", "Текст"])
    (tmp_path / "a.csv").write_text("1,2026-01-01T00:00:00Z,a\n2,2026-01-01T03:00:00+03:00,b\n")

    found = histories.read(Mapped("csv", spec), tmp_path / "a.csv")

    assert [event.time for event in events(found)] == [datetime(2026, 1, 1, tzinfo=UTC)] * 2


def test_rows_stand_by_time_and_content_before_what_touches_it(tmp_path: Path) -> None:
    liked = LIKED.replace("10:00", "09:30")

    found = read_csv(tmp_path, liked, ASKED.replace("17;", "16;").replace("09:30", "09:29"), ASKED)

    assert [event.id for event in events(found)] == ["forum-message-16", "forum-message-17", "forum-like-18"]


def test_rows_of_no_event_are_set_aside_unless_the_mapping_leaves_them_out(tmp_path: Path) -> None:
    found = read_csv(tmp_path, ASKED.replace("Сообщение", "Служебное"), ASKED.replace("Сообщение", "Опрос"))

    assert [(item.line, item.reason) for item in broken(found)] == [(3, "no event of the mapping is for this row")]


def test_rows_that_do_not_fit_are_set_aside_with_line_and_reason_and_never_quoted(tmp_path: Path) -> None:
    bad = {
        "17;Сообщение;3": "cells",
        ASKED.replace("21.11.2025 09:30", "вчера"): "the time of community.content.created",
        ASKED.replace("17;", ";", 1): "id of community.content.created is empty",
        ASKED.replace("Чем клеить дуб?", "x" * 100_001): "Expected `str` of length <= 100000",
        ASKED.replace("Анна", "\udc98"): "not cp1251",
    }

    found = read_csv(tmp_path, *bad, ASKED)

    assert len(events(found)) == 1
    assert {item.line: item.raw for item in broken(found) if item.line != 6} == dict(enumerate(list(bad)[:4], start=2))
    for item in broken(found):
        assert item.line is not None
        assert list(bad.values())[item.line - 2] in item.reason
        assert "вчера" not in item.reason


def test_lines_that_are_no_objects_are_set_aside(tmp_path: Path) -> None:
    found = read_ndjson(tmp_path, "{", [1], REVIEW | {"stars": "many"}, "", REVIEW, REVIEW | {"customer": None, "id": 18})

    assert [item.line for item in broken(found)] == [3, 1, 2]
    assert [type(event) for event in events(found)] == [ContentCreated, ReactionAdded] * 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"comunity": "x"}, "did you mean `community`?"),
        ({"delimiter": ";;"}, ":21:16:"),
        ({"timezone": "Moscow"}, "use IANA names"),
        ({"encoding": "cp-1251-ru"}, "is no encoding"),
        (
            {"events": [{"type": "community.content.create", "id": "a", "time": "b"}]},
            "did you mean `community.content.created`?",
        ),
        ({"events": [{"type": "moderation.decision.made", "id": "a", "time": "b"}]}, "cannot be imported"),
        (
            {"events": [{"type": "community.content.created", "id": "a", "time": "b", "data": {"txt": "c"}}]},
            "unknown field `txt`; did you mean `text`?",
        ),
        (
            {"events": [{"type": "community.content.created", "id": "a", "time": "b", "data": {"actor": {"ident": "c"}}}]},
            "unknown field `ident`",
        ),
        ({"events": [{"type": "kpi.observed", "id": "a", "time": "b"}] * 2}, "each needs its own"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_mapping_is_told_with_its_place(tmp_path: Path, changed: dict[str, object], said: str) -> None:
    file = mapping(tmp_path, **changed)

    with pytest.raises(Unprocessable) as caught:
        Mapped("csv", file)

    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{file}:")


def test_a_column_that_the_table_has_not_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Номер,Дата,Текст сообщения\n")

    with pytest.raises(Unprocessable, match="has no column `Текст`"):
        list(Mapped("csv", mapping(tmp_path)).read(tmp_path / "a.csv", WHERE))


def test_a_table_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(HEAD.encode("cp1251"))

    with pytest.raises(Unprocessable, match="names no columns in utf-16"):
        list(Mapped("csv", mapping(tmp_path, encoding="utf-16")).read(tmp_path / "a.csv", WHERE))


@pytest.mark.parametrize(
    ("format_", "file", "said"),
    [
        ("csv", None, "csv needs --mapping"),
        ("slack", FORUM, "slack needs no --mapping"),
        ("mastodon", None, f"known are {', '.join(FORMATS)}"),
        ("csv", Path("nowhere.yaml"), "cannot read the mapping"),
    ],
)
def test_a_mapping_is_asked_for_where_it_is_needed_alone(format_: str, file: Path | None, said: str) -> None:
    with pytest.raises(Unprocessable, match=said):
        importer_of(format_, file)


@settings(deadline=None)
@given(
    st.text(alphabet='17;"\r\n Сообщение21.09:30,\x00\ufeff', max_size=80), st.sampled_from(["cp1251", "utf-8", "utf-16"])
)
def test_any_table_gives_events_and_broken_rows(tmp_path_factory: pytest.TempPathFactory, text: str, encoding: str) -> None:
    folder = tmp_path_factory.mktemp("table")
    columns = HEAD.split(";")
    file = folder / "a.csv"
    file.write_bytes(f"{ASKED}\n{text}\n{ASKED}".encode("cp1251", "replace"))

    found = list(Mapped("csv", mapping(folder, columns=columns, delimiter=";", encoding=encoding)).read(file, WHERE))

    assert all(isinstance(item, Broken | Envelope) for item in found)


@settings(deadline=None)
@given(histories.spoiled({"rows": [REVIEW]}))
def test_spoiled_objects_give_events_and_broken_rows(
    tmp_path_factory: pytest.TempPathFactory, whole: histories.Json
) -> None:
    rows = whole["rows"] if isinstance(whole["rows"], list) else [whole["rows"]]
    file = tmp_path_factory.mktemp("rows") / "a.ndjson"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))

    found = list(Mapped("ndjson", REVIEWS).read(file, WHERE))

    histories.check(found)


def test_a_community_may_be_named_by_the_command(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_text(json.dumps(REVIEW))
    where = msgspec.structs.replace(WHERE, community="portal:archive")

    found = list(Mapped("ndjson", REVIEWS).read(tmp_path / "a.ndjson", where))

    assert {event.community for event in events(found)} == {"portal:archive"}


def test_memory_does_not_grow_with_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.ingest.importers.ordering.LOOK_AHEAD", 100)
    peaks = []
    for size in (1_000, 10_000):
        file = tmp_path / f"{size}.csv"
        file.write_bytes("\n".join((HEAD, *[ASKED] * size)).encode("cp1251"))
        peaks.append(histories.peak_mb(Mapped("csv", FORUM).read(file, WHERE)))

    assert peaks[1] < 1.5 * peaks[0] + 1
