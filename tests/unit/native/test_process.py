import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.native import process
from deploy.native.process import Process

STUBBORN = ("sh", "-c", "trap '' TERM; while :; do sleep 0.05; done")


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[Process]:
    started = process.launch(["sleep", "60"], tmp_path, tmp_path / "log")
    yield started
    process.end(started, 0, hard=True)


def test_a_process_outlives_the_call_that_started_it(sleeper: Process) -> None:
    assert process.is_alive(sleeper)


def test_a_process_is_written_down_and_found_again(sleeper: Process, tmp_path: Path) -> None:
    process.remember(tmp_path / "run" / "it.json", sleeper)

    assert process.recall(tmp_path / "run" / "it.json") == sleeper


def test_another_process_with_the_same_pid_is_left_alone(sleeper: Process) -> None:
    earlier = replace(sleeper, born=sleeper.born - 1)

    process.end(earlier, 1)

    assert not process.is_alive(earlier)
    assert process.is_alive(sleeper)


def test_ending_a_process_waits_until_it_is_gone(sleeper: Process) -> None:
    process.end(sleeper, 5)

    assert not process.is_alive(sleeper)
    assert process.memory_mb(sleeper) is None


def test_a_process_that_will_not_end_is_killed(tmp_path: Path) -> None:
    stubborn = process.launch(STUBBORN, tmp_path, tmp_path / "log")

    process.end(stubborn, 0.2)

    assert not process.is_alive(stubborn)


def test_a_process_that_stands_still_can_be_ended(sleeper: Process) -> None:
    process.send(sleeper, signal.SIGSTOP)

    process.end(sleeper, 5)

    assert not process.is_alive(sleeper)


def test_output_goes_to_the_log(tmp_path: Path) -> None:
    started = process.launch(["sh", "-c", "pwd; echo said >&2"], tmp_path, tmp_path / "log" / "it.log")

    process.wait_until(lambda: not process.is_alive(started), 5)

    assert (tmp_path / "log" / "it.log").read_text() == f"{tmp_path}\nsaid\n"
