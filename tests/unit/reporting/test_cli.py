from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.__main__ import app

ASKED = ["report", "--brand", "houston", "--since", "2015-06-01", "--until", "2016-08-01", "--out"]


def test_a_report_without_a_token_says_where_to_put_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VECHE_TOKEN", raising=False)

    done = CliRunner().invoke(app, [*ASKED, "report.html"])

    assert done.exit_code == 1
    assert "VECHE_TOKEN" in done.output
    assert not (tmp_path / "report.html").exists()


def test_a_wrong_day_or_format_is_named() -> None:
    wrong = CliRunner().invoke(app, [*ASKED, "report.pdf", "--format", "pdf"])

    assert wrong.exit_code == 2
    assert "pdf" in wrong.output


def test_a_service_that_is_away_is_named_with_its_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VECHE_TOKEN", "veche_none")
    monkeypatch.setenv("VECHE_REPORTING_URL", "ftp://nowhere.invalid:1")

    done = CliRunner().invoke(app, [*ASKED, "report.html"])

    assert done.exit_code == 1
    assert "nowhere.invalid" in done.output
    assert "reporting serve" in done.output.replace("\n", " ")
