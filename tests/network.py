"""Where tests may connect to: nowhere in unit and component tests, this machine in all others."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
OFFLINE = ("unit", "component")
LOOPBACK = ["127.0.0.1", "::1", "localhost"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with what pytest-socket is to allow it."""
    for item in items:
        item.add_marker(rule_for(item.path))


def rule_for(path: Path) -> pytest.MarkDecorator:
    """Return the marker for a test file; unix sockets are allowed everywhere, asyncio needs them."""
    room = path.relative_to(TESTS).parts[0] if path.is_relative_to(TESTS) else ""
    return pytest.mark.disable_socket if room in OFFLINE else pytest.mark.allow_hosts(LOOPBACK)
