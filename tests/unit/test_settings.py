"""Where settings are read from."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from shared.settings import STACK_FILE, Settings


def written(folder: Path, kafka: str) -> None:
    (folder / STACK_FILE).parent.mkdir(parents=True)
    (folder / STACK_FILE).write_text(f"VECHE_KAFKA={kafka}\n")


def test_the_stack_s_file_is_found_wherever_in_the_checkout_a_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "deploy" / "native"
    inside.mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    written(tmp_path, "stack:1")
    monkeypatch.delenv("VECHE_KAFKA", raising=False)
    monkeypatch.chdir(inside)

    assert Settings().kafka == "stack:1"
    monkeypatch.setenv("VECHE_KAFKA", "mine:1")
    assert Settings().kafka == "mine:1", "the environment comes first"


def test_outside_of_a_checkout_the_folder_s_own_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "stack:1")
    monkeypatch.delenv("VECHE_KAFKA", raising=False)
    monkeypatch.chdir(tmp_path)

    assert Settings().kafka == "stack:1"


def test_a_secret_that_could_be_guessed_signs_no_appeals() -> None:
    with pytest.raises(ValidationError):
        Settings(appeal_secret=SecretStr("too short"))


def test_a_secret_is_not_shown_with_the_settings() -> None:
    assert "of sixteen" not in repr(Settings(appeal_secret=SecretStr("a secret of sixteen")))


@pytest.mark.parametrize("name", ["pages_url", "appeal_secret", "proxies", "secrets"])
def test_a_variable_that_is_empty_is_not_set(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"VECHE_{name.upper()}", "")

    assert getattr(Settings(), name) == Settings.model_fields[name].default
