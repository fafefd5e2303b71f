from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.__main__ import app

POLICY = "apiVersion: veche/v1\nkind: ModerationPolicy\nmetadata: {name: default, brand: acme}\nspec: {}\n"


def backtest(file: Path, *words: str) -> Result:
    environment = {"COLUMNS": "200", "TERM": "dumb", "VECHE_MONGO": "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50"}
    return CliRunner().invoke(app, ["moderation", "backtest", "-f", str(file), *words], env=environment)


def written(folder: Path, text: str) -> Path:
    file = folder / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (POLICY.replace("spec: {}", "spec: {words: {status: never}}"), "policy.yaml:4:"),
        (POLICY.replace("ModerationPolicy", "RewardsPolicy"), "only ModerationPolicy can be backtested, not RewardsPolicy"),
        (POLICY.replace(", brand: acme", ""), "all documents must be of one brand"),
        (f"{POLICY}---\n{POLICY.replace('acme', 'other')}", "all documents must be of one brand"),
        (f"{POLICY}---\n{POLICY}", "two documents are for the same place"),
    ],
)
def test_a_file_that_is_no_candidate_is_refused_in_plain_words(tmp_path: Path, text: str, said: str) -> None:
    done = backtest(written(tmp_path, text))

    assert done.exit_code == 1
    assert said in done.output


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = backtest(tmp_path / "none.yaml")

    assert (done.exit_code, "No such file" in done.output) == (1, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--since", "soon"), "soon is no time; write 30d"),
        (("--since", "²d"), "²d is no time"),
        (("--since", ""), "is no time"),
        (("--since", "2026-03-02", "--until", "2026-03-01"), "--since is not before --until"),
        (("--since", "9999999d"), "is no time"),
    ],
)
def test_a_time_that_is_none_is_refused(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = backtest(written(tmp_path, POLICY), *words)

    assert done.exit_code == 1, done.exception
    assert said in done.output


def test_texts_are_refused_without_a_token(tmp_path: Path) -> None:
    done = backtest(written(tmp_path, POLICY), "--texts")

    assert done.exit_code == 1
    assert "--texts needs a token with the scope decisions:read for acme" in done.output
