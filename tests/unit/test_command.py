from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.__main__ import app, is_installed, main
from services.ingest.cli.status import show


def test_what_is_installed_is_mounted() -> None:
    assert is_installed("deploy.native.cli")


def test_what_an_image_lacks_is_left_out() -> None:
    assert not is_installed("services.no_such_service.cli")
    assert not is_installed("services.ingest.no_such_module")


def test_a_group_that_is_none_is_named_with_those_that_are() -> None:
    done = CliRunner().invoke(app, ["dlq", "accept", "ingest", "0"])

    assert done.exit_code == 1
    assert "normaliser" in done.output


def test_the_help_of_an_import_says_when_to_choose_points() -> None:
    done = CliRunner().invoke(app, ["ingest", "import", "--help"], env={"COLUMNS": "200", "TERM": "dumb"})

    assert "--backfill-points" in done.output
    assert "importing it again with it changes nothing" in " ".join(done.output.replace("│", " ").split())


def test_a_history_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["ingest", "import", str(tmp_path / "x"), "--brand", "acme", "--from", "slack"])

    assert done.exit_code == 1
    assert "there is no" in done.output.replace("\n", " ")


def test_a_setting_that_is_none_is_told_by_its_variable_and_never_by_its_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VECHE_APPEAL_SECRET", "swordfish")
    monkeypatch.setattr("sys.argv", ["veche", "moderation", "decisions"])

    with pytest.raises(SystemExit) as ended:
        main()

    told = capsys.readouterr().err
    assert ended.value.code == 1
    assert told.startswith("VECHE_APPEAL_SECRET: ")
    assert "swordfish" not in told


def test_who_only_imports_is_not_told_that_a_connection_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    show([], datetime(2026, 3, 2, tzinfo=UTC))

    assert "imports and what keys send need none" in capsys.readouterr().out
