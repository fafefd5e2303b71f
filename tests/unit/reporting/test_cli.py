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
    wrong = CliRunner().invoke(app, [*ASKED, "report.doc", "--format", "doc"])

    assert wrong.exit_code == 2
    assert "doc" in wrong.output


def test_a_service_that_is_away_is_named_with_its_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VECHE_TOKEN", "veche_none")
    monkeypatch.setenv("VECHE_REPORTING_URL", "ftp://nowhere.invalid:1")

    done = CliRunner().invoke(app, [*ASKED, "report.html"])

    assert done.exit_code == 1
    assert "nowhere.invalid" in done.output
    assert "reporting serve" in done.output.replace("\n", " ")


@pytest.mark.parametrize(
    ("words", "format_"),
    [
        (["x.csv"], "csv"),
        (["x.html"], "html"),
        (["x.pdf"], "pdf"),
        (["x.xlsx"], "xlsx"),
        (["x.parquet"], "parquet"),
        (["x"], "html"),
        (["x.csv", "--format", "html"], "html"),
    ],
)
def test_the_end_of_a_file_s_name_says_the_format_unless_one_is_named(
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


IDEA = {
    "votes": 3,
    "status": "new",
    "community": "telegram:-1",
    "content": "telegram:-1:7",
    "author": "telegram:42",
    "at": "2026-03-02T09:00:00Z",
}
OF_IDEA = ["reporting", "idea", "telegram:-1:7", "--brand", "acme", "--community", "telegram:-1", "--status"]


@pytest.fixture(name="asked")
def asked_of_the_service(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Any]]:
    """What the service is asked; it answers with one idea."""
    asked: list[tuple[str, str, Any]] = []

    def send(_: object, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - as the client's
        asked.append((method, path, options.get("params") or options.get("json")))
        return httpx.Response(202, json={"ideas": [IDEA]}, request=httpx.Request(method, f"http://reporting{path}"))

    monkeypatch.setenv("VECHE_TOKEN", "veche_some")
    monkeypatch.setattr("shared.cli.client.Api.send", send)
    return asked


def test_ideas_are_listed_with_their_votes(asked: list[tuple[str, str, Any]]) -> None:
    done = CliRunner().invoke(app, ["reporting", "ideas", "--brand", "acme", "--status", "new", "--output", "json"])

    assert done.exit_code == 0
    assert '"telegram:-1:7"' in done.output
    assert asked == [("GET", "/v1/ideas", {"brand": "acme", "limit": 100, "community": [], "status": "new"})]


def test_what_becomes_of_an_idea_is_told_to_the_service(asked: list[tuple[str, str, Any]]) -> None:
    done = CliRunner().invoke(app, [*OF_IDEA, "planned", "--note", "Soon"])

    told = {"brand": "acme", "community": "telegram:-1", "content": "telegram:-1:7", "status": "planned", "note": "Soon"}
    assert done.output == "telegram:-1:7: planned (soon)\n"
    assert asked == [("POST", "/v1/ideas", told)]


def test_a_status_that_there_is_not_is_refused_before_the_service_is_asked(asked: list[tuple[str, str, Any]]) -> None:
    done = CliRunner().invoke(app, [*OF_IDEA, "maybe"])

    assert done.exit_code == 1
    assert "new, planned, done, declined" in done.output
    assert asked == []
