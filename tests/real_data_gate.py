"""Tests on real data: where the data lies, and that none of them is skipped while it is there.

A test that asks for the fixture `real_data` carries the marker `real_data` by itself.
"""

from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter
from pydantic_settings import BaseSettings

MARKER = "real_data"
ROOT = Path(__file__).parent.parent
FAILED = pytest.ExitCode.TESTS_FAILED


class RealDataSettings(BaseSettings):
    """The environment variable that says where the data lies."""

    veche_real_data: Path = ROOT.parent / "shared" / "data"


class Gate:
    """Counts tests on real data, and fails a run that skipped one although the data is there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ran: set[str] = set()
        self.skipped: set[str] = set()

    @property
    def is_broken(self) -> bool:
        """Whether a test was skipped that had what it needs."""
        return bool(self.skipped) and self.folder.is_dir()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test on real data once, as run or as skipped."""
        if MARKER not in report.keywords:
            return
        if report.skipped:
            self.skipped.add(report.nodeid)
        elif report.when == "call":
            self.ran.add(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run if a test on real data was skipped without need."""
        if self.is_broken and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = FAILED

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """Say how many tests on real data ran, and how many were skipped."""
        terminalreporter.write_line(f"real data: {len(self.ran)} tests ran, {len(self.skipped)} skipped")
        if self.is_broken:
            terminalreporter.write_line(f"real data is in {self.folder}, so none may be skipped", red=True)
            for nodeid in sorted(self.skipped):
                terminalreporter.write_line(f"  {nodeid}", red=True)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known and let the gate see the run."""
    config.addinivalue_line("markers", f"{MARKER}: needs the real data of other people's communities")
    config.pluginmanager.register(Gate(RealDataSettings().veche_real_data), "real-data-gate")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that ask for the fixture."""
    for item in items:
        if MARKER in getattr(item, "fixturenames", ()):
            item.add_marker(MARKER)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; a test that asks for it is skipped where it is absent."""
    folder = RealDataSettings().veche_real_data
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}: name its folder in VECHE_REAL_DATA")
    return folder
