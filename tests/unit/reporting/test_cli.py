from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
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


@pytest.mark.parametrize(
    ("words", "format_"), [(["x.csv"], "csv"), (["x.html"], "html"), (["x.csv", "--format", "html"], "html")]
)
def test_a_file_that_ends_in_csv_is_a_table_unless_a_format_is_named(
    words: list[str], format_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def send(_: object, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - as the client's
        asked.append(options["params"]["format"])
        return httpx.Response(200, content=b"", request=httpx.Request(method, f"http://reporting{path}"))

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VECHE_TOKEN", "veche_some")
    monkeypatch.setattr("shared.cli.client.Api.send", send)

    done = CliRunner().invoke(app, [*ASKED, *words])

    assert (done.exit_code, asked) == (0, [format_])
