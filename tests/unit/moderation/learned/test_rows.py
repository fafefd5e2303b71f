from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.moderation.training import rows as limits
from services.moderation.training.rows import Broken, Row, labelled, rows
from shared.errors import Unprocessable
from tests.unit.moderation.learned.classifiers import read_texts, texts


def read(file: str) -> list[Row | Broken]:
    return list(rows(io.StringIO(file, newline="")))


def test_columns_are_found_by_name_wherever_they_stand() -> None:
    assert read('id,Label,text\n1, spam ,"win, now"\n') == [Row(2, "win, now", "spam")]


@pytest.mark.parametrize("file", ["", "text\nwin\n", "a,b\n1,2\n"])
def test_a_file_without_the_columns_is_refused(file: str) -> None:
    with pytest.raises(Unprocessable, match="text and label"):
        read(file)


def test_a_first_line_without_end_is_refused() -> None:
    with pytest.raises(Unprocessable, match="first line"):
        read("x" * 140_000)


def test_a_row_that_goes_over_lines_is_named_by_its_first() -> None:
    assert read('text,label\n"a\nb",x\nc\n')[1:] == [Broken(4, "1 columns")]


def test_rows_that_cannot_be_used_are_named_with_their_reason_and_the_rest_is_read() -> None:
    found = read(f"text,label\n ,x\na,\nb,{'x' * 65}\nc,\x1bx\n\n\udcffd,x\n{'e' * 140_000},x\nf,x\n")

    assert [one.line for one in found] == [2, 3, 4, 5, 7, 8, 9]
    assert [one.reason.split()[0] for one in found if isinstance(one, Broken)] == ["no"] * 4 + ["not", "field"]
    assert found[-1] == Row(9, "f", "x")


@given(st.text(st.characters(codec="utf-8") | st.sampled_from('",\n\r'), max_size=80))
def test_no_file_breaks_the_reader(file: str) -> None:
    for one in read(f"text,label\n{file}"):
        assert isinstance(one, Broken) or (one.text.strip() and one.label)


def test_the_same_text_counts_once_however_it_is_disguised() -> None:
    pairs = [*texts(), ("Say HELLO  twice", "ham"), ("say hel\u200blo twice", "ham"), ("say hello twice", "spam")]

    data = read_texts(pairs).data

    assert (data.rows, sum(data.labels.values())) == (123, 121)
    assert (data.duplicates, data.contradictions) == (1, 1)
    assert data.labels == {"ham": 41, "rude": 40, "spam": 40}


def test_the_digest_is_of_what_was_used() -> None:
    assert read_texts(texts()).data.digest == read_texts([*texts(), texts()[0]]).data.digest
    assert read_texts(texts()).data.digest != read_texts(texts(seed=2)).data.digest


def test_scripts_are_counted() -> None:
    kept = read_texts([(f"{word} {number}", word) for word in ("раз", "one") for number in range(30)])

    assert kept.data.scripts == {"cyrillic": 0.5, "latin": 0.5}


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ([Row(2, f"t{number}", "x") for number in range(30)], "2 to 10 labels"),
        ([Row(2, f"t{number}", f"l{number % 11}") for number in range(330)], "2 to 10 labels"),
        ([Row(2, f"t{number}", "x" if number else "y") for number in range(30)], "the label y has 1"),
        ([Row(2, f"t{number}", "xy"[number % 2]) for number in range(80)] + [Broken(9, "no text")] * 10, "line 9: no text"),
        ([], "2 to 10 labels"),
    ],
)
def test_what_cannot_be_trained_on_is_refused(found: Iterable[Row | Broken], reason: str) -> None:
    with pytest.raises(Unprocessable, match=reason):
        labelled(found)


def test_endless_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROWS_MAX", 100)
    with pytest.raises(Unprocessable, match="more than 100 rows"):
        read_texts(texts())

    monkeypatch.setattr(limits, "ROWS_MAX", 1_000)
    monkeypatch.setattr(limits, "CHARS_MAX", 1_000)
    with pytest.raises(Unprocessable, match="more than 1,000 characters"):
        read_texts(texts())


def test_a_text_that_is_too_long_is_told_whatever_others_allow_in_the_process() -> None:
    before = csv.field_size_limit(10_000_000)
    try:
        (found,) = read(f"text,label\n{'e' * 140_000},x\n")
    finally:
        csv.field_size_limit(before)

    assert isinstance(found, Broken)
    assert found.reason.startswith("field larger")
