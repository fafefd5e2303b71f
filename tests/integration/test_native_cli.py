"""`veche stack`, as a person types it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.native.places import PlaceSettings, find_places
from deploy.native.stack import Stack
from services.__main__ import app


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VECHE_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


def veche(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["stack", *arguments])
    return result.exit_code, result.output


def test_before_the_first_start_everything_is_down() -> None:
    code, told = veche("status")

    assert code == 1
    assert told.count("down") == 7


def test_a_running_part_is_shown_with_its_address(state: Path) -> None:
    stack = Stack(find_places(Path.cwd(), PlaceSettings()))
    stack.start("redis")

    _, told = veche("status")
    _, ended = veche("down")
    again = veche("down")

    assert stack.address("redis") in told
    assert ended == "redis is down\n"
    assert again == (0, "nothing was running\n")
    assert (state / "stack.env").exists()


def test_the_log_of_a_part_that_never_ran_is_told_to_be_missing() -> None:
    assert veche("logs", "kafka") == (1, "kafka has no log yet: it was never started here\n")


def test_a_wrong_part_is_told_with_the_right_ones() -> None:
    code, told = veche("logs", "rabbit")

    assert code == 1
    assert "the parts are kafka" in told


def test_reset_asks_first() -> None:
    code, told = veche("reset")

    assert code == 1
    assert "Delete everything" in told
