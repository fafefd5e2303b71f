"""`veche reporting schedules` in the terminal: what it asks the service, and what people read."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from services.__main__ import app

RUN: dict[str, Any] = {
    "schedule": "weekly",
    "period": "2026-W41",
    "due": "2026-10-12T06:00:00+00:00",
    "status": "failed",
    "ended": "2026-10-12T08:10:00+00:00",
    "tries": 6,
    "by": None,
    "files": [],
    "link": None,
    "problem": "VECHE_REPORTS cannot be written to",
}
SCHEDULE: dict[str, Any] = {
    "name": "weekly",
    "every": "week",
    "communities": [],
    "formats": ["html", "pdf"],
    "languages": ["en", "ru"],
    "folder": True,
    "routes": ["managers"],
    "next": {"period": "2026-W42", "due": "2026-10-19T06:00:00+00:00"},
    "last": RUN,
}
ANSWERS: dict[str, Any] = {
    "/v1/report-schedules": {"schedules": [SCHEDULE]},
    "/v1/report-runs": {"runs": [RUN], "next": "cGFnZQ"},
    "/v1/report-schedules/weekly/runs": RUN,
}


@pytest.fixture(name="asked")
def asked_of_the_service(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, dict[str, Any]]]:
    """What the service is asked."""
    asked: list[tuple[str, str, dict[str, Any]]] = []

    def send(_: object, method: str, path: str, __: str = "", **options: Any) -> httpx.Response:  # noqa: ANN401 - as the client's
        asked.append((method, path, options))
        return httpx.Response(200, json=ANSWERS[path], request=httpx.Request(method, f"http://reporting{path}"))

    monkeypatch.setenv("VECHE_TOKEN", "veche_some")
    monkeypatch.setenv("COLUMNS", "250")
    monkeypatch.setattr("shared.cli.client.Api.send", send)
    return asked


def said(*words: str) -> str:
    done = CliRunner().invoke(app, ["reporting", "schedules", *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_schedules_are_listed_with_what_is_next_and_what_became_of_the_last(asked: list[Any]) -> None:
    output = said("list", "--brand", "acme")

    for told in ("weekly", "html, pdf", "folder, managers", "2026-W42", "2026-10-19 06:00 UTC", "2026-W41: failed"):
        assert told in output
    assert asked == [("GET", "/v1/report-schedules", {"params": {"brand": "acme"}})]


def test_what_was_made_is_listed_with_what_became_of_it(asked: list[Any]) -> None:
    output = said("runs", "weekly", "--limit", "1")

    for told in ("2026-W41", "failed", "its schedule", "VECHE_REPORTS cannot be written to", "--cursor cGFnZQ"):
        assert told in output
    assert asked == [("GET", "/v1/report-runs", {"params": {"schedule": "weekly", "limit": 1}})]


def test_one_is_made_when_somebody_asks(asked: list[Any]) -> None:
    output = said("run", "weekly", "--period", "2026-W41", "--once", "k")

    assert output.startswith("weekly 2026-W41: asked for")
    sent = {"params": {}, "json": {"period": "2026-W41"}, "headers": {"idempotency-key": "k"}}
    assert asked == [("POST", "/v1/report-schedules/weekly/runs", sent)]
