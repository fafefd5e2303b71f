from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.__main__ import app
from shared.cli import models

STORED = {
    "name": "spam", "model": "v1", "status": "shadow", "labels": ["ham", "spam"], "bytes": 54_560, "version": 3,
    "effective": "2026-03-02T09:00:15+00:00", "asked": True,
}  # fmt: skip


class FakeApi:
    """Answers with one model, and notes what was asked."""

    asked: tuple[str, str, dict[str, Any]]

    def __init__(self, settings: object, service: str) -> None:
        del settings
        assert service == "moderation"

    def call(self, method: str, path: str, about: str = "", **options: Any) -> Any:  # noqa: ANN401 - JSON
        del about
        FakeApi.asked = (method, path, options)
        return [STORED] if method == "GET" else STORED


@pytest.fixture(autouse=True)
def _fake_api(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "Api", FakeApi)


def veche(*words: str) -> Result:
    return CliRunner().invoke(app, ["moderation", "model", *words], env={"COLUMNS": "200", "TERM": "dumb"})


def test_a_file_is_sent_in_shadow_unless_told_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "spam.model"
    file.write_bytes(b"numbers")

    done = veche("apply", str(file), "--name", "spam", "--brand", "acme")

    assert FakeApi.asked == (
        "PUT",
        "/v1/models/spam",
        {"params": {"brand": "acme", "status": "shadow"}, "content": b"numbers"},
    )
    assert "spam v1 is shadow from 2026-03-02T09:00:15+00:00 (version 3)" in done.output


def test_a_model_is_turned_and_a_status_that_is_none_is_refused() -> None:
    done, wrong = veche("turn", "spam", "live"), veche("turn", "spam", "alive")

    assert FakeApi.asked == ("PUT", "/v1/models/spam/status/live", {"params": {}})
    assert (done.exit_code, wrong.exit_code) == (0, 2)


def test_a_model_that_no_policy_names_is_said_not_to_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    named = veche("turn", "spam", "live")
    monkeypatch.setitem(STORED, "asked", False)

    assert "no policy of the brand names it" in veche("turn", "spam", "live").output
    assert "no policy" not in named.output


def test_models_are_listed() -> None:
    done = veche("list", "--brand", "acme")

    assert "ham, spam" in done.output
    assert "54,560" in done.output


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = veche("apply", str(tmp_path / "none.model"), "--name", "spam")

    assert (done.exit_code, "No such file" in done.output) == (1, True)
