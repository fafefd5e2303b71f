from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.__main__ import app
from tests.unit.moderation.learned.classifiers import small_file, texts


def veche(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["moderation", *map(str, words)], env={"COLUMNS": "200", "TERM": "dumb"})


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "made-up.model"
    file.write_bytes(small_file())
    return file


def written(file: Path, *more: str) -> Path:
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([("text", "label"), *texts()])
        opened.writelines(more)
    return file


def test_a_classifier_is_trained_measured_and_written(tmp_path: Path) -> None:
    table, out = written(tmp_path / "chat.csv", "only a text\n"), tmp_path / "chat.model"

    done = veche("train", table, "--out", out)

    assert done.exit_code == 0, done.output
    assert "line 122: 1 columns; left out" in done.output
    assert "fold 5 of 5: macro F1" in done.output
    assert "over 5 folds of unseen texts" in done.output
    assert "# Classifier chat\n" in veche("card", out).output
    assert [file.name for file in tmp_path.iterdir() if file.name.endswith(".part")] == []


def test_a_card_is_shown_for_a_program_too(model: Path) -> None:
    shown = json.loads(veche("card", model, "--output", "json").output)

    assert shown["name"] == "made up"
    assert len(shown["quality"]["labels"]["spam"]["curve"]) == 19


def test_a_text_is_scored_and_what_weighed_most_is_shown(model: Path) -> None:
    shown = veche("score", "--model", model, "Зapaбoтoк, free prize").output

    assert "given: spam" in shown
    assert "prize" in shown
    assert "Зapa" in shown


def test_a_score_is_shown_for_a_program_too(model: Path) -> None:
    shown = json.loads(veche("score", "--model", model, "-o", "json", "free \udcff prize").output)

    assert shown["label"] == "spam"
    assert sum(shown["probabilities"].values()) == pytest.approx(1)
    assert shown["pieces"][0]["weight"] > 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"text;label\na;b\n", "text and label"),
        (b"text,label\na,b\n", "2 to 10 labels"),
        (b"\x00\xff" * 9, "text and label"),
    ],
)
def test_what_cannot_be_trained_on_is_named_in_a_sentence(content: bytes, said: str, tmp_path: Path) -> None:
    table = tmp_path / "x.csv"
    table.write_bytes(content)

    done = veche("train", table, "--out", tmp_path / "x.model")

    assert done.exit_code == 1
    assert said in done.output
    assert not (tmp_path / "x.model").exists()


def test_files_that_are_not_there_or_no_classifiers_are_named(tmp_path: Path) -> None:
    (tmp_path / "pickle").write_bytes(b"\x80\x04cos\nsystem\n")

    assert "no file of a classifier" in veche("card", tmp_path / "pickle").output
    assert "cannot read" in veche("score", "--model", tmp_path / "nothing", "text").output
    assert "cannot read" in veche("train", tmp_path / "nothing", "--out", tmp_path / "x").output
    assert "cannot write" in veche("train", written(tmp_path / "t.csv"), "--out", tmp_path / "no" / "x").output


def test_texts_come_either_from_a_csv_or_from_decisions_of_a_brand(tmp_path: Path) -> None:
    out, table = tmp_path / "x.model", written(tmp_path / "chat.csv")

    neither, both = veche("train", "--out", out), veche("train", table, "--out", out, "--from-decisions")
    of_nobody = veche("train", "--out", out, "--from-decisions")

    assert "name a CSV, or --from-decisions" in neither.output
    assert "name a CSV, or --from-decisions" in both.output
    assert "--from-decisions needs --brand" in of_nobody.output
    assert {neither.exit_code, both.exit_code, of_nobody.exit_code} == {1}
