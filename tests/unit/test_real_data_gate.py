"""The gate itself, on runs of pytest within pytest."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ASKS = """
def test_reads(real_data):
    assert real_data.is_dir()
"""
SHIRKS = """
import pytest

def test_shirks(real_data):
    pytest.skip("no time")
"""
QUIET = ("-p", "no:randomly", "-p", "no:socket", "-p", "no:asyncio")
CONFTEST = 'pytest_plugins = ["tests.real_data_gate"]'


def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, test: str, data: Path) -> pytest.RunResult:
    monkeypatch.setenv("VECHE_REAL_DATA", str(data))
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test)
    return pytester.runpytest_inprocess(*QUIET)


def test_tests_on_real_data_are_counted(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    result = run(pytester, monkeypatch, ASKS, tmp_path)

    result.stdout.fnmatch_lines(["real data: 1 tests ran, 0 skipped"])
    assert result.ret == pytest.ExitCode.OK


def test_without_the_data_they_are_skipped_and_say_so(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = run(pytester, monkeypatch, ASKS, tmp_path / "absent")

    result.stdout.fnmatch_lines(["real data: 0 tests ran, 1 skipped"])
    assert result.ret == pytest.ExitCode.OK


def test_with_the_data_a_skipped_one_fails_the_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = run(pytester, monkeypatch, SHIRKS, tmp_path)

    result.stdout.fnmatch_lines(["*none may be skipped*", "*test_shirks"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED
